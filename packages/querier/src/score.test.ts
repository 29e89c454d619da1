import { type Column, E } from '@vouchsafe/core';
import {
  createSubjectScorer,
  fitScorecard,
  manualBreaks,
  manualGroups,
  OPTIMAL,
  type Scorecard,
  SELECTION,
  SIGNAL_REASONS,
  scorecardHash,
  signalColumns,
  signalTable,
  subjectValues,
} from '@vouchsafe/scorecard';
import { describe, expect, it } from 'vitest';
import { openFederation, type Person, PURPOSE, raw, SCHEME, unwrap } from './federation.test.fixture.ts';
import type { ScoreRequest, Totals } from './index.ts';

const WORST = ['none', '0', '1', '2'];
const COLUMNS: readonly Column[] = [
  { kind: 'amount', name: 'outstanding', unit: 100, max: 2000 },
  { kind: 'count', name: 'monthsOnBook', max: 600 },
  { kind: 'flag', name: 'late' },
  { kind: 'bucket', name: 'worstStatus', buckets: WORST },
];
const range = (from: number, to: number): readonly number[] => Array.from({ length: to - from }, (_, i) => from + i);

/** Whoever defaults owes more, is known for less time and was later, by and large. */
const isBad = (id: number): boolean => (id * 2_654_435_761) % 100 < 30;
const personAt =
  (salt: number) =>
  (id: number): Person => {
    const draw = (id * 7919 + salt * 104_729) % 100;
    const worse = isBad(id) ? 25 : 0;
    return {
      id,
      values: {
        outstanding: 100 * (draw + 2 * worse),
        monthsOnBook: 10 + ((draw * 37) % 100) + (isBad(id) ? 0 : 40),
        late: draw % 3 === 0,
        worstStatus: WORST[Math.min(3, 1 + Math.floor((((draw * 53) % 100) + worse) / 60))]!,
      },
    };
  };

const THIN = 900;
const STRANGER = 901;
const thin: Person = { id: THIN, values: { outstanding: 0, monthsOnBook: 1, late: false, worstStatus: '0' } };
const odd: Person = { id: 902, values: { outstanding: 0, monthsOnBook: 1, late: false, worstStatus: 'none' } };

