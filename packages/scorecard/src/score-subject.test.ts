import { E } from '@vouchsafe/core';
import { describe, expect, it } from 'vitest';
import { CONVENTIONS } from './conventions.ts';
import { categoricalColumn, type DataColumn, type DataTable, numericColumn } from './data.ts';
import { SIGNAL_REASONS } from './reason-texts.ts';
import { checkReasons, namedReasons, type ReasonCatalogue, type ReasonText, referencePoints } from './reasons.ts';
import { fitted, sample } from './sample.test.fixture.ts';
import { SCALING } from './scaling.ts';
import { createSubjectScorer, type SubjectScore, type SubjectScorer } from './score-subject.ts';
import { scoreTable } from './score-table.ts';
import type { Characteristic, Scorecard } from './scorecard.ts';
import { type SubjectValues, subjectValues } from './totals.ts';

const bins = (labels: readonly string[], points: readonly (number | null)[], rows: readonly number[]) =>
  labels.map((label, i) => ({ label, good: rows[i]!, bad: 0, woe: 0, points: points[i]! }));

const characteristic = (name: string, own: Pick<Characteristic, 'binning' | 'bins'>): Characteristic => ({
  name,
  ...own,
  iv: 0.1,
  coefficient: { estimate: -1, standardError: 0.1, pValue: 0 },
  signOk: true,
});

/** Points that are easy to follow. Debt: less is better. History: longer is better. Status: by level. */
const scorecard: Scorecard = {
  format: 'vouchsafe-scorecard',
  version: 1,
  name: 'by hand',
  conventions: CONVENTIONS,
  scaling: SCALING,
  presence: 'present',
  base: 500,
  intercept: { estimate: -2, standardError: 0.1, pValue: 0 },
  characteristics: [
    characteristic('outstanding', {
      binning: { kind: 'numeric', breaks: [100, 200], closed: 'left', specials: [{ label: 'secret', values: [-9] }] },
      bins: bins(['(−∞, 100)', '[100, 200)', '[200, ∞)', 'secret', 'missing'], [30, 10, -20, -5, null], [10, 70, 20, 1, 0]),
    }),
    characteristic('monthsOnBook', {
      binning: { kind: 'numeric', breaks: [12, 24], closed: 'left', specials: [] },
      bins: bins(['(−∞, 12)', '[12, 24)', '[24, ∞)', 'missing'], [-10, 5, 25, -12], [20, 20, 50, 10]),
    }),
    characteristic('worstStatus', {
      binning: { kind: 'categorical', groups: [['none', '0'], ['1', '2'], ['3']], specials: [], unseen: 'noScore' },
      bins: bins(['none, 0', '1, 2', '3', 'missing'], [15, -8, -40, 0], [60, 20, 10, 10]),
    }),
  ],
  sample: { good: 90, bad: 10, l2: 0, iterations: 5, logLikelihood: -30 },
};

/** With a text for the special value of this scorecard. */
const REASONS: ReasonCatalogue = new Map(SIGNAL_REASONS).set('outstanding', {
  ...SIGNAL_REASONS.get('outstanding'),
  level: { code: 'OUTSTANDING_SECRET', en: 'The amount owed is not disclosed', zh: '未披露欠款金额' },
});

const scorer = (options: Partial<Parameters<typeof createSubjectScorer>[0]> = {}): SubjectScorer => {
  const got = createSubjectScorer({ scorecard, reasons: REASONS, ...options });
  if (E.isLeft(got)) throw new Error(got.left.message);
  return got.right;
};

const known = (values: Record<string, number | string | null>): SubjectValues =>
  new Map(Object.entries({ present: 2, outstanding: 50, monthsOnBook: 30, worstStatus: '0', ...values }));

const scoreOf = (values: SubjectValues, own = scorer()): SubjectScore => {
  const got = own(values);
  if (E.isLeft(got)) throw new Error(got.left.message);
  return got.right;
};

