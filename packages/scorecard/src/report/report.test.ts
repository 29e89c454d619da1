import { E } from '@vouchsafe/core';
import { describe, expect, it } from 'vitest';
import { binTable } from '../bin-table.ts';
import { CONVENTIONS } from '../conventions.ts';
import { noisyBinTable } from '../noisy-table.ts';
import { fitted, sample } from '../sample.test.fixture.ts';
import { scoreTable } from '../score-table.ts';
import { scorecardHash } from '../scorecard.ts';
import { woeChart } from './charts.ts';
import { evaluateScores } from './evaluation.ts';
import { reportHtml } from './html.ts';

const made = async () => {
  const { table, bad } = sample(3000, 'report');
  const { scorecard, tables } = await fitted({ table, bad, conventions: { ...CONVENTIONS, emptyBin: 'neutral' } });
  const scores = scoreTable(scorecard, table);
  const evaluation = E.isRight(scores) ? evaluateScores({ scorecard, scores: scores.right, bad }) : scores;
  if (E.isLeft(evaluation)) throw new Error(evaluation.left.message);
  return { scorecard, tables, evaluation: evaluation.right, bad };
};

describe('an evaluation', () => {
  it('has shares that add up to one for goods and for bads, over the range of scores', async () => {
    const { evaluation } = await made();
    const { distribution, ranking, curve, calibration } = evaluation;
    expect(distribution.reduce((sum, bar) => sum + bar.good, 0)).toBeCloseTo(1, 10);
    expect(distribution.reduce((sum, bar) => sum + bar.bad, 0)).toBeCloseTo(1, 10);
    for (let i = 1; i < distribution.length; i++) expect(distribution[i]!.from).toBeCloseTo(distribution[i - 1]!.to, 9);
    expect(ranking.auc).toBeGreaterThan(0.6);
    expect(curve[curve.length - 1]).toMatchObject({ good: 1, bad: 1 });
    expect(calibration.groups.length).toBeGreaterThan(4);
  });

  it('of one score for all has one bar', async () => {
    const { scorecard } = await made();
    const got = evaluateScores({
      scorecard,
      scores: Float64Array.of(500, 500, Number.NaN),
      bad: Uint8Array.of(0, 1, 1),
      bars: 3,
    });
    expect(E.isRight(got) && got.right.distribution.map(({ good, bad }) => [good, bad])).toEqual([
      [1, 1],
      [0, 0],
      [0, 0],
    ]);
    expect(E.isRight(got) && got.right.ranking.withoutScore).toBe(1);
    expect(evaluateScores({ scorecard, scores: Float64Array.of(1), bad: Uint8Array.of(0) })).toMatchObject({
      left: { _tag: 'OneClass' },
    });
  });
});

describe('the report', () => {
  it('is one page that loads nothing: figures, model hash, points, a chart a characteristic', async () => {
    const { scorecard, tables, evaluation } = await made();
    const html = await reportHtml({ scorecard, tables, evaluation, note: 'a sample' });
    expect(html.match(/<svg /g)).toHaveLength(tables.length + 3);
    expect(html).toContain(scorecardHash(scorecard));
    expect(html).toContain(`AUC ${evaluation.ranking.auc.toFixed(4)}`);
    expect(html).toContain(`KS ${evaluation.ranking.ks.toFixed(3)}`);
    expect(html).not.toMatch(/<script|<img|<link|<iframe|src=|url\(|@import|javascript:/i);
    // Nothing but namespaces has an address.
    expect(
      [...html.matchAll(/https?:\/\/[^"'\s<]+/g)]
        .map(([address]) => address)
        .filter((address) => !address!.startsWith('http://www.w3.org/')),
    ).toEqual([]);
    expect(html).not.toContain('NaN');
    expect(html).not.toContain('undefined');
    const without = await reportHtml({ scorecard, tables: [] });
    expect(without).not.toContain('<svg');
  });

  it('escapes what comes from the data, in tables and in charts', async () => {
    const { scorecard, tables } = await made();
    const evil = '<script>alert(1)</script>"\'&';
    const named = {
      ...scorecard,
      name: evil,
      characteristics: scorecard.characteristics.map((one) => ({
        ...one,
        name: evil,
        bins: one.bins.map((bin) => ({ ...bin, label: evil })),
      })),
    };
    const table = { ...tables[0]!, name: evil, bins: tables[0]!.bins.map((bin) => ({ ...bin, label: evil })) };
    const html = await reportHtml({ scorecard: named, tables: [table], note: evil });
    expect(html).not.toMatch(/<script/i);
    expect(html).toContain('&#60;script&#62;');
  });

  it('draws the bins in their order, their error bars, and nothing wrong for a bin without an end', async () => {
    const counts = { good: [100, 300, 0], bad: [60, 20, 0] };
    const exact = binTable({ name: 'x', labels: ['zeta', 'alpha', 'missing'], counts, conventions: CONVENTIONS });
    if (E.isLeft(exact)) throw new Error(exact.left.message);
    const plain = await woeChart(exact.right);
    expect(plain.indexOf('zeta')).toBeLessThan(plain.indexOf('alpha'));
    // A bin without rows has nothing to show.
    expect(plain).not.toContain('missing');
    const noise = { standardDeviation: 10, halfWidth: 20, confidence: 0.95 };
    const noisy = noisyBinTable({
      name: 'x',
      labels: ['zeta', 'alpha', 'few'],
      goods: { counts: [100, 300, 5], noise },
      bads: { counts: [60, 45, 4], noise },
      conventions: CONVENTIONS,
      negative: 'zero',
    });
    if (E.isLeft(noisy)) throw new Error(noisy.left.message);
    const drawn = await woeChart(noisy.right);
    expect(drawn).toContain('few');
    expect(drawn).not.toContain('NaN');
    expect(drawn).not.toContain('Infinity');
    expect(drawn).toMatch(/mark-rule role-mark[^>]*>\s*<line/);
    // Also where the noise could explain a whole count: an interval without a bound ends at the edge.
    expect(noisy.right.bins.some(({ woe }) => !Number.isFinite(woe.high - woe.low))).toBe(true);
    expect(/mark-rule role-mark[^>]*>([\s\S]*?)<\/g>/.exec(drawn)![1]!.match(/<line/g)).toHaveLength(3);
    expect(plain).not.toMatch(/mark-rule role-mark[^>]*>\s*<line/);
  });

  it('is the same each time', async () => {
    const { scorecard, tables, evaluation } = await made();
    const request = { scorecard, tables, evaluation };
    const ids = (html: string) => html.replace(/clip\d+|gradient_\d+/g, 'id');
    expect(ids(await reportHtml(request))).toBe(ids(await reportHtml(request)));
  });
});
