import { E, rational } from '@vouchsafe/core';
import { discreteLaplace, plusMinus } from '@vouchsafe/privacy';
import { seededRng } from '@vouchsafe/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONVENTIONS } from './conventions.ts';
import { type CountNoise, type NoisyBinTable, type NoisyTableRequest, noisyBinTable } from './noisy-table.ts';

const labels = ['a', 'b', 'c', 'd'];
const truth = { good: [400, 900, 1500, 700], bad: [160, 150, 120, 60] };

const tableOf = (request: Partial<NoisyTableRequest>): NoisyBinTable => {
  const got = noisyBinTable({
    name: 'x',
    labels,
    goods: { counts: truth.good },
    bads: { counts: truth.bad },
    conventions: CONVENTIONS,
    negative: 'zero',
    ...request,
  });
  if (E.isLeft(got)) throw new Error(got.left.message);
  return got.right;
};

const noiseOf = (standardDeviation: number): CountNoise => ({
  standardDeviation,
  halfWidth: 2.1 * standardDeviation,
  confidence: 0.95,
});

describe('bin tables from exact counts', () => {
  it('have no width, trust every bin, and are the table of the counts', () => {
    const { bins, iv, ivFromNoise, table, confidence } = tableOf({});
    for (const [i, bin] of bins.entries()) {
      expect(bin.woe).toEqual({ value: table.bins[i]!.woe, low: bin.woe.low, high: bin.woe.low });
      expect(bin.woe.low).toBeCloseTo(bin.woe.value, 12);
      expect(bin).toMatchObject({ trusted: true, notes: [] });
    }
    expect(iv.value).toBe(table.iv);
    expect(iv.high - iv.low).toBe(0);
    expect([ivFromNoise, confidence]).toEqual([0, 1]);
  });
});

describe('bin tables from noisy counts', () => {
  it('error bars hold the true value as often as they say, for WOE and IV, with real noise of three holders', () => {
    const scale = rational(3n);
    const holders = 3;
    const rng = seededRng('coverage');
    const exact = tableOf({});
    const confidence = 0.9;
    const noise = plusMinus({ scale, holders, confidence });
    const noisy = (counts: readonly number[]) =>
      counts.map((count) => {
        let sum = count;
        for (let h = 0; h < holders; h++) sum += Number(discreteLaplace({ scale }, rng));
        return sum;
      });
    const rounds = 400;
    let [woe, iv, bars] = [0, 0, 0];
    for (let round = 0; round < rounds; round++) {
      const got = tableOf({
        goods: { counts: noisy(truth.good), noise },
        bads: { counts: noisy(truth.bad), noise },
      });
      for (const [i, bin] of got.bins.entries()) {
        bars++;
        if (bin.woe.low <= exact.bins[i]!.woe.value && exact.bins[i]!.woe.value <= bin.woe.high) woe++;
      }
      if (got.iv.low <= exact.iv.value && exact.iv.value <= got.iv.high) iv++;
    }
    // At least 0.9, less three deviations of the estimate; and no wider than they need be.
    expect(woe / bars).toBeGreaterThan(confidence - 3 * Math.sqrt(0.09 / bars));
    expect(woe / bars).toBeLessThan(0.97);
    expect(iv / rounds).toBeGreaterThan(confidence - 3 * Math.sqrt(0.09 / rounds));
    expect(iv / rounds).toBeLessThan(0.98);
  }, 120_000);

  it('bars grow with the noise and hold the figure', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 15, noNaN: true }), (deviation) => {
        const [small, large] = [deviation, 2 * deviation].map((d) =>
          tableOf({ goods: { counts: truth.good, noise: noiseOf(d) }, bads: { counts: truth.bad, noise: noiseOf(d) } }),
        ) as [NoisyBinTable, NoisyBinTable];
        for (const [i, { woe }] of small.bins.entries()) {
          expect(woe.low).toBeLessThan(woe.value);
          expect(woe.high).toBeGreaterThan(woe.value);
          expect(large.bins[i]!.woe.low).toBeLessThan(woe.low);
          expect(large.bins[i]!.woe.high).toBeGreaterThan(woe.high);
        }
        expect(large.iv.high - large.iv.low).toBeGreaterThan(small.iv.high - small.iv.low);
        expect(small.iv.low).toBeGreaterThanOrEqual(0);
        expect(large.ivFromNoise).toBeCloseTo(4 * small.ivFromNoise, 10);
      }),
    );
  });

  it('a small noise has the width of the delta method: √(σ²/g² + σ²/b²) but for the totals', () => {
    const deviation = 0.001;
    const { bins } = tableOf({
      goods: { counts: truth.good, noise: noiseOf(deviation) },
      bads: { counts: truth.bad, noise: noiseOf(deviation) },
    });
    const [g, b] = [3500, 490];
    const [own, rest] = [(1 / 400 - 1 / g) ** 2 + (1 / 160 - 1 / b) ** 2, 3 * (1 / g ** 2 + 1 / b ** 2)];
    const half = 2.1 * deviation * Math.sqrt(own + rest);
    expect((bins[0]!.woe.high - bins[0]!.woe.low) / 2 / half).toBeCloseTo(1, 5);
  });

  it('the sign of WOE turns the bar round', () => {
    const noisy = { goods: { counts: truth.good, noise: noiseOf(5) }, bads: { counts: truth.bad, noise: noiseOf(5) } };
    const [one, other] = [tableOf(noisy), tableOf({ ...noisy, conventions: { ...CONVENTIONS, woe: 'ln(bad/good)' } })];
    for (const [i, { woe }] of one.bins.entries()) {
      expect(other.bins[i]!.woe.low).toBeCloseTo(-woe.high, 10);
      expect(other.bins[i]!.woe.high).toBeCloseTo(-woe.low, 10);
    }
  });

  it('noise on one outcome only, and noise of its own for each count', () => {
    const { bins } = tableOf({ bads: { counts: truth.bad, noise: [1, 2, 3, 4].map(noiseOf) } });
    const widths = bins.map(({ woe }) => woe.high - woe.low);
    expect(widths[3]).toBeGreaterThan(widths[0]!);
  });
});