const codes = (score: SubjectScore): readonly string[] =>
  score._tag === 'Scored' ? score.reasons.map(({ code, lost }) => `${code} −${lost}`) : [score._tag];

describe('the score of one subject', () => {
  it('is base plus points, with each characteristic’s bin', () => {
    expect(scoreOf(known({ outstanding: 250 }))).toMatchObject({
      _tag: 'Scored',
      score: 500 - 20 + 25 + 15,
      base: 500,
      points: [
        { characteristic: 'outstanding', bin: '[200, ∞)', points: -20, lost: 50 },
        { characteristic: 'monthsOnBook', bin: '[24, ∞)', points: 25, lost: 0 },
        { characteristic: 'worstStatus', bin: 'none, 0', points: 15, lost: 0 },
      ],
    });
    // 600 points at 50 : 1, 20 fewer at half the odds.
    const at = scoreOf(known({})) as Extract<SubjectScore, { _tag: 'Scored' }>;
    expect(at.probabilityOfBad).toBeCloseTo(1 / (1 + 50 * 2 ** ((at.score - 600) / 20)), 12);
  });

  it('equals the score of the same row in a table', async () => {
    const { table, bad } = sample(800, 'same');
    const known: DataTable = new Map<string, DataColumn>(table).set('present', numericColumn(Array.from(bad, () => 1)));
    const { scorecard: own } = await fitted({
      table: known,
      bad,
      presence: 'present',
      scaling: { ...SCALING, rounding: 'none' },
      conventions: { ...CONVENTIONS, emptyBin: 'neutral' },
    });
    const names = Object.fromEntries([...known.keys()].map((name) => [name, { en: name, zh: name }]));
    const each = scorer({ scorecard: own, reasons: namedReasons(names) });
    const scores = scoreTable(own, known);
    for (let row = 0; row < bad.length; row++) {
      const values = new Map(
        [...known].map(([name, column]): [string, number | string | null] => [
          name,
          column.kind === 'numeric'
            ? Number.isNaN(column.values[row])
              ? null
              : column.values[row]!
            : (column.levels[column.codes[row]!] ?? null),
        ]),
      );
      const one = scoreOf(values, each);
      expect(one._tag === 'Scored' && Object.is(one.score, E.isRight(scores) && scores.right[row])).toBe(true);
    }
  });
});

