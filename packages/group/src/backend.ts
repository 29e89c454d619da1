/**
 * What a backend computes: batch operations on packed arrays of encoded elements (n × 32 bytes, RFC 9496 §4.3.2) and scalars (n × 32 bytes, little-endian,
 * below q). It runs on the caller's thread to the end; {@link Group} cuts batches into slices and spreads them.
 *
 * Contract, for every operation:
 * - inputs are valid encodings, the identity (32 zero bytes) included; a backend given anything else throws a `RangeError`, since checking what comes from
 *   outside is {@link Group.receive}'s business, through {@link Backend.validate};
 * - no input is changed; outputs are fresh, canonical encodings;
 * - scalars, values and, where told, elements may be secret.
 */
export interface Backend {
  readonly name: string;

  /** RFC 9497 §4.1 `HashToGroup` (RFC 9380 `expand_message_xmd` with SHA-512, then RFC 9496 §4.3.4), for each of n messages. */
  hashToGroup(messages: readonly Uint8Array[], dst: Uint8Array): Uint8Array;

  /** kᵢ·HashToGroup(messageᵢ), without encoding in between. @param scalars one for all (32 bytes), or one a message */
  hashAndMultiply(messages: readonly Uint8Array[], dst: Uint8Array, scalars: Uint8Array): Uint8Array;

  /** For any n × 32 bytes: 1 for the canonical encoding of an element that is not the identity, else 0. @returns n flags */
  validate(encodings: Uint8Array): Uint8Array;

  /**
   * The flags of {@link Backend.validate}, then decoded points, for a backend that can take them instead of decoding once more: an argument `points` is what this gave for the very
   * elements that it comes with.
   * @returns n flags, then {@link Backend.pairBytes} for each two elements
   */
  decode?(encodings: Uint8Array): Uint8Array;
  readonly pairBytes?: number;

  /** kᵢ·Pᵢ. @param scalars one for all (32 bytes), or one an element (n × 32) */
  multiply(elements: Uint8Array, scalars: Uint8Array, points?: Uint8Array): Uint8Array;

  /** kᵢ·B for one base, through a table that is kept for the next call. @param base 32 bytes */
  multiplyBase(base: Uint8Array, scalars: Uint8Array): Uint8Array;

  /** Pᵢ + Qᵢ. */
  add(p: Uint8Array, q: Uint8Array): Uint8Array;

  /** Pᵢ − Qᵢ. */
  subtract(p: Uint8Array, q: Uint8Array): Uint8Array;

  /** Column sums of a table of rows. @param rows n × width × 32 bytes, n ≥ 0 @returns width × 32 bytes; identities when n = 0 */
  sumRows(rows: Uint8Array, width: number): Uint8Array;

  /**
   * Σ kᵢ·Pᵢ.
   * @param publicScalars true only for scalars that everybody may know (a verifier's): they may steer addresses then, which is faster for long batches
   * @returns 32 bytes; the identity when n = 0
   */
  multiScalar(elements: Uint8Array, scalars: Uint8Array, publicScalars?: boolean, points?: Uint8Array): Uint8Array;

  /** Σᵢ kᵢ·Rᵢⱼ for each column of rows; see {@link Backend.multiScalar}. @param rows n × width × 32, width ≤ 128 @returns width × 32 bytes */
  multiScalarRows(rows: Uint8Array, width: number, scalars: Uint8Array, publicScalars?: boolean): Uint8Array;

  /** Σ kᵢ·HashToGroup(messageᵢ), then Σ HashToGroup(messageᵢ), without encoding in between. @returns 64 bytes */
  multiScalarHashed(messages: readonly Uint8Array[], dst: Uint8Array, scalars: Uint8Array, publicScalars?: boolean): Uint8Array;

  /** HashToGroup(messageᵢ) + kᵢ·B. @param base 32 bytes */
  hashAndAddBase(messages: readonly Uint8Array[], dst: Uint8Array, base: Uint8Array, scalars: Uint8Array): Uint8Array;

  /** Pᵢ + kᵢ·B. @param base 32 bytes */
  addBase(elements: Uint8Array, base: Uint8Array, scalars: Uint8Array, points?: Uint8Array): Uint8Array;

  /** Σⱼ kᵢⱼ·Bⱼ, for bases that are used often. @param bases m × 32 @param scalars n × m × 32 @returns n × 32 bytes */
  multiplyBases(bases: Uint8Array, scalars: Uint8Array): Uint8Array;

