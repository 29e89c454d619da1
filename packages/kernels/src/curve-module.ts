import { type WasmMemory, webAssembly } from './web-assembly.ts';

/** Functions that a built module exports; n counts lanes, at most {@link LANES}, and is even unless said otherwise. Semantics: `build/*.ts`. */
export interface CurveExports {
  readonly memory: WasmMemory;
  readonly expand: (n: number, dstBytes: number, firstLane: number) => void;
  /** Takes any n. */
  readonly digest: (n: number, firstLane: number) => void;
  readonly fromUniform: (n: number) => void;
  readonly encodeUniform: (n: number) => void;
  readonly decode: (n: number) => void;
  readonly encode: (n: number) => void;
  readonly encodeDoubled: (n: number) => void;
  readonly coverUniform: (n: number) => void;
  readonly coverDecoded: (n: number) => void;
  readonly encodeDoubledOnto: (n: number) => void;
  readonly setScalar: (halved: number) => number;
  readonly setScalars: (n: number, halved: number) => number;
  readonly mul: (n: number) => void;
  readonly mulEach: (n: number) => void;
  readonly setFixed: (n: number, halvings: number) => number;
  readonly setValues: (n: number, column: number, width: number) => void;
  readonly makeTables: (to0: number, to1: number, windows: number) => void;
  readonly addFixed: (table: number, windows: number, n: number) => void;
  readonly addValues: (table: number, windows: number, n: number) => void;
  readonly zero: (n: number) => void;
  readonly save: (n: number) => void;
  readonly addSaved: (n: number, negative: number) => void;
  readonly double: (n: number) => void;
  readonly keepStart: () => void;
  readonly begin: (n: number) => void;
  readonly gather: (offset: number, stride: number, n: number) => void;
  readonly scatter: (offset: number, stride: number, n: number) => void;
  readonly clearSums: (width: number) => void;
  readonly addToSum: (column: number, n: number) => void;
  readonly foldSums: (first: number, n: number) => void;
  readonly dropLast: (n: number) => void;
  readonly normalize: (n: number) => void;
  readonly multiScalarSecret: (column: number, n: number) => void;
  readonly multiScalarPublicBegin: () => void;
  readonly multiScalarPublic: (n: number) => void;
  readonly multiScalarPublicEnd: (column: number) => void;
  /** Of `scalars`, `factors` or `terms` (0, 1, 2); these take any n. */
  readonly checkScalars: (which: number, n: number) => number;
  readonly multiplyAdd: (n: number) => void;
  readonly dot: (n: number) => void;
  readonly chain: (n: number) => void;
  readonly reduceWide: (n: number) => void;
  readonly logBegin: (table: number, mask: number, count: number) => void;
  readonly logBuild: (centres: number) => number;
  readonly logGiant: () => void;
  readonly logSolve: (from: number, to: number) => void;
  readonly wipe: () => void;
}

/** Addresses and sizes that the generator fixed. */
export type LayoutName =
  | 'in'
  | 'out'
  | 'ok'
  | 'scalars'
  | 'messages'
  | 'lengths'
  | 'dst'
  | 'values'
  | 'rows'
  | 'hits'
  | 'factors'
  | 'terms'
  | 'results'
  | 'working'
  | 'pairBytes'
  | 'heap'
  | 'fixedWindows'
  | 'fixedTableBytes'
  | 'valueBits'
  | 'valueWindows'
  | 'valueTableBytes';
/** The addresses and sizes of a built module, in bytes. */
export type Layout = Readonly<Record<LayoutName, number>>;

/** A built module as it is committed. */
export interface CurveBinary {
  readonly name: 'plain' | 'relaxed';
  readonly base64: string;
  readonly layout: Layout;
}

/** A module that this process has compiled. It can be posted to threads, which then share the code, as far as the engine has optimised it by now. */
export interface CompiledCurve {
  readonly name: CurveBinary['name'];
  readonly layout: Layout;
  /** A `WebAssembly.Module`. */
  readonly code: object;
}

const compiled: WeakMap<CurveBinary, CompiledCurve> = new WeakMap();

/**
 * Compiles a built module, once for all who ask.
 * @throws RangeError on an engine without WebAssembly, and the engine's CompileError where it does not know an instruction
 */
export const compileCurve = (binary: CurveBinary): CompiledCurve => {
  const known = compiled.get(binary);
  if (known !== undefined) return known;
  if (webAssembly === undefined) throw new RangeError('this engine has no WebAssembly: use the reference backend');
  const { name, layout, base64 } = binary;
  const made = { name, layout, code: new webAssembly.Module(Buffer.from(base64, 'base64')) };
  compiled.set(binary, made);
  return made;
};

