import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitted, sample } from './sample.test.fixture.ts';
import { pointsAt, probabilityOfBad, SCALING, type Scaling } from './scaling.ts';
import { scoreTable } from './score-table.ts';

const plain: Scaling = { basePoints: 600, baseOdds: 20, odds: 'good/bad', pdo: 20, rounding: 'none', intercept: 'base' };

describe('scaling to points', () => {
  it('gives the published points: 600 at 20 goods to 1 bad, 20 points double the odds', () => {
    const at = (p: number) => pointsAt(plain, Math.log(p / (1 - p)));
    expect(at(0.1)).toBeCloseTo(576.959938, 6);
    expect(at(0.2)).toBeCloseTo(553.561438, 6);
  });

  it('doubles the odds of being good every PDO points, whichever way the base odds are written', () => {
    const scalings = fc.record({
      basePoints: fc.integer({ min: 0, max: 1000 }),
      baseOdds: fc.double({ min: 0.01, max: 100, noNaN: true }),
      pdo: fc.integer({ min: 1, max: 100 }),
    });
    fc.assert(
      fc.property(scalings, fc.double({ min: -5, max: 5, noNaN: true }), (own, logOdds) => {
        const scaling: Scaling = { ...plain, ...own };
        const points = pointsAt(scaling, logOdds);
        expect(pointsAt(scaling, logOdds - Math.LN2) - points).toBeCloseTo(own.pdo, 7);
        expect(pointsAt(scaling, -Math.log(own.baseOdds))).toBeCloseTo(own.basePoints, 7);
        const turned: Scaling = { ...scaling, odds: 'bad/good', baseOdds: 1 / own.baseOdds };
        expect(pointsAt(turned, logOdds)).toBeCloseTo(points, 7);
        expect(probabilityOfBad(scaling, points)).toBeCloseTo(1 / (1 + Math.exp(-logOdds)), 10);
      }),
    );
  });
});

describe('points of a scorecard', () => {
  const { table, bad } = sample(3000, 'points');
  const scored = async (scaling: Scaling) => {
    const { scorecard } = await fitted({ table, bad, scaling });
    const scores = scoreTable(scorecard, table);
    if (scores._tag === 'Left') throw new Error(scores.left.message);
    return { scorecard, scores: scores.right };
  };

  it('add up to the scaled log odds of the regression', async () => {
    const { scorecard, scores } = await scored(plain);
    const logOdds = new Float64Array(bad.length).fill(scorecard.intercept.estimate);
    const { assignBins } = await import('./assign.ts');
    for (const { name, binning, bins, coefficient } of scorecard.characteristics)
      assignBins(binning, table.get(name)!).forEach((bin, i) => {
        logOdds[i]! += coefficient.estimate * bins[bin]!.woe;
      });
    scores.forEach((score, i) => {
      expect(score).toBeCloseTo(pointsAt(plain, logOdds[i]!), 8);
    });
    // The fit is calibrated in the whole: mean probability is the bad rate.
    const mean = scores.reduce((sum, score) => sum + probabilityOfBad(plain, score), 0) / scores.length;
    expect(mean).toBeCloseTo(bad.reduce((sum, one) => sum + one, 0) / bad.length, 6);
  });

  it('spreading the intercept moves points, not scores; rounding moves a score by half a point a term at most', async () => {
    const [base, spread, whole] = await Promise.all([
      scored(plain),
      scored({ ...plain, intercept: 'spread' }),
      scored({ ...SCALING, baseOdds: 20 }),
    ]);
    expect(spread!.scorecard.base).toBe(0);
    const terms = base!.scorecard.characteristics.length + 1;
    base!.scores.forEach((score, i) => {
      expect(spread!.scores[i]).toBeCloseTo(score, 8);
      expect(Number.isInteger(whole!.scores[i])).toBe(true);
      expect(Math.abs(whole!.scores[i]! - score)).toBeLessThanOrEqual(terms / 2);
    });
  });

  it('a bin that the sample lacked gives no points, or neutral ones, as the conventions say', async () => {
    const { scorecard } = await scored(plain);
    const months = scorecard.characteristics.find(({ name }) => name === 'months')!;
    expect(months.bins[months.bins.length - 1]).toMatchObject({ label: 'missing', good: 0, bad: 0, points: null });
    const neutral = await fitted({
      table,
      bad,
      scaling: plain,
      conventions: { woe: 'ln(good/bad)', zeroCells: { rule: 'replace', by: 0.5 }, emptyBin: 'neutral' },
    });
    const same = neutral.scorecard.characteristics.find(({ name }) => name === 'months')!;
    expect(Object.is(same.bins[same.bins.length - 1]!.points, 0)).toBe(true);
  });
});
