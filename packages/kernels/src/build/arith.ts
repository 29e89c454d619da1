import { Fe, type Point, VECTORS } from './element.ts';
import { InexactError } from './exact.ts';
import { CONSTANTS, type ConstantName, type Field, P } from './field.ts';
import { add, bitsOf, type Fn, type Int, type Kind, load, type Module, mul, type Place, splat, type Value, vec } from './wat.ts';

/** What the functions of one module share. */
export class Kernel {
  readonly module: Module;
  readonly field: Field;
  /** For the trace test: vector loads that the instrumenting tool cannot see are written as plain ones. */
  readonly traceable: boolean;
  /** For the trace test: reads tables at the digit's address, as a careless kernel would. */
  readonly leaky: boolean;
  readonly #shared: Map<string, number> = new Map();

  constructor(module: Module, field: Field, options: { readonly traceable?: boolean; readonly leaky?: boolean } = {}) {
    this.module = module;
    this.field = field;
    this.traceable = options.traceable ?? false;
    this.leaky = options.leaky ?? false;
  }

  /** Memory by name: the same for all who ask. */
  memory(name: string, bytes: number): number {
    const known = this.#shared.get(name);
    if (known !== undefined) return known;
    const address = this.module.alloc(bytes);
    this.#shared.set(name, address);
    return address;
  }

  /** Bytes of a point: four elements. */
  get pointBytes(): number {
    return 4 * this.field.bytes;
  }

  /** A field constant in both lanes. */
  constant(name: ConstantName): Fe {
    const x: bigint = CONSTANTS[name];
    const centred = x > P / 2n ? x - P : x;
    const limbs = this.field.limbsOf(centred);
    return new Fe({ base: this.module.words(limbs.map(bitsOf), 2), offset: 0 }, 1);
  }

  func(
    name: string,
    signature: { readonly params?: readonly Kind[]; readonly result?: Kind; readonly exported?: boolean },
    body: (a: Arith, ...params: Value[]) => void,
  ): void {
    this.module.func(name, { params: [], ...signature }, (f, ...params) => body(new Arith(f, this), ...params));
  }

  export(name: string, params: number, body: (a: Arith, ...params: Value[]) => void): void {
    this.func(name, { params: new Array<Kind>(params).fill('i32'), exported: true }, body);
  }
}

/** Field arithmetic inside one function. Keeps the count of units and refuses what could lose bits, while the module is built. */
export class Arith {
  readonly f: Fn;
  readonly k: Kernel;
  readonly #temps: Fe[] = [];

  constructor(f: Fn, k: Kernel) {
    this.f = f;
    this.k = k;
    f.onLoop = () => {
      for (const temp of this.#temps) temp.forget();
    };
  }

  /** A place of this function's own. */
  temp(): Fe {
    const fe = new Fe({ base: this.k.module.alloc(this.k.field.bytes), offset: 0 });
    this.#temps.push(fe);
    return fe;
  }

  temps(count: number): Fe[] {
    return Array.from({ length: count }, () => this.temp());
  }

  at(place: Place | Int, units = 1): Fe {
    return new Fe(typeof place === 'object' && 'base' in place ? place : { base: place, offset: 0 }, units);
  }

  /** Element i of an array in memory. */
  item(array: number, i: Int, units = 1): Fe {
    return this.at(this.slot(array, i, this.k.field.bytes), units);
  }

  slot(array: number, i: Int, bytes: number): Place {
    const address = add(array, mul(i, bytes));
    return { base: typeof address === 'number' ? address : this.f.let(address), offset: 0 };
  }

  point(at: Place | Int): Point {
    const place = typeof at === 'object' && 'base' in at ? at : { base: at, offset: 0 };
    const part = (k: number) => this.at({ base: place.base, offset: place.offset + k * this.k.field.bytes });
    return { at: place, x: part(0), y: part(1), z: part(2), t: part(3) };
  }

  /** Point i of the working array that decoding fills and encoding reads. */
  working(i: Int): Point {
    return this.point(this.slot(this.k.memory('G', VECTORS * this.k.pointBytes), i, this.k.pointBytes));
  }

  c(name: ConstantName): Fe {
    return this.k.constant(name);
  }

  /** r = what `limb` makes of each limb of the operands. */
  #each(r: Fe, operands: readonly Fe[], limb: (...limbs: readonly Value[]) => Value): void {
    for (let i = 0; i < this.k.field.limbs; i++) {
      const limbs = operands.map(({ place }) => load('v128', 'v128.load', place, 16 * i));
      this.f.store128(r.place, limb(...limbs), 16 * i);
    }
  }

  add(r: Fe, a: Fe, b: Fe): void {
    const units = a.units + b.units;
    this.#each(r, [a, b], (x, y) => vec('f64x2.add', x!, y!));
    r.units = this.#small(units);
  }

