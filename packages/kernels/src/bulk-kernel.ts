import { passesBulkSelfTest } from './bulk-self-test.ts';
import { bulkBase64, bulkHeap } from './generated/bulk.ts';
import { type WasmMemory, webAssembly } from './web-assembly.ts';

export type { WasmMemory };

/**
 * What the bulk module exports. Addresses are the caller's ({@link BulkKernel.allocate}); what is read and written is described at each function's generator, `build/bulk/*.ts`.
 * Functions that take four messages or rows at a time read and write up to 64 bytes past the end.
 */
export interface BulkExports {
  readonly memory: WasmMemory;
  readonly transpose: (from: number, stride: number, to: number) => void;
  readonly hashIds: (data: number, offsets: number, n: number, to: number, key: number) => void;
  readonly hashPairs: (a: number, stride: number, b: number, n: number, to: number, key: number) => void;
  readonly fold: (pieces: number, stride: number, length: number, u: number, v: number, vStride: number) => void;
  readonly xorInto: (to: number, from: number, bytes: number) => void;
  readonly xorMasked: (to: number, from: number, bytes: number, mask: number) => void;
  readonly tables: (generators: number, bytes: number, to: number) => void;
  readonly map: (values: number, n: number, tables: number, to: number) => void;
  readonly encodeColumns: (rows: number, blocks: number, tables: number, l: number, columns: number, stride: number) => void;
  readonly mix: (columns: number, stride: number, count: number, to: number, blocks: number, choices: number) => void;
  readonly combine: (rows: number, octets: number, coefficients: number, sums: number) => void;
  readonly combineShort: (rows: number, octets: number, coefficients: number, sums: number) => void;
  readonly prepare: (digests: number, n: number, to: number) => void;
  readonly countBins: (digests: number, n: number, bins: number, counts: number) => void;
  readonly scatterBins: (
    digests: number,
    n: number,
    first: number,
    bins: number,
    next: number,
    to: number,
    numbers: number,
  ) => void;
  readonly encode: (records: number, n: number, places: number, dense: number, store: number, mask: bigint) => number;
  readonly decode: (
    records: number,
    n: number,
    places: number,
    dense: number,
    rows: number,
    to: number,
    tables: number,
    mask: bigint,
  ) => void;
  readonly keep: (hashes: number, n: number, to: number, numbers: number, rest: number) => void;
  readonly count: (entries: number, n: number, counts: number) => void;
  readonly scatter: (entries: number, n: number, next: number, to: number) => void;
  readonly sort: (entries: number, n: number) => void;
  readonly pack: (entries: number, n: number, to: number, width: number) => void;
  readonly join: (entries: number, n: number, rows: number, count: number, width: number, rest: number, to: number) => number;
}

/** Columns that `mix` takes at a time, places of a bin and dense bits that `encode` can do at most, and the longest message of `hashIds`. */
export const BULK_LIMITS: {
  readonly mixColumns: 24;
  readonly places: 65_535;
  readonly dense: 48;
  readonly idBytes: 1024;
} = { mixColumns: 24, places: 65_535, dense: 48, idBytes: 1024 };

const PAGE = 65_536;
const ALIGN = 64;
let compiled: object | undefined;

/** One instance: its memory, handed out from below and taken back all at once. Not shared between threads. */
export class BulkKernel {
  readonly run: BulkExports;
  #bytes: Uint8Array;
  #top: number = bulkHeap;
  #most: number = bulkHeap;

  /** @throws RangeError on an engine without WebAssembly, and the engine's CompileError where it does not know an instruction */
  constructor() {
    if (webAssembly === undefined) throw new RangeError('this engine has no WebAssembly: the bulk match needs it');
    compiled ??= new webAssembly.Module(Buffer.from(bulkBase64, 'base64'));
    this.run = new webAssembly.Instance(compiled).exports as BulkExports;
    this.#bytes = new Uint8Array(this.run.memory.buffer);
  }

  /** The module's memory. Growing makes a new view, so do not keep it across {@link reserve} and {@link allocate}. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Bytes of memory that the module holds. */
  get size(): number {
    return this.#bytes.length;
  }

  view(at: number, length: number): Uint8Array {
    return this.#bytes.subarray(at, at + length);
  }

  view32(at: number, words: number): Uint32Array {
    return new Uint32Array(this.#bytes.buffer, at, words);
  }

  view64(at: number, words: number): BigUint64Array {
    return new BigUint64Array(this.#bytes.buffer, at, words);
  }

  /** Grows the memory once, so that so many bytes can be handed out from here without growing again: growing copies on some engines. */
  reserve(size: number): void {
    const missing = this.#top + size - this.#bytes.length;
    if (missing <= 0) return;
    this.run.memory.grow(Math.ceil(missing / PAGE));
    this.#bytes = new Uint8Array(this.run.memory.buffer);
  }

  /** Memory that holds what it held before. @returns its address, a multiple of 64 */
  allocate(size: number): number {
    const address = this.#top;
    this.reserve(size + 2 * ALIGN);
    this.#top = Math.ceil((address + size) / ALIGN) * ALIGN;
    this.#most = Math.max(this.#most, this.#top);
    return address;
  }

  /** A copy of these bytes in the module's memory. @returns its address */
  place(bytes: Uint8Array, slack: number = ALIGN): number {
    const address = this.allocate(bytes.length + slack);
    this.#bytes.set(bytes, address);
    return address;
  }

  /** Where the next allocation goes: what lies above can be taken back with {@link release}. */
  get mark(): number {
    return this.#top;
  }

  release(mark: number): void {
    this.#top = mark;
  }

  /** Overwrites all that was handed out and the module's own tables, and takes everything back. */
  wipe(): void {
    this.#bytes.fill(0, 0, Math.min(this.#most + 2 * ALIGN, this.#bytes.length));
    this.#top = bulkHeap;
    this.#most = bulkHeap;
  }
}

let tested: boolean | undefined;

/** Opens an instance; `undefined` where the engine does not know the module's instructions or the module fails its known-answer test here. */
export const openBulkKernel = (): BulkKernel | undefined => {
  if (tested === false || !(webAssembly?.validate(Buffer.from(bulkBase64, 'base64')) ?? false)) return undefined;
  const kernel = new BulkKernel();
  tested ??= passesBulkSelfTest(kernel);
  kernel.wipe();
  return tested ? kernel : undefined;
};
