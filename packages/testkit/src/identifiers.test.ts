import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ridCheckCharacter, SYNTHETIC_RIDS, syntheticPhone, syntheticRid } from './identifiers.ts';
import { cpfDigits, luhnDigit, verhoeffDigit } from './identifiers-check-digits.ts';

test('check digits of published examples', () => {
  // GB 11643-1999, its two examples.
  expect(ridCheckCharacter('11010519491231002')).toBe('X');
  expect(ridCheckCharacter('44052418800101001')).toBe('4');
  // Skatteverket's example number.
  expect(luhnDigit('811218987')).toBe('6');
  expect(cpfDigits('390533447')).toBe('05');
  expect(verhoeffDigit('236')).toBe('3');
  expect(verhoeffDigit('23412341234')).toBe('6');
});

test('a synthetic number has an unassigned area, a date of birth, a right check character', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: SYNTHETIC_RIDS - 1 }), (n) => {
      const id = syntheticRid(n);
      expect(id).toMatch(/^77\d{4}(19[5-9]\d|200[0-4])\d{7}[\dX]$/);
      expect(id.at(-1)).toBe(ridCheckCharacter(id.slice(0, 17)));
      const birthday = `${id.slice(6, 10)}-${id.slice(10, 12)}-${id.slice(12, 14)}`;
      expect(new Date(birthday).toISOString().slice(0, 10)).toBe(birthday);
    }),
  );
});

test('different rows have different numbers and phones', () => {
  const rows = [...Array.from({ length: 50_000 }, (_, i) => i), ...Array.from({ length: 1000 }, (_, i) => 20_088_500 + i)];
  expect(new Set(rows.map(syntheticRid)).size).toBe(rows.length);
  expect(new Set(rows.map(syntheticPhone)).size).toBe(rows.length);
  for (const n of rows.slice(0, 1000)) expect(syntheticPhone(n)).toMatch(/^\+86154\d{8}$/);
});

test('rows beyond the supply are the caller’s bug', () => {
  for (const n of [-1, 0.5, SYNTHETIC_RIDS, Number.NaN]) expect(() => syntheticRid(n)).toThrow(RangeError);
  for (const n of [-1, 0.5, 1e8, Number.NaN]) expect(() => syntheticPhone(n)).toThrow(RangeError);
});
