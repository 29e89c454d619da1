import { E } from '@vouchsafe/core';
import { describe, expect, it } from 'vitest';
import { binTable } from './bin-table.ts';
import { CONVENTIONS } from './conventions.ts';
import { noisyBinTable } from './noisy-table.ts';
import { fitted, sample } from './sample.test.fixture.ts';
import { printBinTable, printNoisyBinTable, printScorecard } from './text-table.ts';

const labels = ['(−∞, 10)', '[10, ∞)', '住房', 'missing'];
const counts = { good: [100, 300, 50, 0], bad: [60, 20, 0, 0] };

/** Columns of a drawn table, cells trimmed. */
const cells = (text: string): readonly (readonly string[])[] =>
  text
    .split('\n')
    .filter((row) => row.startsWith('│'))
    .map((row) =>
      row
        .slice(1, -1)
        .split('│')
        .map((cell) => cell.trim()),
    );

describe('tables for the terminal', () => {
  it('a bin table: figures, and a bar to the side of its sign', () => {
    const table = binTable({ name: 'x', labels, counts, conventions: CONVENTIONS });
    if (E.isLeft(table)) throw new Error(table.left.message);
    const text = printBinTable(table.right);
    expect(text).toContain(`x: IV ${table.right.iv.toFixed(4)}, 450 goods, 80 bads`);
    const [head, ...rows] = cells(text);
    expect(head!.slice(0, 5)).toEqual(['bin', 'goods', 'bads', 'share', 'bad rate']);
    expect(rows.map((row) => row[0])).toEqual(labels);
    expect(rows[0]!.slice(1, 5)).toEqual(['100', '60', '30.2 %', '37.5 %']);
    // Left of the middle for the bad bin, right for the good one, nothing for the empty one.
    expect(rows[0]!.slice(7).map((side) => side.includes('█'))).toEqual([true, false]);
    expect(rows[1]!.slice(7).map((side) => side.includes('█'))).toEqual([false, true]);
    expect(rows[3]!.slice(7).map((side) => side.includes('█'))).toEqual([false, false]);
    expect(rows[2]![5]).toMatch(/\*$/);
    expect(text).toContain('* the zero-cell rule');
    // The longest bar is that of the largest WOE, full length.
    const longest = rows.flatMap((row) => row.slice(7)).map((side) => side.length);
    expect(Math.max(...longest)).toBe(10);
    const widths = new Set(
      text
        .split('\n')
        .filter((row) => /^[│┌└├]/.test(row) && !row.includes('住'))
        .map((row) => row.length),
    );
    expect(widths.size).toBe(1);
  });

  it('a noisy bin table: intervals, a mark and a reason at what is not to be trusted', () => {
    const noise = { standardDeviation: 5, halfWidth: 10, confidence: 0.95 };
    const got = noisyBinTable({
      name: 'x',
      labels: ['fine', 'few'],
      goods: { counts: [900, 30.5], noise },
      bads: { counts: [300, -2], noise },
      conventions: CONVENTIONS,
      negative: 'zero',
    });
    if (E.isLeft(got)) throw new Error(got.left.message);
    const text = printNoisyBinTable(got.right);
    const [, fine, few] = cells(text);
    expect(fine![5]).toBe('');
    expect(few!.slice(0, 3)).toEqual(['few', '30.5', '-2']);
    expect(few![4]).toContain('∞');
    expect(few![5]).toBe('?');
    expect(text).toContain('? few: the noise is 33 % of the goods; the bads came out negative and count as 0');
  });

  it('the points of a scorecard', async () => {
    const { scorecard } = await fitted(sample(2000, 'print'));
    const text = printScorecard(scorecard);
    for (const { name, bins } of scorecard.characteristics) {
      expect(text).toContain(name);
      for (const { label } of bins) expect(text).toContain(label);
    }
    expect(text).toContain('600 points at good/bad odds of 50, 20 points double the odds; WOE = ln(good/bad)');
    expect(text).toContain('no score');
  });
});