  sub(r: Fe, a: Fe, b: Fe): void {
    const units = a.units + b.units;
    this.#each(r, [a, b], (x, y) => vec('f64x2.sub', x!, y!));
    r.units = this.#small(units);
  }

  #small(units: number): number {
    if (units > this.k.field.carryUnits) throw new InexactError(`${units} units are too many to carry`);
    return units;
  }

  neg(r: Fe, a: Fe): void {
    const units = a.units;
    this.#each(r, [a], (x) => vec('f64x2.neg', x!));
    r.units = units;
  }

  copy(r: Fe, a: Fe): void {
    const units = a.units;
    this.#each(r, [a], (x) => x!);
    r.units = units;
  }

  /** r = −a in the lanes where the mask is set. */
  cneg(r: Fe, a: Fe, mask: Value): void {
    const units = a.units;
    const sign = this.f.op('v128.and', mask, splat(1n << 63n));
    this.#each(r, [a], (x) => vec('v128.xor', x!, sign));
    r.units = units;
  }

  /** r = mask ? a : b, lane by lane. */
  select(r: Fe, a: Fe, b: Fe, mask: Value): void {
    const units = Math.max(a.units, b.units);
    this.#each(r, [a, b], (x, y) => vec('v128.bitselect', x!, y!, mask));
    r.units = units;
  }

  /** r = 0 in the lanes where the mask is set. */
  clear(r: Fe, mask: Value): void {
    this.#each(r, [r], (x) => vec('v128.andnot', x!, mask));
  }

  #factors(a: Fe, b: Fe): readonly [Fe, Fe] {
    const [ua, ub] = this.k.field.mulUnits;
    if (a.units <= ua && b.units <= ub) return [a, b];
    if (b.units <= ua && a.units <= ub) return [b, a];
    throw new InexactError(`a product of ${a.units} and ${b.units} units`);
  }

  mul(r: Fe, a: Fe, b: Fe): void {
    const [x, y] = this.#factors(a, b);
    this.f.call('fe_mul', r.place, x.place, y.place);
    r.units = 1;
  }

  sqr(r: Fe, a: Fe): void {
    if (a.units > this.k.field.sqrUnits) throw new InexactError(`a square of ${a.units} units`);
    this.f.call('fe_sqr', r.place, a.place);
    r.units = 1;
  }

  /** Products doubled in the columns; the relaxed field only. */
  mul2(r: Fe, a: Fe, b: Fe): void {
    const [x, y] = this.#factors(a, b);
    this.f.call('fe_mul2', r.place, x.place, y.place);
    r.units = 1;
  }

  carry(r: Fe, a: Fe = r): void {
    this.#small(a.units);
    this.f.call('fe_carry', r.place, a.place);
    r.units = 1;
  }

  /** A carry where this field wants sums carried before they are multiplied. */
  tidy(...list: readonly Fe[]): void {
    if (this.k.field.carriesSums) for (const fe of list) if (fe.units > 1) this.carry(fe);
  }

  #frozen(a: Fe): void {
    if (a.units > this.k.field.freezeUnits) throw new InexactError(`${a.units} units are too many to compare`);
  }

  /** A mask: all ones in the lanes whose canonical value is odd ("negative", RFC 9496 §3.1). */
  isNegative(a: Fe): Value {
    this.#frozen(a);
    return this.f.callValue('v128', 'fe_isneg', a.place);
  }

  isZero(a: Fe): Value {
    this.#frozen(a);
    return this.f.callValue('v128', 'fe_iszero', a.place);
  }

  abs(r: Fe, a: Fe): void {
    this.cneg(r, a, this.isNegative(a));
  }

  toBytes(to0: Place | Int, to1: Place | Int, a: Fe): void {
    this.#frozen(a);
    this.f.call('fe_tobytes', to0, to1, a.place);
  }

  fromBytes(r: Fe, from0: Place | Int, from1: Place | Int): void {
    this.f.call('fe_frombytes', r.place, from0, from1);
    r.units = 1;
  }

  /** An element whose limbs are another one's, lane swapped. */
  swapLanes(r: Fe, a: Fe): void {
    const units = a.units;
    this.#each(r, [a], (x) => {
      const v = this.f.let(x!);
      return vec('i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7', v, v);
    });
    r.units = units;
  }

  /** Lane 0 of a, lane 1 of b. */
  mixLanes(r: Fe, a: Fe, b: Fe): void {
    const units = Math.max(a.units, b.units);
    this.#each(r, [a, b], (x, y) => vec('i8x16.shuffle 0 1 2 3 4 5 6 7 24 25 26 27 28 29 30 31', x!, y!));
    r.units = units;
  }
}