  /** aᵢ·bᵢ + cᵢ modulo q; a list of one scalar stands for all. @returns n × 32 bytes */
  multiplyAddScalars(a: Uint8Array, b: Uint8Array, c: Uint8Array): Uint8Array;

  /** Σ aᵢ·bᵢ modulo q. @returns 32 bytes */
  dotScalars(a: Uint8Array, b: Uint8Array): Uint8Array;

  /** xᵢ = termsᵢ + factorsᵢ·xᵢ₋₁ modulo q, with x₋₁ = start. @returns n × 32 bytes */
  chainScalars(start: Uint8Array, factors: Uint8Array, terms: Uint8Array): Uint8Array;

  /** Numbers of 64 bytes, little-endian, modulo q. @returns n × 32 bytes */
  reduceWide(wide: Uint8Array): Uint8Array;

  /** RFC 9497 §4.1 `HashToScalar`, for each of n messages. @param dst 1 to 255 bytes @returns n × 32 bytes */
  hashToScalars(messages: readonly Uint8Array[], dst: Uint8Array): Uint8Array;

  /**
   * RFC 9497 §3.3.1, the last step of `Finalize`: SHA-512 of I2OSP(len m, 2) ‖ m ‖ I2OSP(32, 2) ‖ element ‖ suffix, for each of n messages of at most 65,535 bytes.
   * @returns n × 64 bytes
   */
  hashOutputs(messages: readonly Uint8Array[], elements: Uint8Array, suffix: Uint8Array): Uint8Array;

  /**
   * ElGamal rows with one randomness a row: C = rᵢ·bases₀, Dⱼ = vᵢⱼ·(G/2) + rᵢ·basesⱼ for j = 1..V. G/2 stands for ((q+1)/2)·G: whoever doubles a row, reads v·G.
   * @param values n × V secrets
   * @param scalars n × 32, the rᵢ
   * @param bases (V+1) × 32
   * @returns n × (V+1) × 32
   */
  encryptRows(values: Uint32Array, scalars: Uint8Array, bases: Uint8Array): Uint8Array;

  /**
   * 2·(Rᵢⱼ + sᵢ·basesⱼ): doubles and re-randomises each row.
   * @param rows n × width × 32
   * @param scalars n × 32, the sᵢ
   * @param bases width × 32
   * @returns n × width × 32
   */
  doubleRerandomizeRows(rows: Uint8Array, scalars: Uint8Array, bases: Uint8Array): Uint8Array;

  /**
   * v for v·G with from ≤ |v| < to, for each of n elements; `undefined` where there is none in that range. A search over a long range is many calls.
   * @param to at most 2^40 + 1
   */
  smallLogs(elements: Uint8Array, from: number, to: number): readonly (number | undefined)[];

  /** Does some milliseconds of what {@link Backend.smallLogs} needs done once. @returns true when nothing is left to do */
  prepareSmallLogs(): boolean;

  /** How long a range one call of {@link Backend.smallLogs} searches for one element: the first one (small values are the likely ones), and at most in some milliseconds. */
  readonly smallLogStrides: { readonly first: number; readonly most: number };
}

/** Arithmetic on scalars alone: so little work that it stays on the caller's thread. */
export type ScalarOperation = 'multiplyAddScalars' | 'dotScalars' | 'chainScalars' | 'reduceWide';

/** The operations of a backend that answer one packed array: what workers can do. */
export type BatchOperation = Exclude<
  keyof Backend,
  'name' | 'pairBytes' | 'smallLogs' | 'prepareSmallLogs' | 'smallLogStrides' | ScalarOperation
>;

/** One call of such an operation, with views into the caller's arrays. */
export interface BatchTask<K extends BatchOperation = BatchOperation> {
  readonly operation: K;
  readonly args: Parameters<NonNullable<Backend[K]>>;
}

/** Threads that run a backend's operations. */
export interface BatchPool {
  /** Threads. */
  readonly size: number;
  /** Tasks under way or waiting, whoever sent them. */
  readonly pending: number;
  /** Runs one task, whose arrays are copied. Rejects as the operation throws, or with `WorkersFailed` of the kernels: the work is done on the caller's thread then. */
  run(task: BatchTask): Promise<Uint8Array>;
}