describe('reasons', () => {
  it('name where most points were lost against the best bin, the costliest first', () => {
    expect(codes(scoreOf(known({})))).toEqual([]);
    expect(codes(scoreOf(known({ outstanding: 150, monthsOnBook: 5, worstStatus: '3' })))).toEqual([
      'STATUS_LATE_3 −55',
      'HISTORY_SHORT −35',
      'OUTSTANDING_HIGH −20',
    ]);
  });

  it('against the median or the mean, what most subjects lose is no reason', () => {
    const values = known({ outstanding: 150, monthsOnBook: 5, worstStatus: '1' });
    expect(codes(scoreOf(values, scorer({ method: 'median' })))).toEqual(['STATUS_LATE_1 −23', 'HISTORY_SHORT −15']);
    expect(scorecard.characteristics.map((one) => referencePoints(one, 'median'))).toEqual([10, 5, 15]);
    expect(scorecard.characteristics.map((one) => referencePoints(one, 'maximum'))).toEqual([30, 25, 15]);
    const mean = (30 * 10 + 10 * 70 - 20 * 20 - 5) / 101;
    expect(referencePoints(scorecard.characteristics[0]!, 'mean')).toBeCloseTo(mean, 12);
  });

  it('are at most as many as asked, never more than four', () => {
    const worst = known({ outstanding: 500, monthsOnBook: 5, worstStatus: '3' });
    expect(codes(scoreOf(worst, scorer({ limit: 1 })))).toEqual(['STATUS_LATE_3 −55']);
    expect(codes(scoreOf(worst, scorer({ limit: 0 })))).toEqual([]);
    for (const limit of [5, -1, 1.5]) expect(() => scorer({ limit })).toThrow(RangeError);
  });

  it('say what is so of this very level, of a special value, and of an absent one', () => {
    expect(codes(scoreOf(known({ worstStatus: '1' })))).toEqual(['STATUS_LATE_1 −23']);
    expect(codes(scoreOf(known({ worstStatus: '2' })))).toEqual(['STATUS_LATE_2 −23']);
    expect(codes(scoreOf(known({ worstStatus: null })))).toEqual(['STATUS_UNKNOWN −15']);
    expect(codes(scoreOf(known({ monthsOnBook: null })))).toEqual(['HISTORY_UNKNOWN −37']);
    expect(codes(scoreOf(known({ outstanding: -9 })))).toEqual(['OUTSTANDING_SECRET −35']);
    const own = { code: 'MINUS_NINE', en: 'This very value', zh: '此值' };
    const reasons: ReasonCatalogue = new Map(REASONS).set('outstanding', {
      ...REASONS.get('outstanding'),
      levels: { '-9': own },
    });
    expect(codes(scoreOf(known({ outstanding: -9 }), scorer({ reasons })))).toEqual(['MINUS_NINE −35']);
  });

  it('come in plain English and Chinese; no code has two texts', () => {
    const texts = [...SIGNAL_REASONS.values()].flatMap(({ levels, ...sides }) => [
      ...Object.values(levels ?? {}),
      ...Object.values(sides).filter((text): text is ReasonText => text !== undefined),
    ]);
    const byCode = new Map<string, string>();
    for (const { code, en, zh } of texts) {
      expect(code).toMatch(/^[A-Z][A-Z0-9_]+$/);
      expect(en).toMatch(/^[A-Z][A-Za-z0-9 ,-]{9,90}$/);
      expect(zh).toMatch(/^[\p{Script=Han}，（）]{4,40}$/u);
      expect(byCode.get(code) ?? en).toBe(en);
      byCode.set(code, en);
    }
  });

  it('a text that is missing, or that could not be honest, is found before anybody is scored', () => {
    const without = (name: string, change: object) =>
      checkReasons(scorecard, new Map(REASONS).set(name, { ...REASONS.get(name), ...change }));
    expect(checkReasons(scorecard, REASONS)).toEqual(E.right(REASONS));
    expect(checkReasons(scorecard, SIGNAL_REASONS)).toMatchObject({ left: { characteristic: 'outstanding' } });
    expect(checkReasons(scorecard, new Map())).toMatchObject({ left: { _tag: 'NoReasonText', characteristic: 'outstanding' } });
    expect(without('monthsOnBook', { low: undefined })).toMatchObject({ left: { characteristic: 'monthsOnBook' } });
    expect(without('monthsOnBook', { high: undefined })).toMatchObject({ _tag: 'Right' });
    expect(without('worstStatus', { missing: undefined })).toMatchObject({ left: { characteristic: 'worstStatus' } });
    // Points off for being known longer: there is no honest text for that.
    const [, history] = scorecard.characteristics;
    const upside = history!.bins.map((bin, i) => ({ ...bin, points: [25, 5, -10, -12][i]! }));
    const wrong = { ...scorecard, characteristics: [{ ...history!, bins: upside }] };
    expect(createSubjectScorer({ scorecard: wrong, reasons: SIGNAL_REASONS })).toMatchObject({ left: { _tag: 'NoReasonText' } });
  });

  it('with two best bins, the nearer one says whether a value is too high or too low', () => {
    const [, history] = scorecard.characteristics;
    const peaks = history!.bins.map((bin, i) => ({ ...bin, points: [25, 5, 25, 0][i]! }));
    const one = { ...scorecard, characteristics: [{ ...history!, bins: peaks }] };
    const reasons = namedReasons({ monthsOnBook: { en: 'months on book', zh: '账龄' } });
    expect(codes(scoreOf(known({ monthsOnBook: 15 }), scorer({ scorecard: one, reasons })))).toEqual(['MONTHS_ON_BOOK_HIGH −20']);
  });
});

