/** 2^(17−i) modulo 11 for place i from the left: the weights of GB 11643-1999 §4.3 (ISO 7064 MOD 11-2). */
const WEIGHTS: readonly number[] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/** The check character for each remainder. */
const CHECK_CHARACTERS = '10X98765432';

/**
 * The 18-character form of a 15-digit resident identity number (GB 11643-1989: area 6, YYMMDD, serial 3), as GB 11643-1999 made it on reissue: "19" before the year, the
 * check character at the end. Cards with 15 digits were issued up to 1999 and are void since 2013, but live on in old records. Serials 996 to 999 were kept for people
 * born before 1900; they are widened like the others, and find nobody.
 * @param legacy 15 digits; the date in them is for the caller to check
 */
export const widenLegacyRid = (legacy: string): string => {
  const digits = `${legacy.slice(0, 6)}19${legacy.slice(6)}`;
  let sum = 0;
  for (let i = 0; i < 17; i++) sum += WEIGHTS[i]! * Number(digits[i]);
  return digits + CHECK_CHARACTERS[sum % 11]!;
};
