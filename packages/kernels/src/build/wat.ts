/**
 * A small builder of WebAssembly text. A value is a typed expression; a function is a list of statements. Locals are as cheap as expressions: engines rebuild
 * the data-flow graph, so only its shape and the order of memory accesses matter.
 */
export type Kind = 'i32' | 'i64' | 'v128';

/** An expression of one type. */
export interface Value {
  readonly kind: Kind;
  readonly code: string;
}

/** An address, a count or an index: known now, or computed when the module runs. */
export type Int = Value | number;

/** A place in memory: a base and an offset known now. */
export interface Place {
  readonly base: Int;
  readonly offset: number;
}

export const value = (x: Int): Value => (typeof x === 'number' ? { kind: 'i32', code: `(i32.const ${x})` } : x);

/** Any instruction. Its type is that of the result. */
export const op = (kind: Kind, name: string, ...args: readonly Int[]): Value => ({
  kind,
  code: `(${name}${args.map((x) => ` ${value(x).code}`).join('')})`,
});

const folding =
  (name: string, fold: (a: number, b: number) => number) =>
  (a: Int, b: Int): Int =>
    typeof a === 'number' && typeof b === 'number' ? fold(a, b) : op('i32', `i32.${name}`, a, b);
export const add: (a: Int, b: Int) => Int = (a, b) => (b === 0 ? a : a === 0 ? b : folding('add', (x, y) => x + y)(a, b));
export const sub: (a: Int, b: Int) => Int = folding('sub', (x, y) => x - y);
export const mul: (a: Int, b: Int) => Int = folding('mul', (x, y) => x * y);
export const and: (a: Int, b: Int) => Int = folding('and', (x, y) => x & y);
export const shl: (a: Int, b: Int) => Int = folding('shl', (x, y) => x << y);
export const shr: (a: Int, b: Int) => Int = folding('shr_u', (x, y) => x >>> y);

/** i64 instructions and constants. */
export const i64 = (name: string, ...args: readonly Int[]): Value => op('i64', `i64.${name}`, ...args);
export const word = (x: bigint | number): Value => ({ kind: 'i64', code: `(i64.const ${BigInt.asIntN(64, BigInt(x))})` });
/** v128 instructions, and a constant with the same 64 bits in both lanes. */
export const vec = (name: string, ...args: readonly Int[]): Value => op('v128', name, ...args);
export const splat = (x: bigint | number): Value => {
  const half = BigInt.asIntN(64, BigInt(x));
  return { kind: 'v128', code: `(v128.const i64x2 ${half} ${half})` };
};
/** The 64 bits of a double. */
export const bitsOf = (x: number): bigint => new BigUint64Array(Float64Array.of(x).buffer)[0]!;
export const splatDouble = (x: number): Value => splat(bitsOf(x));

const at = (place: Place | Int, offset: number): { readonly address: Value; readonly offset: number } => {
  const { base, offset: own } = typeof place === 'object' && 'base' in place ? place : { base: place, offset: 0 };
  return typeof base === 'number' ? { address: value(0), offset: base + own + offset } : { address: base, offset: own + offset };
};
/** Loads of one expression; the address is a place or a number. */
export const load = (kind: Kind, name: string, place: Place | Int, offset = 0): Value => {
  const { address, offset: by } = at(place, offset);
  return { kind, code: `(${name} offset=${by} ${address.code})` };
};
export const placed = (place: Place, offset: number): Place => ({ base: place.base, offset: place.offset + offset });
export const addressOf = (place: Place | Int): Int =>
  typeof place === 'object' && 'base' in place ? add(place.base, place.offset) : place;

/** One function under construction. */
export class Fn {
  readonly #lines: string[] = [];
  readonly #locals: Kind[] = [];
  readonly #params: readonly Kind[];
  readonly name: string;
  readonly result: Kind | undefined;
  #labels = 0;
  /** Called at the start of each loop body: what a straight line knows is not known inside a loop. */
  onLoop: (() => void) | undefined;

  constructor(name: string, params: readonly Kind[], result?: Kind) {
    this.name = name;
    this.#params = params;
    this.result = result;
  }

  params(): Value[] {
    return this.#params.map((kind, i) => ({ kind, code: `(local.get ${i})` }));
  }

  /** A new local, holding `init` from here on. */
  let(init: Int): Value {
    const { kind, code } = value(init);
    const index = this.#params.length + this.#locals.push(kind) - 1;
    this.#lines.push(`(local.set ${index} ${code})`);
    return { kind, code: `(local.get ${index})` };
  }

  /** An instruction whose result goes into a local. */
  op(name: string, ...args: readonly Int[]): Value {
    return this.let(vec(name, ...args));
  }

  set(local: Value, to: Int): void {
    this.#lines.push(local.code.replace('(local.get', '(local.set').replace(/\)$/, ` ${value(to).code})`));
  }

  store(name: string, place: Place | Int, x: Int, offset = 0): void {
    const { address, offset: by } = at(place, offset);
    this.#lines.push(`(${name} offset=${by} ${address.code} ${value(x).code})`);
  }

  load128(place: Place | Int, offset = 0): Value {
    return this.let(load('v128', 'v128.load', place, offset));
  }

  store128(place: Place | Int, x: Value, offset = 0): void {
    this.store('v128.store', place, x, offset);
  }

