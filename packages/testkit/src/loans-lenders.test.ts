import { expect, test } from 'vitest';
import { decimalToCents } from './loans.ts';
import { expectedColumns } from './loans-columns.ts';
import { syntheticLenders } from './loans-lenders.ts';
import { syntheticPopulation } from './population.ts';

const asOf = '2026-06-30';
const population = syntheticPopulation({ seed: 'lenders', people: 50_000 });
const options = { population, lenders: 3, customersPerLender: 20_000, seed: 'lenders', asOf };
const started = performance.now();
const lenders = syntheticLenders(options);
const milliseconds = performance.now() - started;
const loans = lenders.flatMap((lender) => lender.loans);

test('three lenders of 20,000 customers take seconds, not minutes', () => {
  expect(milliseconds).toBeLessThan(10_000);
});

test('each lender has its customers once, and the lenders share some', () => {
  for (const { customers, loans: theirs } of lenders) {
    expect(new Set(customers).size).toBe(20_000);
    const known = new Set(customers.map((customer) => population[customer]!.national_id));
    expect(new Set(theirs.map((loan) => loan.national_id))).toEqual(known);
    expect(theirs.length).toBeGreaterThan(1.5 * customers.length);
  }
  const [first, second] = lenders.map(({ customers }) => new Set(customers));
  const shared = [...first!].filter((customer) => second!.has(customer)).length;
  expect(Math.abs(shared - 8_000)).toBeLessThan(300);
});

test('a loan is as the catalogue wants it', () => {
  expect(new Set(loans.map((loan) => loan.loan_id)).size).toBe(loans.length);
  for (const loan of loans) {
    expect(loan.opened_on < asOf && (loan.closed_on === '' || (loan.opened_on < loan.closed_on && loan.closed_on < asOf))).toBe(
      true,
    );
    expect(loan.history).toMatch(loan.code_set === 'pboc' ? /^[N*/#1-7CGDZ]{1,60}$/ : /^[0-6EBDGHJKL]{1,60}$/);
    const [limit, principal, balance, pastDue] = [loan.limit, loan.principal, loan.balance, loan.past_due].map(decimalToCents);
    expect(limit! > 0 && principal! >= 0 && pastDue! <= balance!).toBe(true);
    if (loan.closed_on !== '') expect(balance).toBe(0);
    expect(Number(loan.opened_on.slice(0, 4)) - Number(loan.national_id.slice(6, 10))).toBeGreaterThanOrEqual(18);
  }
  expect(new Set(loans.map((loan) => loan.product)).size).toBe(5);
  expect(lenders.map((lender) => lender.codeSet)).toEqual(['pboc', 'metro2', 'pboc']);
});

test('the same seed gives the same books, another seed others', () => {
  const small = { ...options, customersPerLender: 500 };
  expect(syntheticLenders(small)).toEqual(syntheticLenders(small));
  expect(syntheticLenders({ ...small, seed: 'other' })[0]!.customers).not.toEqual(syntheticLenders(small)[0]!.customers);
  // Fixed for all time: a change here changes every demo and every stored figure.
  expect(syntheticLenders(small)[0]!.loans[0]).toMatchInlineSnapshot(`
    {
      "balance": "4316.25",
      "closed_on": "",
      "code_set": "pboc",
      "currency": "CNY",
      "history": "NNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNN",
      "limit": "10200.00",
      "loan_id": "L1-1",
      "name": "胡娜洋",
      "national_id": "770000200207249167",
      "opened_on": "2021-06-27",
      "past_due": "0.00",
      "phone": "+8615458889721",
      "principal": "0.00",
      "product": "revolving",
    }
  `);
});

test('lateness and arrears grow with the latent risk, at every lender', () => {
  const riskOf = new Map(population.map((person) => [person.national_id, person.risk]));
  for (const lender of lenders) {
    const people = [...expectedColumns(lender.loans, asOf)].map(([id, columns]) => ({ risk: riskOf.get(id)!, ...columns }));
    const mean = (low: number, high: number, of: (columns: (typeof people)[number]) => number): number => {
      const group = people.filter(({ risk }) => risk >= low && risk < high);
      return group.reduce((sum, columns) => sum + of(columns), 0) / group.length;
    };
    for (const of of [
      (columns: (typeof people)[number]) => columns.late30,
      (columns: (typeof people)[number]) => columns.pastDue,
      (columns: (typeof people)[number]) => (['4-6', '7'].includes(columns.worstStatus) ? 1 : 0),
    ]) {
      expect(mean(300, 600, of)).toBeGreaterThan(2 * mean(0, 100, of));
      expect(mean(600, 1000, of)).toBeGreaterThan(1.3 * mean(300, 600, of));
    }
    for (const status of ['none', '0', '1', '2', '3', '4-6', '7'])
      if (lender.codeSet === 'pboc' || status !== '1')
        expect(people.some(({ worstStatus }) => worstStatus === status)).toBe(true);
  }
});

test('what cannot be is refused', () => {
  expect(() => syntheticLenders({ ...options, customersPerLender: 50_001 })).toThrow(RangeError);
  expect(() => syntheticLenders({ ...options, asOf: '30 June' })).toThrow(RangeError);
});
