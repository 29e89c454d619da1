import { E } from '@vouchsafe/core';
import { CONVENTIONS, noisyBinTable } from '@vouchsafe/scorecard';
import { describe, expect, it } from 'vitest';
import { byOutcome } from './ask-bins.ts';
import { binRows, binsText } from './bins-text.ts';

const person = (national_id: string) => ({ national_id });
const sample = (outcomes: readonly (string | null)[]) => ({
  people: outcomes.map((_, i) => person(String(i))),
  carried: new Map([['late', outcomes]]),
  rejected: [],
});
const split = (outcomes: readonly (string | null)[], bad = '1') =>
  byOutcome(sample(outcomes), { people: 'sample.csv', outcome: 'late', bad });

describe('bins of a sample', () => {
  it('whose outcome is a column: who has none is left out', () => {
    expect(split(['0', '1', null, ' 1 ', '', '2'])).toEqual(
      E.right({ goods: [person('0'), person('5')], bads: [person('1'), person('3')], without: 2 }),
    );
    expect(split(['no', 'yes'], 'yes')).toEqual(E.right({ goods: [person('0')], bads: [person('1')], without: 0 }));
  });

  it.each([['yes'], ['0']])('a value of --bad that nobody, or everybody, has: %s', (bad) => {
    expect(split(['0', '0'], bad)).toMatchObject({
      left: { exit: 2, message: expect.stringMatching(/^sample\.csv: column "late" makes \d goods and \d bads.*--bad/) },
    });
  });

  it('are shown with what is not to be trusted, and written without ends that are open', () => {
    const fitted = noisyBinTable({
      name: 'worst',
      labels: ['none', 'late'],
      goods: { counts: [400, 0] },
      bads: { counts: [100, 50] },
      conventions: CONVENTIONS,
      negative: 'zero',
    });
    if (E.isLeft(fitted)) throw new Error(fitted.left.message);
    const text = binsText(fitted.right);
    expect(text).toMatch(/none +│ 400 +│ 100/);
    expect(text).toMatch(/late +│ 0 +│ 50 .*not to be trusted/);
    expect(text).toMatch(/^ {2}late: no goods/m);
    expect(text).toMatch(/worst: information value \d/);
    for (const row of binRows(fitted.right))
      for (const cell of row) expect(typeof cell === 'number' ? Number.isFinite(cell) : true).toBe(true);
    expect(binRows(fitted.right).map(([column, bin, goods, bads]) => [column, bin, goods, bads])).toEqual([
      ['worst', 'none', 400, 100],
      ['worst', 'late', 0, 50],
    ]);
  });
});