  /** One 64-bit lane of a vector. */
  storeLane(place: Place | Int, x: Value, lane: 0 | 1, offset = 0): void {
    const { address, offset: by } = at(place, offset);
    this.#lines.push(`(v128.store64_lane offset=${by} ${lane} ${address.code} ${x.code})`);
  }

  call(name: string, ...args: readonly (Int | Place)[]): void {
    this.#lines.push(`(call $${name}${args.map((x) => ` ${value(addressOf(x)).code}`).join('')})`);
  }

  callValue(kind: Kind, name: string, ...args: readonly (Int | Place)[]): Value {
    return this.let({ kind, code: `(call $${name}${args.map((x) => ` ${value(addressOf(x)).code}`).join('')})` });
  }

  /** body(i) for i = from, from + step, … while i < to. `to` is read again in every round. */
  loop(from: Int, to: Int, body: (i: Value) => void, step = 1): void {
    const label = this.#labels++;
    const i = this.let(from);
    this.#lines.push(`(block $b${label} (loop $l${label}`);
    this.#lines.push(`(br_if $b${label} ${op('i32', 'i32.ge_s', i, to).code})`);
    this.onLoop?.();
    body(i);
    this.onLoop?.();
    this.set(i, add(i, step));
    this.#lines.push(`(br $l${label})))`);
  }

  /** body(i) for i = from − 1 down to 0. */
  loopDown(from: Int, body: (i: Value) => void): void {
    this.loop(0, from, (k) => body(this.let(sub(sub(from, 1), k))));
  }

  while(condition: () => Value, body: () => void): void {
    const label = this.#labels++;
    this.#lines.push(`(block $b${label} (loop $l${label} (br_if $b${label} (i32.eqz ${condition().code}))`);
    this.onLoop?.();
    body();
    this.onLoop?.();
    this.#lines.push(`(br $l${label})))`);
  }

  /** A branch; for public conditions only. */
  if(condition: Value, then: () => void): void {
    this.#lines.push(`(if ${condition.code} (then`);
    then();
    this.#lines.push('))');
  }

  return(x?: Int): void {
    this.#lines.push(x === undefined ? '(return)' : `(return ${value(x).code})`);
  }

  copy(to: Place | Int, from: Place | Int, bytes: Int): void {
    this.#lines.push(`(memory.copy ${value(addressOf(to)).code} ${value(addressOf(from)).code} ${value(bytes).code})`);
  }

  fill(to: Place | Int, bytes: Int): void {
    this.#lines.push(`(memory.fill ${value(addressOf(to)).code} (i32.const 0) ${value(bytes).code})`);
  }

  text(exported: boolean): string {
    const list = (word_: string, kinds: readonly Kind[]) => (kinds.length === 0 ? '' : ` (${word_} ${kinds.join(' ')})`);
    const head = `(func $${this.name}${exported ? ` (export "${this.name}")` : ''}${list('param', this.#params)}`;
    const tail = this.result === undefined ? '' : ` (result ${this.result})`;
    return `${head}${tail}${list('local', this.#locals)}\n${this.#lines.join('\n')}\n${this.result === undefined ? '' : '(unreachable)'})`;
  }
}

/** A module under construction: static memory, constants, functions. */
export class Module {
  readonly #functions: string[] = [];
  readonly #data: string[] = [];
  readonly #constants: Map<string, number> = new Map();
  readonly #exportAll: boolean;
  #top = 1024;

  /** @param exportAll export every function: for tests of the parts */
  constructor(exportAll = false) {
    this.#exportAll = exportAll;
  }

  /** Static memory, zero at the start. @returns its address */
  alloc(bytes: number, align = 64): number {
    const address = Math.ceil(this.#top / align) * align;
    this.#top = address + bytes;
    return address;
  }

  /** 64-bit words in memory, each `copies` times; the same ones share a place. @returns their address */
  words(list: readonly bigint[], copies = 1): number {
    const key = `${copies}:${list.join()}`;
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const address = this.alloc(list.length * copies * 8, 16);
    const bytes = Buffer.alloc(list.length * copies * 8);
    for (const [i, x] of list.entries())
      for (let k = 0; k < copies; k++) bytes.writeBigInt64LE(BigInt.asIntN(64, x), 8 * (i * copies + k));
    const hex = [...bytes].map((b) => `\\${b.toString(16).padStart(2, '0')}`).join('');
    this.#data.push(`(data (i32.const ${address}) "${hex}")`);
    this.#constants.set(key, address);
    return address;
  }

  /** A vector constant read from memory, with the same 64 bits in both lanes. */
  constant(f: Fn, x: bigint): Value {
    return f.load128(this.words([x], 2));
  }

  func(
    name: string,
    signature: { readonly params: readonly Kind[]; readonly result?: Kind; readonly exported?: boolean },
    body: (f: Fn, ...params: Value[]) => void,
  ): void {
    const f = new Fn(name, signature.params, signature.result);
    body(f, ...f.params());
    this.#functions.push(f.text(this.#exportAll || (signature.exported ?? false)));
  }

  /** Where static memory ends. */
  get end(): number {
    return Math.ceil(this.#top / 64) * 64;
  }

  text(): string {
    const pages = Math.ceil(this.end / 65_536);
    return `(module\n(memory (export "memory") ${pages})\n${this.#data.join('\n')}\n${this.#functions.join('\n')}\n)`;
  }
}
