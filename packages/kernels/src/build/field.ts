import type { Fn, Module, Place, Value } from './wat.ts';

/** p = 2^255 − 19. */
export const P: bigint = 2n ** 255n - 19n;
export const modP = (x: bigint): bigint => ((x % P) + P) % P;
const powP = (base: bigint, exponent: bigint): bigint => {
  let result = 1n;
  for (let b = modP(base), e = exponent; e > 0n; e >>= 1n, b = modP(b * b)) if (e & 1n) result = modP(result * b);
  return result;
};
export const invertP = (x: bigint): bigint => powP(x, P - 2n);

export type ConstantName =
  | 'zero'
  | 'one'
  | 'd'
  | 'd2'
  | 'sqrtM1'
  | 'twoInvSqrtAdMinusOne'
  | 'invSqrtAMinusD'
  | 'oneMinusDSquared'
  | 'dMinusOneSquared';
/** The constants of RFC 9496 §4.1 and the twisted Edwards curve −x² + y² = 1 + d·x²·y². */
const D = modP(-121_665n * invertP(121_666n));
const SQRT_AD_MINUS_ONE = 25063068953384623474111414158702152701244531502492656460079210482610430750235n;
export const CONSTANTS: Readonly<Record<ConstantName, bigint>> = {
  zero: 0n,
  one: 1n,
  d: D,
  d2: modP(2n * D),
  sqrtM1: 19681161376707505956807079304988542015446066515923890162744021073123829784752n,
  twoInvSqrtAdMinusOne: modP(2n * invertP(SQRT_AD_MINUS_ONE)),
  invSqrtAMinusD: 54469307008909316920995813868745141605393597292927456921205312896311721017578n,
  oneMinusDSquared: modP(1n - D * D),
  dMinusOneSquared: modP((D - 1n) ** 2n),
};

/**
 * One way to hold a field element: `limbs` vectors of two doubles, one lane for each of two elements. A "unit" is the bound that every result of `fe_mul`,
 * `fe_sqr` and `fe_carry` keeps to, limb by limb; sums of k such are at most k units. The generator proves the bounds (see {@link exact}).
 */
export interface Field {
  readonly name: 'plain' | 'relaxed';
  readonly limbs: number;
  /** Bytes of one vector of elements: limbs × 16. */
  readonly bytes: number;
  /** What fe_mul takes, in units (either order), fe_sqr, and fe_carry. */
  readonly mulUnits: readonly [number, number];
  readonly sqrUnits: number;
  readonly carryUnits: number;
  /** Units that adding and comparing can reach without a carry before. */
  readonly freezeUnits: number;
  /** Are sums of two units carried before they are multiplied further? */
  readonly carriesSums: boolean;
  /** Widths of the whole-number words that {@link Field.integerWords} gives. */
  readonly widths: readonly number[];
  /** The doubles that hold x. */
  readonly limbsOf: (x: bigint) => readonly number[];
  /** Where limb i starts, when limbs are whole numbers of that scale that fit 32 bits; tables then hold them so. */
  readonly packedScale: readonly number[] | undefined;
  /** Emits fe_mul, fe_sqr, fe_carry and the halves of the group law. */
  readonly emit: (m: Module) => void;
  /** a, read from memory, plus a multiple of p: non-negative words of about `widths` bits. */
  readonly integerWords: (f: Fn, m: Module, a: Place) => Value[];
  /** Writes the 255-bit numbers of two lanes (4 words of 64 bits each, top bit clear) as limbs; carries. */
  readonly fromWords: (f: Fn, m: Module, to: Place, lanes: readonly (readonly Value[])[]) => void;
}

/** Balanced digits of x, least significant first, for limbs of these widths. */
export const balancedDigits = (x: bigint, widths: readonly number[]): bigint[] => {
  let rest = x;
  return widths.map((width, i) => {
    if (i === widths.length - 1) return rest;
    const w = BigInt(width);
    let digit = rest & ((1n << w) - 1n);
    rest >>= w;
    if (digit >> (w - 1n)) {
      digit -= 1n << w;
      rest += 1n;
    }
    return digit;
  });
};
