/**
 * Check digits written out from their definitions, as a second opinion on the library that `@vouchsafe/identity` uses.
 */

/** Swedish personal identity number: Luhn over the nine digits YYMMDDNNN (SKV 704, ISO/IEC 7812-1 annex B). */
export const luhnDigit = (digits: string): string => {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const doubled = Number(digits[digits.length - 1 - i]) * (i % 2 === 0 ? 2 : 1);
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return String((10 - (sum % 10)) % 10);
};

/** Brazilian CPF: the two check digits behind nine digits, each a sum with weights that end in 2, modulo 11. */
export const cpfDigits = (digits: string): string => {
  const next = (given: string): string => {
    let sum = 0;
    for (let i = 0; i < given.length; i++) sum += Number(given[i]) * (given.length + 1 - i);
    return sum % 11 < 2 ? '0' : String(11 - (sum % 11));
  };
  const first = next(digits);
  return first + next(digits + first);
};

/** Product in the dihedral group of order 10: rotations are 0–4, reflections 5–9. */
const dihedral = (a: number, b: number): number => {
  if (a < 5) return b < 5 ? (a + b) % 5 : 5 + ((a + b) % 5);
  return b < 5 ? 5 + ((a - b) % 5) : (a - b + 5) % 5;
};

/** Verhoeff's permutation (Error detecting decimal codes, 1969); place i from the right uses its i-th power. */
const PERMUTATION = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];

const verhoeffSum = (digits: string): number => {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    let digit = Number(digits[digits.length - 1 - i]);
    for (let power = 0; power < i % 8; power++) digit = PERMUTATION[digit]!;
    sum = dihedral(sum, digit);
  }
  return sum;
};

/** Indian Aadhaar: the Verhoeff check digit behind eleven digits, i.e. the one for which the sum is the neutral element. */
export const verhoeffDigit = (digits: string): string =>
  [...'0123456789'].find((candidate) => verhoeffSum(digits + candidate) === 0)!;
