import { expect, test } from 'vitest';
import { centsToDecimal, decimalToCents, LOAN_COLUMNS, type Loan, loansCsv } from './loans.ts';
import { syntheticLenders } from './loans-lenders.ts';
import { syntheticPopulation } from './population.ts';

/** RFC 4180, character by character. */
const parseCsv = (csv: string): readonly (readonly string[])[] => {
  const records: string[][] = [];
  let record: string[] = [];
  let field = '';
  let quoted = false;
  for (let i = 0; i < csv.length; i++) {
    const c = csv[i]!;
    if (quoted) {
      if (c !== '"') field += c;
      else if (csv[i + 1] === '"') field += csv[++i];
      else quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === ',' || c === '\r') {
      record.push(field);
      field = '';
      if (c === '\r') {
        expect(csv[++i]).toBe('\n');
        records.push(record);
        record = [];
      }
    } else field += c;
  }
  expect([field, record]).toEqual(['', []]);
  return records;
};

const parseLoans = (csv: string): readonly unknown[] => {
  const [header, ...records] = parseCsv(csv);
  return records.map((record) => Object.fromEntries(header!.map((column, i) => [column, record[i]])));
};

test('the CSV has the header of the catalogue and gives the loans back', () => {
  const population = syntheticPopulation({ seed: 'csv', people: 300 });
  const [lender] = syntheticLenders({ population, lenders: 1, customersPerLender: 200, seed: 'csv', asOf: '2026-06-30' });
  const csv = loansCsv(lender!.loans);
  expect(csv.split('\r\n', 1)[0]).toBe(
    'national_id,phone,name,loan_id,product,opened_on,closed_on,currency,limit,principal,balance,past_due,history,code_set',
  );
  expect(parseLoans(csv)).toEqual(lender!.loans);
  expect(loansCsv([])).toBe(`${LOAN_COLUMNS.join(',')}\r\n`);

  const awkward: Loan = { ...lender!.loans[0]!, name: 'O"Brien, "Jr."\r\nSeán', history: '' };
  expect(parseLoans(loansCsv([awkward, awkward]))).toEqual([awkward, awkward]);
});

test('cents and decimals are the same amount', () => {
  for (const [cents, decimal] of [
    [0, '0.00'],
    [5, '0.05'],
    [99, '0.99'],
    [123_456_789, '1234567.89'],
  ] as const) {
    expect(centsToDecimal(cents)).toBe(decimal);
    expect(decimalToCents(decimal)).toBe(cents);
  }
  expect(decimalToCents('12')).toBe(1200);
  expect(decimalToCents('12.5')).toBe(1250);
  for (const wrong of ['', '-1.00', '1.005', '1e3', '1,00', ' 1']) expect(() => decimalToCents(wrong)).toThrow(RangeError);
});
