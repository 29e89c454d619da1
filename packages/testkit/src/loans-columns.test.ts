import { describe, expect, test } from 'vitest';
import type { Loan } from './loans.ts';
import { expectedColumns, type SubjectColumns, wholeMonths } from './loans-columns.ts';

const asOf = '2026-06-30';
const loan: Loan = {
  national_id: 'ana',
  phone: '',
  name: '',
  loan_id: '1',
  product: 'revolving',
  opened_on: '2024-06-30',
  closed_on: '',
  currency: 'CNY',
  limit: '50000.00',
  principal: '0.00',
  balance: '1049.99',
  past_due: '0.00',
  history: 'N'.repeat(24),
  code_set: 'pboc',
};
const of = (...loans: readonly Partial<Loan>[]): SubjectColumns =>
  expectedColumns(
    loans.map((changes) => ({ ...loan, ...changes })),
    asOf,
  ).get('ana')!;

test('by hand: two loans of one person, one of another', () => {
  const expected = expectedColumns(
    [
      loan,
      { ...loan, national_id: 'bo', product: 'guarantee', history: '**' },
      {
        ...loan,
        product: 'instalment',
        opened_on: '2025-12-31',
        closed_on: '2026-05-01',
        balance: '0.01',
        past_due: '250',
        // Classes 0 2 3 . 0 7 0 0
        history: '012BEG00',
        code_set: 'metro2',
      },
    ],
    asOf,
  );
  expect([...expected]).toEqual([
    ['ana', { openLoans: 1, outstanding: 11, limit: 500, pastDue: 3, late30: 3, monthsOnBook: 24, worstStatus: '7' }],
    ['bo', { openLoans: 1, outstanding: 10, limit: 0, pastDue: 0, late30: 0, monthsOnBook: 24, worstStatus: 'none' }],
  ]);
});

describe('amounts', () => {
  test.each([
    ['0.00', 0],
    ['49.99', 0],
    ['50.00', 1],
    ['149.99', 1],
    ['150', 2],
    ['1999949.99', 19_999],
    ['1999950.00', 20_000],
    ['99999999.00', 20_000],
  ])('%s is %d hundreds', (balance, hundreds) => {
    expect(of({ balance }).outstanding).toBe(hundreds);
  });

  test('are added before they are rounded', () => {
    expect(of({ balance: '49.99' }, { balance: '49.99' }).outstanding).toBe(1);
  });

  test('pastDue has a lower maximum', () => {
    expect(of({ past_due: '5000000.00' }).pastDue).toBe(10_000);
  });
});

describe('history', () => {
  test.each([
    ['', 'none'],
    ['*/#', 'none'],
    ['*NC', '0'],
    ['1N', '1'],
    ['12', '2'],
    ['132', '3'],
    ['4', '4-6'],
    ['56', '4-6'],
    ['7N', '7'],
    ['G', '7'],
    ['D', '7'],
    ['ZN', '7'],
  ])('pboc %j: worst is %s', (history, worst) => {
    expect(of({ history }).worstStatus).toBe(worst);
  });

  test.each([
    ['BD', 'none'],
    ['0E', '0'],
    ['1', '2'],
    ['02', '3'],
    ['3', '4-6'],
    ['45', '4-6'],
    ['60', '7'],
    ['G', '7'],
    ['H', '7'],
    ['J', '7'],
    ['K', '7'],
    ['L', '7'],
  ])('metro2 %j: worst is %s', (history, worst) => {
    expect(of({ history, code_set: 'metro2' }).worstStatus).toBe(worst);
  });

  test('12 months for the worst status, 24 for late30', () => {
    expect(of({ history: `7${'N'.repeat(12)}` }).worstStatus).toBe('0');
    expect(of({ history: `7${'N'.repeat(11)}` }).worstStatus).toBe('7');
    expect(of({ history: `2${'N'.repeat(23)}` }).late30).toBe(1);
    expect(of({ history: `2${'N'.repeat(24)}` }).late30).toBe(0);
    expect(of({ history: '1'.repeat(24) }).late30).toBe(0);
    expect(of({ history: '2'.repeat(24) }, { history: '7'.repeat(24) }, { history: '3'.repeat(24) }).late30).toBe(60);
  });

  test('an unknown code is refused', () => {
    expect(() => of({ history: 'NX' })).toThrow(RangeError);
    expect(() => of({ history: 'N', code_set: 'metro2' })).toThrow(RangeError);
  });
});

test('a month counts when its day is reached', () => {
  expect(wholeMonths('2026-05-30', asOf)).toBe(1);
  expect(wholeMonths('2026-06-01', asOf)).toBe(0);
  expect(wholeMonths('2025-12-31', '2026-06-30')).toBe(5);
  expect(wholeMonths('2000-02-29', '2026-02-28')).toBe(311);
  expect(of({ opened_on: '1950-01-01' }).monthsOnBook).toBe(600);
  expect(of({ opened_on: '2026-01-30' }, { opened_on: '2020-01-30' }).monthsOnBook).toBe(77);
});