/** Elements that one call of the module handles. */
export const LANES = 128;
/** Bytes of messages, and elements of rows, that fit the module's buffers. */
export const MESSAGE_BYTES = 65_536;
export const ROW_ELEMENTS = 8192;
/** Columns that can be summed at once. */
export const SUM_COLUMNS = 128;

const PAGE = 65_536;
const SIZE = 32;

/** What goes in holds no valid element or scalar: a bug of the caller, who checks what comes from outside before. */
export const badElements = (): RangeError =>
  new RangeError('a batch holds an encoding that is not valid: what comes from outside is checked with `validate` first');
export const badScalars = (): RangeError => new RangeError('a batch holds a scalar that is not below the order of the group');

/** One instance: its memory, and the moves that every operation needs. Not shared between threads. */
export class CurveModule {
  readonly layout: Layout;
  readonly run: CurveExports;
  #bytes: Uint8Array;
  #top: number;

  /** @throws what {@link compileCurve} throws */
  constructor(binary: CurveBinary | CompiledCurve) {
    const { layout, code } = 'code' in binary ? binary : compileCurve(binary);
    this.layout = layout;
    this.run = new webAssembly!.Instance(code).exports as CurveExports;
    this.#bytes = new Uint8Array(this.run.memory.buffer);
    this.#top = this.layout.heap;
  }

  /** The module's memory. Growing it makes a new view. */
  get bytes(): Uint8Array {
    if (this.#bytes.length === 0) this.#bytes = new Uint8Array(this.run.memory.buffer);
    return this.#bytes;
  }

  view32(at: number, words: number): Uint32Array {
    return new Uint32Array(this.run.memory.buffer, at, words);
  }

  /** Zeroed memory that is never given back. @returns its address */
  allocate(size: number): number {
    const address = this.#top;
    this.#top = Math.ceil((address + size) / 64) * 64;
    const missing = this.#top - this.run.memory.buffer.byteLength;
    if (missing > 0) this.run.memory.grow(Math.ceil(missing / PAGE));
    return address;
  }

  /** Decodes elements [from, to) of a packed batch; an odd one out gets the identity beside it. @returns the even count of lanes */
  decode(elements: Uint8Array, from: number, to: number): number {
    this.place(this.layout.in, elements, from, to);
    return this.decodePlaced(to - from);
  }

  /** Working points for elements [from, to), `from` even, and their encodings at `in`: the points that `points` keeps of them, or decoded. @returns the even count of lanes */
  load(elements: Uint8Array, points: Uint8Array | undefined, from: number, to: number): number {
    if (points === undefined) return this.decode(elements, from, to);
    this.place(this.layout.in, elements, from, to);
    this.pad(to - from);
    const { working, pairBytes } = this.layout;
    const [first, end] = [from / 2, Math.ceil(to / 2)];
    if (points.length < end * pairBytes) throw new RangeError(`${to} elements and fewer decoded points`);
    this.bytes.set(points.subarray(first * pairBytes, end * pairBytes), working);
    return 2 * (end - first);
  }

  /** The working points of n lanes, as {@link CurveModule.load} takes them. */
  keep(n: number): Uint8Array {
    const { working, pairBytes } = this.layout;
    return this.bytes.subarray(working, working + (n / 2) * pairBytes);
  }

  /** Decodes what is at `in`. @throws RangeError when one is not valid */
  decodePlaced(count: number): number {
    const n = this.pad(count);
    this.run.decode(n);
    const flags = this.bytes.subarray(this.layout.ok, this.layout.ok + count);
    if (flags.includes(0)) throw badElements();
    return n;
  }

  /** Puts the identity beside an odd element. */
  pad(count: number): number {
    if (count % 2 === 0) return count;
    const end = this.layout.in + count * SIZE;
    this.bytes.fill(0, end, end + SIZE);
    return count + 1;
  }

  /** Scalars [from, to), an odd one followed by zero. @returns the even count */
  placeScalars(scalars: Uint8Array, from: number, to: number): number {
    this.place(this.layout.scalars, scalars, from, to);
    const count = to - from;
    const end = this.layout.scalars + count * SIZE;
    if (count % 2 === 1) this.bytes.fill(0, end, end + SIZE);
    return count + (count % 2);
  }

  place(at: number, packed: Uint8Array, from: number, to: number): void {
    this.bytes.set(packed.subarray(from * SIZE, to * SIZE), at);
  }

  /** Copies encoded results of the last batch to out[at…]. */
  take(out: Uint8Array, at: number, count: number): void {
    out.set(this.bytes.subarray(this.layout.out, this.layout.out + count * SIZE), at * SIZE);
  }
}
