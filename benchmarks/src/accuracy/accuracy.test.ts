import { describe, expect, it } from 'vitest';
import { syntheticSample } from '../scorecard/sample.ts';
import { drawBins, type Histograms, measureBins } from './bins.ts';
import { firstRows } from './data-sets.ts';
import { NO_NOISE, quantile, quantileInterval } from './noise.ts';
import { aucOf, aucOfEvidence, evidenceOf, histogramsOf, measureScorecards, pooledScorecard, splitOf } from './scorecards.ts';
import { measureTotals } from './totals.ts';

const HISTOGRAMS: Histograms = {
  name: 'late',
  labels: ['no', 'once', 'often'],
  good: [700, 200, 100],
  bad: [60, 60, 80],
  at: [0, 1, 2],
};
const data = { name: 'synthetic', ...syntheticSample({ rows: 4000, characteristics: 4 }) };

describe('quantiles', () => {
  it('are ranks, with the ranks that the binomial distribution allows around them', () => {
    const sorted = Array.from({ length: 100 }, (_, i) => i + 1);
    expect([quantile(sorted, 0.5), quantile(sorted, 0.95), quantile(sorted, 1), quantile(sorted, 0)]).toEqual([50, 95, 100, 1]);
    // 1.96 · √(0.95 · 0.05 / 100) = 0.0427…
    expect(quantileInterval(sorted, 0.95)).toEqual({ low: 91, high: 100 });
  });
});

describe('totals', () => {
  it('have errors that the stated ± covers in at least 95 of 100 draws, and not always', () => {
    const rows = measureTotals(400);
    expect(rows).toHaveLength(14);
    // 360 of 400 or fewer would come up once in 400,000 runs.
    for (const { within } of rows) expect(within).toBeGreaterThan(0.9);
    expect(rows.some(({ within }) => Number(within) < 1)).toBe(true);
    const [first, last] = [rows[0]!, rows.at(-2)!];
    expect(first).toMatchObject({ column: 'present', epsilon: 0.01 });
    expect(Number(first['theory']) / Number(last['theory'])).toBeGreaterThan(500);
  });
});

describe('bins', () => {
  it('without noise are the histograms', () => {
    const [table] = drawBins([HISTOGRAMS], NO_NOISE);
    expect(table!.bins.map(({ noisyGood, noisyBad }) => [noisyGood, noisyBad])).toEqual([
      [700, 60],
      [200, 60],
      [100, 80],
    ]);
  });

  it('are nearer to the truth for a larger ε, and the stated interval holds it', () => {
    const rows = measureBins('test', HISTOGRAMS, 60);
    const width = (row: (typeof rows)[number]): number => Number(row['high']) - Number(row['low']);
    expect(width(rows[4]!)).toBeLessThan(width(rows[2]!));
    expect(width(rows[6]!)).toBeLessThan(width(rows[4]!));
    expect(Number(rows[6]!['within'])).toBeGreaterThan(0.8);
    const information = (700 / 1000 - 60 / 200) * Math.log((700 * 200) / (60 * 1000));
    const others = (0.2 - 0.3) * Math.log(0.2 / 0.3) + (0.1 - 0.4) * Math.log(0.1 / 0.4);
    expect(rows[0]!['truth']).toBeCloseTo(information + others, 12);
  });
});

describe('scorecards', () => {
  it('of evidence rank like a fitted one, and like a coin without evidence', async () => {
    const { train, test } = splitOf(data, 1);
    expect(train.bad.length + test.bad.length).toBe(4000);
    const pooled = await pooledScorecard(train);
    const histograms = histogramsOf(pooled.characteristics, train);
    for (const { good, bad } of histograms)
      expect([...good, ...bad].reduce((sum, count) => sum + count, 0)).toBe(train.bad.length);
    const evidence = evidenceOf(histograms, drawBins(histograms, NO_NOISE));
    expect(aucOfEvidence(pooled.characteristics, evidence, test)).toBeCloseTo(aucOf(pooled, test), 1);
    const none = evidenceOf(
      histograms,
      histograms.map(() => undefined),
    );
    expect(aucOfEvidence(pooled.characteristics, none, test)).toBe(0.5);
  });

  it('lose to noise, most at a small ε', async () => {
    const rows = await measureScorecards(firstRows(data, 2000), 3);
    const auc = (way: string, epsilon: number | null): number =>
      Number(rows.find((row) => row['way'] === way && row['epsilon'] === epsilon)!['auc']);
    expect(auc('histograms', null)).toBeGreaterThan(0.65);
    expect(auc('noisy histograms', 10)).toBeGreaterThan(auc('noisy histograms', 0.01));
    expect(auc('noisy histograms', 10)).toBeCloseTo(auc('histograms', null), 1);
    expect(rows.every((row) => row['rows'] === 2000 && row['splits'] === 3)).toBe(true);
  });
});
