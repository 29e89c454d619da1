import { setImmediate } from 'node:timers/promises';
import { ristretto255 } from '@noble/curves/ed25519.js';
import { createPace, E, type Either, MAX_TOTAL, type Watch } from '@vouchsafe/core';
import { sharedCurvePool } from '@vouchsafe/kernels';
import type { Backend, BatchPool, BatchTask } from './backend.ts';
import { createBatches } from './batches.ts';
import { createDecodedPoints } from './decoded.ts';
import {
  type BadElement,
  countOf,
  ELEMENT_BYTES,
  type ElementBytes,
  type Elements,
  SCALAR_BYTES,
  type ScalarBytes,
  type Scalars,
} from './elements.ts';
import { type BackendName, openBackend } from './kernel-backend.ts';

/** No v with |v| ≤ bound has v·G = this element: the total is out of range, or the holders' masks did not cancel. */
export interface NoSmallLog {
  readonly _tag: 'NoSmallLog';
  readonly message: string;
  readonly index: number;
}

/**
 * Batch operations on ristretto255 (RFC 9496), prime order q, generator G, written additively. Arrays are packed, n × 32 bytes. Short batches run on the caller's thread and give the event loop
 * its turn every few milliseconds; batches of 512 elements or more run on worker threads. A promise rejects only when `watch.signal` aborts (with the signal's reason) or the caller has a bug (`RangeError`).
 */