describe('bins that are not to be trusted', () => {
  it('says why: large noise, noise that explains all, none left, negative', () => {
    const got = tableOf({
      labels: ['fine', 'noisy', 'nothing', 'negative', 'zero', 'empty'],
      goods: { counts: [1000, 1000, 900, 800, 700, -2], noise: noiseOf(10) },
      bads: { counts: [300, 60, 15, -4, 0, 0], noise: noiseOf(10) },
    });
    expect(got.bins.map(({ trusted }) => trusted)).toEqual([true, false, false, false, false, false]);
    expect(got.bins.map(({ notes }) => notes)).toEqual([
      [],
      ['the noise is 35 % of the bads'],
      ['the noise could explain all the bads'],
      ['the bads came out negative and count as 0'],
      ['no bads: the zero-cell rule decides'],
      [
        'no rows: nothing is known of this bin',
        'the goods came out negative and count as 0',
        'no bads: the zero-cell rule decides',
      ],
    ]);
    // What came stays to be seen; what counts is in the table.
    expect(got.bins[3]).toMatchObject({ noisyGood: 800, noisyBad: -4 });
    expect(got.table.bins[3]).toMatchObject({ good: 800, bad: 0, adjusted: true });
    // The noise could explain all bads there: good share over bad share has no upper end.
    expect(got.bins[2]!.woe.high).toBe(Number.POSITIVE_INFINITY);
    expect(Number.isFinite(got.bins[2]!.woe.low)).toBe(true);
    expect(got.bins[5]!.woe).toEqual({ value: 0, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY });
    expect(Number.isFinite(got.bins[0]!.woe.high)).toBe(true);
  });

  it('trust is the caller’s: all of the count, or none', () => {
    const noisy = { goods: { counts: truth.good, noise: noiseOf(20) }, bads: { counts: truth.bad, noise: noiseOf(20) } };
    expect(tableOf({ ...noisy, trust: 1 }).bins.map(({ trusted }) => trusted)).toEqual([true, true, true, true]);
    expect(tableOf({ ...noisy, trust: 0 }).bins.map(({ trusted }) => trusted)).toEqual([false, false, false, false]);
    expect(tableOf(noisy).bins.map(({ trusted }) => trusted)).toEqual([false, false, false, false]);
    expect(tableOf({ ...noisy, trust: 0.3 }).bins.map(({ trusted }) => trusted)).toEqual([true, true, false, false]);
  });
});

describe('hostile counts', () => {
  const refused = (request: Partial<NoisyTableRequest>) =>
    noisyBinTable({
      name: 'x',
      labels,
      goods: { counts: truth.good },
      bads: { counts: truth.bad },
      conventions: CONVENTIONS,
      negative: 'zero',
      ...request,
    });

  it.each([
    ['a negative count where that is refused', { goods: { counts: [-1, 2, 3, 4] }, negative: 'refuse' }],
    ['no number', { goods: { counts: [Number.NaN, 2, 3, 4] } }],
    ['infinite', { goods: { counts: [Number.POSITIVE_INFINITY, 2, 3, 4] } }],
    ['too few', { goods: { counts: [1, 2, 3] } }],
    ['all negative', { goods: { counts: [-1, -2, -3, -4] } }],
  ] as const)('%s', (_, request) => {
    expect(refused(request)).toMatchObject({ left: { _tag: 'BadCounts' } });
  });

  it('a zero cell where the rule refuses it names the bin', () => {
    const conventions = { ...CONVENTIONS, zeroCells: { rule: 'refuse' } } as const;
    expect(refused({ bads: { counts: [5, -3, 5, 5] }, conventions })).toMatchObject({ left: { _tag: 'ZeroCell', bin: 'b' } });
  });

  it('noise that is none is a bug', () => {
    const noise = noiseOf(1);
    for (const one of [
      { ...noise, confidence: 1 },
      { ...noise, standardDeviation: -1 },
      { ...noise, halfWidth: Number.NaN },
      { ...noise, halfWidth: Number.POSITIVE_INFINITY },
      [noise],
      [noise, noise, noise, { ...noise, confidence: 0.9 }],
    ])
      expect(() => refused({ goods: { counts: truth.good, noise: one } })).toThrow(RangeError);
    expect(() => refused({ trust: 2 })).toThrow(RangeError);
  });
});
