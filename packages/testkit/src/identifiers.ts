/**
 * Identifiers of people that do not exist. They pass every check that a real one passes, and no real person can hold them.
 */

/**
 * No province of GB/T 2260 has the code 77 (71 is the only one that begins with 7), so no card was or can be issued under it.
 * The last four digits grow when the numbers below one area code are used up.
 */
const UNASSIGNED_AREA = 770_000;

/** Days from 1950-01-01 to 2004-12-31: everybody is an adult, and everybody born before 2000 also has a 15-digit legacy form. */
const FIRST_BIRTH_DAY = Date.UTC(1950, 0, 1) / 86_400_000;
const BIRTH_DAYS = 20_089;
const SERIALS = 1000;
const PER_AREA = BIRTH_DAYS * SERIALS;

/** A prime that divides neither PER_AREA nor 10^8: multiplying by it shuffles the numbers without losing one. */
const SPREAD = 7_368_787;

/** How many different numbers {@link syntheticRid} can make. */
export const SYNTHETIC_RIDS: number = PER_AREA * 10_000;

/**
 * The check character of GB 11643-1999 (ISO 7064 MOD 11-2), worked out from its definition: Σ aᵢ·2^(i−1) ≡ 1 (mod 11), i counted from the
 * right.
 * @param digits the first 17
 */
export const ridCheckCharacter = (digits: string): string => {
  let remainder = 0;
  for (const digit of digits) remainder = ((remainder + Number(digit)) * 2) % 11;
  return '0123456789X'[(12 - remainder) % 11]!;
};

/**
 * A valid 18-character resident identity number for row `n`; different rows get different numbers.
 * @throws RangeError when n is not in [0, {@link SYNTHETIC_RIDS})
 */
export const syntheticRid = (n: number): string => {
  if (!Number.isSafeInteger(n) || n < 0 || n >= SYNTHETIC_RIDS) throw new RangeError('no synthetic number for this row');
  const place = ((n % PER_AREA) * SPREAD) % PER_AREA;
  const birthday = new Date((FIRST_BIRTH_DAY + (place % BIRTH_DAYS)) * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');
  const serial = String(Math.floor(place / BIRTH_DAYS)).padStart(3, '0');
  const digits = `${UNASSIGNED_AREA + Math.floor(n / PER_AREA)}${birthday}${serial}`;
  return digits + ridCheckCharacter(digits);
};

/**
 * A phone for row `n` in E.164, of the length of a Chinese mobile number: no operator has the prefix 154. Different rows below 10^8 get different
 * numbers.
 * @throws RangeError when n is not in [0, 10^8)
 */
export const syntheticPhone = (n: number): string => {
  if (!Number.isSafeInteger(n) || n < 0 || n >= 1e8) throw new RangeError('no synthetic phone for this row');
  return `+86154${String((n * SPREAD) % 1e8).padStart(8, '0')}`;
};
