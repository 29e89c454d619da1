import * as t from 'io-ts';
import { E, type Either } from './fp.ts';

/** An exact, reduced fraction; `den` > 0. Privacy parameters are rationals, never floating-point numbers. */
export interface Rational {
  readonly num: bigint;
  readonly den: bigint;
}

/** A text or number that is no plain decimal and no fraction. */
export interface BadRational {
  readonly _tag: 'BadRational';
  readonly message: string;
}

const gcd = (a: bigint, b: bigint): bigint => {
  let [x, y] = [a < 0n ? -a : a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
};

/** num/den, reduced. @throws RangeError for a zero denominator */
export const rational = (num: bigint | number, den: bigint | number = 1n): Rational => {
  const [n, d] = [BigInt(num), BigInt(den)];
  if (d === 0n) throw new RangeError('a rational needs a denominator');
  const sign = d < 0n ? -1n : 1n;
  const divisor = gcd(n, d * sign);
  return { num: (n * sign) / divisor, den: (d * sign) / divisor };
};

/**
 * Reads a decimal (`"0.1"`, `1`, `2.5e-3`) or a fraction (`"1/3"`) exactly: 0.1 becomes 1/10, not the nearest double's value.
 * @returns the rational, or why not; a length over 40 characters is refused
 */
export const parseRational = (input: string | number): Either<BadRational, Rational> => {
  const text = String(input).trim();
  const fraction = /^(\d{1,18})\/(\d{1,18})$/.exec(text);
  if (fraction && BigInt(fraction[2]!) > 0n) return E.right(rational(BigInt(fraction[1]!), BigInt(fraction[2]!)));
  const decimal = /^(\d{1,18})(?:\.(\d{1,18}))?(?:e([+-]?\d{1,2}))?$/i.exec(text);
  if (!decimal || text.length > 40)
    return E.left({ _tag: 'BadRational', message: 'expected a non-negative decimal such as 0.5 or a fraction such as 1/3' });
  const digits = decimal[2] ?? '';
  const exponent = Number(decimal[3] ?? 0) - digits.length;
  const mantissa = BigInt(decimal[1]! + digits);
  return E.right(exponent < 0 ? rational(mantissa, 10n ** BigInt(-exponent)) : rational(mantissa * 10n ** BigInt(exponent)));
};

/** a + b, exactly, in lowest terms. */
export const addRational = (a: Rational, b: Rational): Rational => rational(a.num * b.den + b.num * a.den, a.den * b.den);
/** a − b, exactly, in lowest terms. */
export const subtractRational = (a: Rational, b: Rational): Rational => addRational(a, { num: -b.num, den: b.den });
/** a · b, exactly, in lowest terms. */
export const multiplyRational = (a: Rational, b: Rational): Rational => rational(a.num * b.num, a.den * b.den);
/** a / b. @throws RangeError when b is zero */
export const divideRational = (a: Rational, b: Rational): Rational => rational(a.num * b.den, a.den * b.num);
/** Negative, zero or positive as a is below, equal to or above b. */
export const compareRational = (a: Rational, b: Rational): number => {
  const difference = a.num * b.den - b.num * a.den;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
};
/** The nearest double, for printing and plotting only: never on the path of a noise sample. */
export const toNumber = (a: Rational): number => Number(a.num) / Number(a.den);

const MOST = BigInt(Number.MAX_SAFE_INTEGER);

/** Has it a form on the wire and in the store? Not when numerator or denominator are above 2^53 - 1. */
export const isWritable = ({ num, den }: Rational): boolean => num >= 0n && num <= MOST && den <= MOST;

/** The largest rational with a form on the wire that is not above this one, to 10^-6 or, where it is large, to 1; 0 for a negative one. */
export const writableBelow = (a: Rational): Rational => {
  if (a.num <= 0n) return rational(0);
  const found = [a, rational((a.num * 1_000_000n) / a.den, 1_000_000n), rational(a.num / a.den)].find(isWritable);
  return found ?? rational(MOST);
};

/** On the wire a rational is the pair [num, den] of safe non-negative integers in lowest terms, so that it has one encoding. */
export const WireRational: t.Type<Rational, readonly [number, number], unknown> = new t.Type(
  'Rational [num, den]',
  (u): u is Rational => typeof u === 'object' && u !== null && 'num' in u && 'den' in u,
  (u, context) => {
    if (!Array.isArray(u) || u.length !== 2) return t.failure(u, context);
    const [num, den] = u as [unknown, unknown];
    if (!Number.isSafeInteger(num) || !Number.isSafeInteger(den) || (num as number) < 0 || (den as number) < 1)
      return t.failure(u, context);
    const value = rational(num as number, den as number);
    return value.den === BigInt(den as number) ? t.success(value) : t.failure(u, context, 'not in lowest terms');
  },
  (a) => {
    // Rounded, it would be another price: whoever adds up asks before.
    if (!isWritable(a)) throw new RangeError('a rational beyond 2^53 has no form on the wire');
    return [Number(a.num), Number(a.den)];
  },
);

/** In documents that people write, a rational is a decimal (`0.5`, `"0.1"`) or a fraction (`"1/3"`), read exactly. */
export const DecimalRational: t.Type<Rational, string, unknown> = new t.Type(
  'a decimal such as 0.5 or a fraction such as "1/3"',
  (u): u is Rational => typeof u === 'object' && u !== null && 'num' in u && 'den' in u,
  (u, context) => {
    if (typeof u !== 'string' && typeof u !== 'number') return t.failure(u, context);
    const value = parseRational(u);
    return E.isRight(value) ? t.success(value.right) : t.failure(u, context);
  },
  ({ num, den }) => (den === 1n ? `${num}` : `${num}/${den}`),
);