export interface Group {
  /** Name of the backend that computes. */
  readonly backend: string;
  /**
   * RFC 9497 §4.1 `DeserializeElement`, n at once: the one choke point for elements from outside. Non-canonical encodings (29 examples in RFC 9496 §A.2) and the identity
   * are refused before any scalar touches them: an attacker must not get k·P for a P that leaks k or that is the same for everybody.
   * @param received n × 32 bytes
   * @returns the same bytes, copied and branded, or the first one at fault
   */
  receive(received: Uint8Array, watch?: Watch): Promise<Either<BadElement, Elements>>;
  /** RFC 9497 §4.1 `HashToGroup` of n messages of any length. @param dst 1 to 255 bytes */
  hashToGroup(messages: readonly Uint8Array[], dst: Uint8Array, watch?: Watch): Promise<Elements>;
  /** kᵢ·HashToGroup(messageᵢ), cheaper than the two steps. @param scalars one for all, or one a message */
  hashAndMultiply(messages: readonly Uint8Array[], dst: Uint8Array, scalars: Scalars, watch?: Watch): Promise<Elements>;
  /** kᵢ·Pᵢ. @param scalars one for all, or one an element */
  multiply(elements: Elements, scalars: Scalars, watch?: Watch): Promise<Elements>;
  /** kᵢ·B for one base, through a table. */
  multiplyBase(base: ElementBytes, scalars: Scalars, watch?: Watch): Promise<Elements>;
  add(p: Elements, q: Elements, watch?: Watch): Promise<Elements>;
  subtract(p: Elements, q: Elements, watch?: Watch): Promise<Elements>;
  /** Column sums of rows of `width` elements. @returns width × 32 bytes; identities for no rows */
  sumRows(rows: Elements, width: number, watch?: Watch): Promise<Elements>;
  /** Σ kᵢ·Pᵢ, 32 bytes; the scalars may be secret. */
  multiScalar(elements: Elements, scalars: Scalars, watch?: Watch): Promise<ElementBytes>;
  /** The same, faster for long batches, for scalars that everybody may know: a verifier's. */
  multiScalarPublic(elements: Elements, scalars: Scalars, watch?: Watch): Promise<ElementBytes>;
  /** Σᵢ kᵢ·Rᵢⱼ for each of at most 128 columns; the scalars may be secret. @param rows n × width × 32 bytes @returns width × 32 bytes */
  multiScalarRows(rows: Elements, width: number, scalars: Scalars, watch?: Watch): Promise<Elements>;
  /** The same, faster, for scalars that everybody may know; the more rows, the better. */
  multiScalarRowsPublic(rows: Elements, width: number, scalars: Scalars, watch?: Watch): Promise<Elements>;
  /** Σ kᵢ·HashToGroup(messageᵢ), then Σ HashToGroup(messageᵢ), 64 bytes; the scalars may be secret. */
  multiScalarHashed(messages: readonly Uint8Array[], dst: Uint8Array, scalars: Scalars, watch?: Watch): Promise<Elements>;
  multiScalarHashedPublic(messages: readonly Uint8Array[], dst: Uint8Array, scalars: Scalars, watch?: Watch): Promise<Elements>;
  /** HashToGroup(messageᵢ) + kᵢ·B. The scalars, and what messages of one length say, may be secret. */
  hashAndAddBase(
    messages: readonly Uint8Array[],
    dst: Uint8Array,
    base: ElementBytes,
    scalars: Scalars,
    watch?: Watch,
  ): Promise<Elements>;
  /** Pᵢ + kᵢ·B, cheaper than the two steps. */
  addBase(elements: Elements, base: ElementBytes, scalars: Scalars, watch?: Watch): Promise<Elements>;
  /** Σⱼ kᵢⱼ·Bⱼ for a few bases that are used often. @param scalars n × m × 32 bytes @returns n × 32 bytes */
  multiplyBases(bases: Elements, scalars: Scalars, watch?: Watch): Promise<Elements>;
  /** RFC 9497 §4.1 `HashToScalar` of n messages. @param dst 1 to 255 bytes */
  hashToScalars(messages: readonly Uint8Array[], dst: Uint8Array, watch?: Watch): Promise<Scalars>;
  /**
   * RFC 9497 §3.3.1, the last step of `Finalize`: SHA-512 of each message (at most 65,535 bytes) and its element, both with their length, and a suffix.
   * @returns n × 64 bytes
   */
  hashOutputs(messages: readonly Uint8Array[], elements: Elements, suffix: Uint8Array, watch?: Watch): Promise<Uint8Array>;
  /** aᵢ·bᵢ + cᵢ modulo q, on the caller's thread (some tenths of a microsecond each); a list of one scalar stands for all. */
  multiplyAddScalars(a: Scalars, b: Scalars, c: Scalars): Scalars;
  /** Σ aᵢ·bᵢ modulo q, 32 bytes. */
  dotScalars(a: Scalars, b: Scalars): ScalarBytes;
  /** xᵢ = termsᵢ + factorsᵢ·xᵢ₋₁ modulo q, with x₋₁ = start. @returns n × 32 bytes */
  chainScalars(start: ScalarBytes, factors: Scalars, terms: Scalars): Scalars;
  /** Numbers of 64 bytes, little-endian, modulo q: scalars from uniform bytes, with a bias below 2^-250. @returns n × 32 bytes */
  reduceWide(wide: Uint8Array): Scalars;
  /** See {@link Backend.encryptRows}. */
  encryptRows(values: Uint32Array, scalars: Scalars, bases: Elements, watch?: Watch): Promise<Elements>;
  /** See {@link Backend.doubleRerandomizeRows}. */
  doubleRerandomizeRows(rows: Elements, scalars: Scalars, bases: Elements, watch?: Watch): Promise<Elements>;
  /**
   * Each element's v with v·G = it and |v| ≤ bound; small values are found first.
   * @param bound at most 2^40
   */
  smallLogs(elements: Elements, bound: number, watch?: Watch): Promise<Either<NoSmallLog, readonly number[]>>;
}

/** The generator (RFC 9496 §4, appendix A.1), 32 bytes. */
export const GENERATOR: ElementBytes = ristretto255.Point.BASE.toBytes() as ElementBytes;
/** The identity's encoding: 32 zero bytes. Never accepted from outside. */
export const IDENTITY: ElementBytes = new Uint8Array(ELEMENT_BYTES) as ElementBytes;

/** Rows that a task with buckets has at least: filling them is as much work as some hundred rows. */
const BUCKET_ROWS = 2048;
/** The same for sums that somebody waits for: rather two threads with half of them each. */
const BUCKET_ELEMENTS = 500;

/** How a group computes. */
export interface GroupOptions {
  /** A backend, or its name; by default the fastest that this engine runs and that passes its known-answer test. */
  readonly backend?: Backend | BackendName | undefined;
  /** Threads for long batches; by default the process's shared ones for a compiled backend. `null`: none, everything on the caller's thread. */
  readonly pool?: BatchPool | null | undefined;
}

