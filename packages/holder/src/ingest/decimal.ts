import type { RawValue } from './record-source.ts';

/** An exact decimal: digits · 10^−scale. */
export interface Decimal {
  readonly digits: bigint;
  /** 0 or more. */
  readonly scale: number;
}

/** Longer texts, and exponents beyond this, are refused before any work is done on them. */
const MAX_TEXT = 64;
const MAX_EXPONENT = 60;
const FORM = /^([+-]?)(\d{1,40})(?:\.(\d{1,40}))?(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * Reads a number exactly: a text such as `-12.50` or `1.2e3`, or a JavaScript number by its shortest decimal.
 * @returns undefined for anything else, infinities included
 */
export const readDecimal = (raw: RawValue): Decimal | undefined => {
  if (typeof raw === 'bigint') return { digits: raw, scale: 0 };
  if (typeof raw === 'number' && Number.isSafeInteger(raw)) return { digits: BigInt(raw), scale: 0 };
  if (typeof raw !== 'number' && typeof raw !== 'string') return undefined;
  const text = String(raw).trim();
  const parts = text.length <= MAX_TEXT ? FORM.exec(text) : null;
  if (parts === null) return undefined;
  const fraction = parts[3] ?? '';
  const scale = fraction.length - Number(parts[4] ?? 0);
  if (Math.abs(scale) > MAX_EXPONENT) return undefined;
  const magnitude = BigInt(parts[2]! + fraction);
  const digits = parts[1] === '-' ? -magnitude : magnitude;
  return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 };
};

/** ⌊value / unit + 1/2⌋: to whole units, halves up (−0.5 becomes 0), without rounding on the way. @param unit ≥ 1 */
export const roundToUnit = ({ digits, scale }: Decimal, unit: number): bigint => {
  const den = BigInt(unit) * 10n ** BigInt(scale);
  return floorDivide(2n * digits + den, 2n * den);
};

/** The value when it is whole, else undefined. */
export const wholeOf = ({ digits, scale }: Decimal): bigint | undefined => {
  const den = 10n ** BigInt(scale);
  return digits % den === 0n ? digits / den : undefined;
};

const floorDivide = (a: bigint, b: bigint): bigint => {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
};