describe('no score is its own case', () => {
  it('nobody knows the subject: says so, whatever the other totals are', () => {
    const none = scoreOf(known({ present: 0, outstanding: 0, monthsOnBook: 0 }));
    expect(none).toMatchObject({
      _tag: 'NoScore',
      why: 'unknown',
      en: expect.stringContaining('none of the lenders'),
      zh: expect.stringContaining('无评分'),
    });
  });

  it('a thin file gets a score where the model has seen such, and a reason where not', () => {
    expect(scoreOf(known({ present: 1, outstanding: 0, monthsOnBook: null, worstStatus: null }))).toMatchObject({
      score: 500 + 30 - 12 + 0,
    });
    expect(scoreOf(known({ outstanding: null }))).toMatchObject({
      _tag: 'NoScore',
      why: 'absent',
      characteristic: 'outstanding',
    });
    expect(scoreOf(known({ outstanding: Number.NaN }))).toMatchObject({ _tag: 'NoScore', why: 'absent' });
    expect(scoreOf(known({ worstStatus: '8' }))).toMatchObject({ _tag: 'NoScore', why: 'unseen', characteristic: 'worstStatus' });
  });

  it.each([
    ['present was not asked', { present: null }, 'present'],
    ['present is a text', { present: '1' }, 'present'],
    ['present is negative', { present: -1 }, 'present'],
    ['present is no number', { present: Number.NaN }, 'present'],
    ['a level for a number', { outstanding: '0' }, 'outstanding'],
    ['a number for a level', { worstStatus: 0 }, 'worstStatus'],
    ['infinite', { outstanding: Number.POSITIVE_INFINITY }, 'outstanding'],
  ] as const)('%s: an error, not a score', (_, change, at) => {
    expect(scorer()(known(change))).toMatchObject({ left: { _tag: 'BadTotals', characteristic: at } });
  });

  it('a characteristic that was not asked for is an error, not a missing value', () => {
    const values = new Map(known({}));
    values.delete('monthsOnBook');
    expect(scorer()(values)).toMatchObject({ left: { _tag: 'BadTotals', characteristic: 'monthsOnBook' } });
    const unasked = new Map(known({}));
    unasked.delete('present');
    expect(scorer()(unasked)).toMatchObject({ left: { _tag: 'BadTotals', characteristic: 'present' } });
  });
});

describe('from signal totals to values', () => {
  const buckets = (counts: readonly number[]) =>
    ({
      kind: 'bucket',
      column: 'worstStatus',
      buckets: ['none', '0', '1'].map((bucket, i) => ({ bucket, total: counts[i]! })),
    }) as const;

  it('takes totals as they are, and of a bucket column the worst that a lender reported', () => {
    const values = subjectValues([
      { kind: 'count', column: 'present', total: 3 },
      { kind: 'amount', column: 'outstanding', total: 0 },
      buckets([1, 2, 0]),
    ]);
    expect(Object.fromEntries(values)).toEqual({
      present: 3,
      outstanding: 0,
      worstStatus: '0',
      'worstStatus:none': 1,
      'worstStatus:0': 2,
      'worstStatus:1': 0,
    });
    expect(subjectValues([buckets([0, 0, 0])]).get('worstStatus')).toBe(null);
    expect(subjectValues([buckets([1, 0, 1])]).get('worstStatus')).toBe('1');
  });

  it('fits the columns that a categorical characteristic was fitted on', () => {
    const column = categoricalColumn([String(subjectValues([buckets([0, 1, 0])]).get('worstStatus'))]);
    expect(column.levels).toEqual(['0']);
  });
});