const backendOf = (choice: Backend | BackendName | undefined): Backend => {
  const backend = typeof choice === 'object' ? choice : openBackend(choice);
  if (backend === undefined) throw new RangeError(`the backend '${choice}' does not run on this engine: leave the choice out`);
  return backend;
};

const poolOf = (choice: BatchPool | null | undefined, { name }: Backend): BatchPool | undefined => {
  if (choice !== undefined) return choice ?? undefined;
  return name === 'plain' || name === 'relaxed' ? sharedCurvePool(name) : undefined;
};

/** Opens a group. @throws RangeError when a backend is asked for by a name that does not run here */
export const createGroup = (options: GroupOptions = {}): Group => {
  const backend = backendOf(options.backend);
  const batches = createBatches(backend, poolOf(options.pool, backend));
  const decoded = createDecodedPoints(backend, batches);

  const run = (rows: number, width: number, task: (from: number, to: number) => BatchTask, watch?: Watch): Promise<Elements> =>
    batches.laid({ rows, width, task }, width * ELEMENT_BYTES, watch) as Promise<Elements>;

  const cut = (packed: Uint8Array, from: number, to: number, width = 1): Uint8Array =>
    packed.subarray(from * width * ELEMENT_BYTES, to * width * ELEMENT_BYTES);

  /** One scalar for all, or each its own. */
  const cutScalars = (scalars: Scalars, count: number): ((from: number, to: number) => Uint8Array) => {
    const given = countOf(scalars);
    if (given !== 1 && given !== count) throw new RangeError(`expected 1 or ${count} scalars, got ${given}`);
    return given === 1 ? () => scalars : (from, to) => cut(scalars, from, to);
  };

  const sameLength = (p: Uint8Array, q: Uint8Array): void => {
    if (p.length !== q.length) throw new RangeError(`two batches of different lengths: ${p.length} and ${q.length} bytes`);
  };

  const receive: Group['receive'] = async (received, watch) => {
    if (received.length % ELEMENT_BYTES !== 0) {
      const index = Math.floor(received.length / ELEMENT_BYTES);
      return E.left({ _tag: 'BadElement', index, message: `element ${index} is cut off: expected whole rows of 32 bytes` });
    }
    const own = received.slice() as Elements;
    const index = (await decoded.check(own, watch)).indexOf(0);
    if (index === -1) return E.right(own);
    return E.left({
      _tag: 'BadElement',
      index,
      message: `element ${index} is not the canonical encoding of a ristretto255 element other than the identity (RFC 9496 §4.3.1)`,
    });
  };

  /** Sums of pieces, then the sum of these: the result is the same, whatever the cuts. @param sums how many, by default one a column */
  const summed = async (
    rows: number,
    width: number,
    task: (from: number, to: number) => BatchTask,
    watch?: Watch,
    { sums = width, leastRows = 0 }: { readonly sums?: number; readonly leastRows?: number } = {},
  ): Promise<Elements> => {
    const parts: Uint8Array[] = [];
    await batches.pieces({ rows, width, leastRows, task }, (_, part) => parts.push(part), watch);
    return backend.sumRows(Buffer.concat(parts), sums) as Elements;
  };

  const sumRows: Group['sumRows'] = async (rows, width, watch) => {
    const count = countOf(rows) / width;
    if (!Number.isInteger(count)) throw new RangeError(`${rows.length} bytes are no whole rows of ${width} elements`);
    return summed(count, width, (from, to) => ({ operation: 'sumRows', args: [cut(rows, from, to, width), width] }), watch);
  };

  const multiScalar = async (elements: Elements, scalars: Scalars, open: boolean, watch?: Watch): Promise<ElementBytes> => {
    sameLength(elements, scalars);
    const points = decoded.of(elements);
    const task = (from: number, to: number): BatchTask => ({
      operation: 'multiScalar',
      args: [cut(elements, from, to), cut(scalars, from, to), open, points?.(from, to)],
    });
    return summed(countOf(elements), 1, task, watch, { leastRows: open ? BUCKET_ELEMENTS : 0 });
  };

  const multiScalarRows = async (
    rows: Elements,
    width: number,
    { scalars, open, watch }: { readonly scalars: Scalars; readonly open: boolean; readonly watch: Watch | undefined },
  ): Promise<Elements> => {
    const count = countOf(scalars);
    if (rows.length !== count * width * ELEMENT_BYTES)
      throw new RangeError(`expected one scalar for each row of ${width} elements`);
    const task = (from: number, to: number): BatchTask => ({
      operation: 'multiScalarRows',
      args: [cut(rows, from, to, width), width, cut(scalars, from, to), open],
    });
    return summed(count, width, task, watch, { leastRows: open ? BUCKET_ROWS : 0 });
  };

  const multiScalarHashed = async (
    messages: readonly Uint8Array[],
    dst: Uint8Array,
    { scalars, open, watch }: { readonly scalars: Scalars; readonly open: boolean; readonly watch: Watch | undefined },
  ): Promise<Elements> => {
    if (countOf(scalars) !== messages.length) throw new RangeError(`${messages.length} messages and ${countOf(scalars)} scalars`);
    const task = (from: number, to: number): BatchTask => ({
      operation: 'multiScalarHashed',
      args: [messages.slice(from, to), dst, cut(scalars, from, to), open],
    });
    return summed(messages.length, 1, task, watch, { sums: 2, leastRows: open ? BUCKET_ROWS : 0 });
  };

  const smallLogs: Group['smallLogs'] = async (elements, bound, watch) => {
    if (!(bound >= 0 && bound <= MAX_TOTAL)) throw new RangeError('small logarithms are searched within ±2^40');
    while (!backend.prepareSmallLogs()) {
      watch?.signal?.throwIfAborted();
      await setImmediate();
    }
    const { first, most } = backend.smallLogStrides;
    const found: number[] = [];
    const pace = createPace();
    for (let i = 0; i < countOf(elements); i++) {
      const element = cut(elements, i, i + 1);
      let v: number | undefined;
      for (let from = 0, size = first; v === undefined && from <= bound; from += size) {
        if (from > 0) size = Math.min(size * 4, most);
        v = backend.smallLogs(element, from, Math.min(from + size, bound + 1))[0];
        watch?.signal?.throwIfAborted();
        if (pace.due()) await pace.rest();
      }
      if (v === undefined)
        return E.left({ _tag: 'NoSmallLog', index: i, message: `element ${i} is not v·G for any |v| ≤ ${bound}` });
      found.push(v);
    }
    return E.right(found);
  };

  return {
    backend: backend.name,
    receive,
    hashToGroup: (messages, dst, watch) =>
      run(messages.length, 1, (from, to) => ({ operation: 'hashToGroup', args: [messages.slice(from, to), dst] }), watch),
    hashAndMultiply: async (messages, dst, scalars, watch) => {
      const own = cutScalars(scalars, messages.length);
      const task = (from: number, to: number): BatchTask => ({
        operation: 'hashAndMultiply',
        args: [messages.slice(from, to), dst, own(from, to)],
      });
      return run(messages.length, 1, task, watch);
    },
    multiply: async (elements, scalars, watch) => {
      const own = cutScalars(scalars, countOf(elements));
      const points = decoded.of(elements);
      const task = (from: number, to: number): BatchTask => ({
        operation: 'multiply',
        args: [cut(elements, from, to), own(from, to), points?.(from, to)],
      });
      return run(countOf(elements), 1, task, watch);
    },
    multiplyBase: (base, scalars, watch) =>
      run(countOf(scalars), 1, (from, to) => ({ operation: 'multiplyBase', args: [base, cut(scalars, from, to)] }), watch),
    add: async (p, q, watch) => {
      sameLength(p, q);
      return run(countOf(p), 1, (from, to) => ({ operation: 'add', args: [cut(p, from, to), cut(q, from, to)] }), watch);
    },
    subtract: async (p, q, watch) => {
      sameLength(p, q);
      return run(countOf(p), 1, (from, to) => ({ operation: 'subtract', args: [cut(p, from, to), cut(q, from, to)] }), watch);
    },
    sumRows,
    multiScalar: (elements, scalars, watch) => multiScalar(elements, scalars, false, watch),
    multiScalarPublic: (elements, scalars, watch) => multiScalar(elements, scalars, true, watch),
    multiScalarRows: (rows, width, scalars, watch) => multiScalarRows(rows, width, { scalars, open: false, watch }),
    multiScalarRowsPublic: (rows, width, scalars, watch) => multiScalarRows(rows, width, { scalars, open: true, watch }),
    multiScalarHashed: (messages, dst, scalars, watch) => multiScalarHashed(messages, dst, { scalars, open: false, watch }),
    multiScalarHashedPublic: (messages, dst, scalars, watch) => multiScalarHashed(messages, dst, { scalars, open: true, watch }),
    hashAndAddBase: async (messages, dst, base, scalars, watch) => {
      if (countOf(scalars) !== messages.length)
        throw new RangeError(`${messages.length} messages and ${countOf(scalars)} scalars`);
      const task = (from: number, to: number): BatchTask => ({
        operation: 'hashAndAddBase',
        args: [messages.slice(from, to), dst, base, cut(scalars, from, to)],
      });
      return run(messages.length, 1, task, watch);
    },
    addBase: async (elements, base, scalars, watch) => {
      sameLength(elements, scalars);
      const points = decoded.of(elements);
      const task = (from: number, to: number): BatchTask => ({
        operation: 'addBase',
        args: [cut(elements, from, to), base, cut(scalars, from, to), points?.(from, to)],
      });
      return run(countOf(elements), 1, task, watch);
    },
    hashToScalars: async (messages, dst, watch) => {
      const task = (from: number, to: number): BatchTask => ({
        operation: 'hashToScalars',
        args: [messages.slice(from, to), dst],
      });
      return (await batches.laid({ rows: messages.length, width: 1, task }, SCALAR_BYTES, watch)) as Scalars;
    },
    hashOutputs: async (messages, elements, suffix, watch) => {
      if (countOf(elements) !== messages.length)
        throw new RangeError(`${messages.length} messages and ${countOf(elements)} elements`);
      const task = (from: number, to: number): BatchTask => ({
        operation: 'hashOutputs',
        args: [messages.slice(from, to), cut(elements, from, to), suffix],
      });
      return batches.laid({ rows: messages.length, width: 1, task }, 2 * ELEMENT_BYTES, watch);
    },
    multiplyBases: async (bases, scalars, watch) => {
      const width = countOf(bases);
      const count = countOf(scalars) / width;
      if (!Number.isInteger(count)) throw new RangeError(`expected ${width} scalars a row`);
      const task = (from: number, to: number): BatchTask => ({
        operation: 'multiplyBases',
        args: [bases, cut(scalars, from, to, width)],
      });
      return run(count, 1, task, watch);
    },
    multiplyAddScalars: (a, b, c) => backend.multiplyAddScalars(a, b, c) as Scalars,
    dotScalars: (a, b) => backend.dotScalars(a, b) as ScalarBytes,
    chainScalars: (start, factors, terms) => backend.chainScalars(start, factors, terms) as Scalars,
    reduceWide: (wide) => backend.reduceWide(wide) as Scalars,
    encryptRows: async (values, scalars, bases, watch) => {
      const width = countOf(bases);
      const slots = width - 1;
      if (values.length !== countOf(scalars) * slots)
        throw new RangeError('encryptRows wants n × V values for n scalars and V+1 bases');
      const task = (from: number, to: number): BatchTask => ({
        operation: 'encryptRows',
        args: [values.subarray(from * slots, to * slots), cut(scalars, from, to), bases],
      });
      return run(countOf(scalars), width, task, watch);
    },
    doubleRerandomizeRows: async (rows, scalars, bases, watch) => {
      const width = countOf(bases);
      if (rows.length !== scalars.length * width) throw new RangeError('doubleRerandomizeRows wants one scalar a row');
      const task = (from: number, to: number): BatchTask => ({
        operation: 'doubleRerandomizeRows',
        args: [cut(rows, from, to, width), cut(scalars, from, to), bases],
      });
      return run(countOf(scalars), width, task, watch);
    },
    smallLogs,
  };
};