describe('score', async () => {
  const tables = { ant: [...range(0, 110).map(personAt(1)), thin], bee: [...range(60, 160).map(personAt(2)), odd] };
  const { querier, exchanges } = await openFederation({ tables, columns: COLUMNS });
  unwrap(await querier.sync()());
  const sample = range(0, 180);
  const columns = ['outstanding', 'monthsOnBook', 'worstStatus'];
  const question = { scheme: SCHEME, purpose: PURPOSE };
  const signals: Totals[] = [];
  for (const id of sample) signals.push(unwrap(await querier.signal({ ...question, subject: raw(id), columns })()));

  /** What pooling all rows says of a person, in the shape of a signal. */
  const pooled = (id: number): Totals['columns'] => {
    const rows = [...tables.ant, ...tables.bee].filter((one) => one.id === id);
    const sum = (of: (values: Person['values']) => number): number => rows.reduce((total, { values }) => total + of(values), 0);
    return [
      { kind: 'count', column: 'present', total: rows.length },
      { kind: 'amount', column: 'outstanding', total: sum((values) => Number(values['outstanding'])) },
      { kind: 'count', column: 'monthsOnBook', total: sum((values) => Number(values['monthsOnBook'])) },
      {
        kind: 'bucket',
        column: 'worstStatus',
        buckets: WORST.map((bucket) => ({ bucket, total: sum((values) => (values['worstStatus'] === bucket ? 1 : 0)) })),
      },
    ];
  };

  const fitOn = async (totals: readonly Totals['columns'][]): Promise<Scorecard> => {
    const { table, rows } = signalTable(totals);
    const chosen = new Map([...table].filter(([name]) => ['present', ...columns].includes(name)));
    const fitted = await fitScorecard({
      name: 'consented sample',
      table: chosen,
      bad: Uint8Array.from(rows, (row) => (isBad(sample[row]!) ? 1 : 0)),
      rule: { ...OPTIMAL, maxBins: 3 },
      rules: new Map([
        ['worstStatus', manualGroups([['0'], ['1'], ['2']])],
        ['present', manualBreaks([2])],
      ]),
      selection: { ...SELECTION, minIv: 0, maxCorrelation: 1, maxPValue: 1 },
      presence: 'present',
    })();
    return unwrap(fitted).scorecard;
  };
  const scorecard = await fitOn(signals.map((signal) => signal.columns));
  const names = scorecard.characteristics.map(({ name }) => name);
  const ask = async (id: number, change: Partial<ScoreRequest> = {}) =>
    unwrap(await querier.score({ ...question, subject: raw(id), scorecard, ...change })());

  it('a model of the signals of a sample is the model of the pooled totals, to the last digit', async () => {
    expect(names).toEqual(expect.arrayContaining(['outstanding', 'worstStatus']));
    expect(scorecard.sample.good + scorecard.sample.bad).toBe(160);
    expect(scorecardHash(await fitOn(sample.map(pooled)))).toBe(scorecardHash(scorecard));
  });

  it('is what the pooled totals would give, with points that add up and reasons in both languages', async () => {
    const scorer = unwrap(createSubjectScorer({ scorecard, reasons: SIGNAL_REASONS }));
    const reasons: string[] = [];
    for (const id of [3, 30, 64, 77, 99, 120, 150]) {
      const { result, model } = await ask(id);
      expect(result).toEqual(unwrap(scorer(subjectValues(pooled(id)))));
      expect(model).toBe(scorecardHash(scorecard));
      if (result._tag !== 'Scored') throw new Error('no score');
      expect(result.score).toBe(result.base + result.points.reduce((sum, { points }) => sum + points, 0));
      expect(result.points.map(({ characteristic }) => characteristic)).toEqual(names);
      for (const { code, en, zh, lost } of result.reasons) {
        expect(lost).toBeGreaterThan(0);
        expect([en.length > 10, /\p{Script=Han}/u.test(zh)]).toEqual([true, true]);
        reasons.push(code);
      }
    }
    expect(reasons).toEqual(expect.arrayContaining(['OUTSTANDING_HIGH']));
  });

  it('asks one question of each holder, for the model’s columns and no others', async () => {
    const before = exchanges.length;
    const { signal } = await ask(5);
    const routes = exchanges.slice(before).map(({ route }) => route);
    expect(routes.filter((route) => !route.startsWith('/v1/log/'))).toEqual(['/v1/query', '/v1/query']);
    expect(signal.columns.map(({ column }) => column)).toEqual(signalColumns(scorecard));
    expect(signalColumns(scorecard)).toEqual(['present', ...names.filter((name) => name !== 'present')]);
    expect(signal.asked).toBe(1);
  });

  it('takes the method and the number of reasons that the caller chooses', async () => {
    const worst = sample.find((id) => isBad(id) && id < 60)!;
    const lostBy = async (change: Partial<ScoreRequest>) => {
      const { result } = await ask(worst, change);
      return result._tag === 'Scored' ? result.reasons.map(({ lost }) => lost) : [];
    };
    const maximum = await lostBy({});
    expect((await lostBy({ limit: 1 })).length).toBe(1);
    expect(await lostBy({ limit: 0 })).toEqual([]);
    expect(await lostBy({ method: 'median' })).not.toEqual(maximum);
    await expect(querier.score({ ...question, subject: raw(1), scorecard, limit: 5 })()).rejects.toThrow(RangeError);
  });

  it('a thin file that a lender knows has a score; somebody unknown has none, and the reason', async () => {
    expect(await ask(THIN)).toMatchObject({ result: { _tag: 'Scored', score: expect.any(Number) } });
    expect(await ask(STRANGER)).toMatchObject({
      result: {
        _tag: 'NoScore',
        why: 'unknown',
        en: expect.stringContaining('none of the lenders'),
        zh: expect.stringContaining('无评分'),
      },
    });
    // Known, but with a status that the model was made without.
    expect(await ask(odd.id)).toMatchObject({ result: { _tag: 'NoScore', why: 'unseen', characteristic: 'worstStatus' } });
  });

  it('refuses a model that cannot score these totals, before anybody is asked about', async () => {
    const before = exchanges.length;
    const errorOf = async (change: Partial<ScoreRequest>): Promise<unknown> => {
      const got = await querier.score({ ...question, subject: raw(1), scorecard, ...change })();
      return E.isLeft(got) ? got.left : 'no error';
    };
    const [first] = scorecard.characteristics;
    const numeric = scorecard.characteristics.find(({ binning }) => binning.kind === 'numeric')!;
    const levels = scorecard.characteristics.find(({ binning }) => binning.kind === 'categorical')!;
    const made = (one: object): Partial<ScoreRequest> => ({
      scorecard: { ...scorecard, characteristics: [{ ...first!, ...one }] },
    });
    expect(await errorOf({ scorecard: { ...scorecard, presence: null } })).toMatchObject({ _tag: 'ModelMisfit' });
    expect(await errorOf({ scorecard: { ...scorecard, presence: 'late' } })).toMatchObject({ _tag: 'ModelMisfit' });
    expect(await errorOf({ scorecard: { ...scorecard, characteristics: [] } })).toMatchObject({ _tag: 'BadScorecard' });
    expect(await errorOf(made({ ...numeric, name: 'wealth' }))).toMatchObject({ _tag: 'UnknownColumn', column: 'wealth' });
    for (const one of [
      { ...numeric, name: 'worstStatus' },
      { ...levels, name: 'outstanding' },
      { ...levels, name: 'present' },
      { ...levels, name: 'worstStatus:2' },
      { ...numeric, name: 'worstStatus:9' },
      { ...numeric, name: 'outstanding:2' },
    ])
      expect(await errorOf(made(one)), one.name).toMatchObject({ _tag: 'ModelMisfit', characteristic: one.name });
    expect(await errorOf({ reasons: new Map() })).toMatchObject({ _tag: 'NoReasonText', characteristic: first!.name });
    expect(await errorOf({ subject: { national_id: 'nonsense' } })).toMatchObject({ _tag: 'NoSubjects' });
    expect(exchanges.length).toBe(before);
    // How many lenders hold a status is a number, and may be a characteristic.
    const counted = { ...numeric, name: 'worstStatus:2' };
    const reasons = new Map(SIGNAL_REASONS).set(counted.name, SIGNAL_REASONS.get(numeric.name)!);
    expect(await errorOf({ ...made(counted), reasons })).toBe('no error');
  });

  it('a refusal of the holders comes through', async () => {
    const got = await querier.score({ ...question, purpose: 'marketing', subject: raw(1), scorecard })();
    expect(got).toMatchObject({ left: { _tag: 'HoldersFailed', holders: [{ fault: { problem: 'NotGranted' } }, {}] } });
  });
});
