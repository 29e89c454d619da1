import { E } from '@vouchsafe/core';
import { describe, expect, it } from 'vitest';
import { openFederation, type Person, PURPOSE, raw, SCHEME, unwrap } from './federation.test.fixture.ts';

const person = (id: number): Person => ({
  id,
  values: { loans: id % 5, net: (id % 7) * 100 - 250, late: id % 3 === 0, worst: ['none', '0', '1+'][id % 3]! },
});
const range = (from: number, to: number): readonly number[] => Array.from({ length: to - from }, (_, i) => from + i);

/** So large that noise of the widest slot (10^6) is zero but for a chance below 2^-100: what is left is arithmetic. */
const NO_NOISE = 1e9;

describe('the whole way', async () => {
  const tables = { ant: range(0, 30).map(person), bee: range(20, 50).map(person), cat: [] };
  const { querier, document, exchanges } = await openFederation({ tables });
  const synced = unwrap(await querier.sync()());
  const cohort = [...range(5, 45), ...range(55, 60), 7, 7];
  const pooled = [tables.ant, tables.bee].flatMap((people) => people.filter(({ id }) => cohort.includes(id)));
  const sum = (of: (person: Person) => number): number => pooled.reduce((total, one) => total + of(one), 0);

  it('sets everything up once', async () => {
    expect(synced.holders).toEqual(
      document.epochs[0]!.roster.map(({ holder }) => ({ holder, scheme: SCHEME, match: true, totals: true })),
    );
    const before = exchanges.length;
    unwrap(await querier.sync()());
    const routes = exchanges.slice(before).map(({ route }) => route);
    const { roster } = document.epochs[0]!;
    expect(routes.sort()).toEqual([...roster.map(() => '/v1/log/checkpoint'), ...roster.map(() => '/v1/manifest')]);
  });

  it('match: who is known to whom, row by row, duplicates and bad rows included', async () => {
    const subjects = [raw(1), raw(22), raw(49), raw(55), { national_id: 'nonsense' }, raw(1), {}];
    const result = unwrap(await querier.match({ scheme: SCHEME, subjects })());
    expect(result.matches).toEqual([
      { row: 0, holders: ['ant'] },
      { row: 1, holders: ['ant', 'bee'] },
      { row: 2, holders: ['bee'] },
      { row: 3, holders: [] },
      { row: 5, holders: ['ant'] },
    ]);
    expect(result.rejected).toEqual([
      { row: 4, reason: 'characters' },
      { row: 6, reason: 'missing' },
    ]);
    expect(result.failures).toEqual([]);
  });

  it('aggregate: the pooled totals in the columns’ own units, offset taken off, with mean and variance', async () => {
    const columns = ['loans', 'net', 'late', 'worst'];
    const result = unwrap(
      await querier.aggregate({ scheme: SCHEME, purpose: PURPOSE, cohort: cohort.map(raw), columns, epsilon: NO_NOISE })(),
    );
    const net = pooled.map(({ values }) => Number(values['net']));
    const mean = sum(({ values }) => Number(values['net'])) / pooled.length;
    // `present` came along, since `net` has an offset.
    expect(result.columns).toMatchObject([
      { column: 'present', total: pooled.length },
      { column: 'loans', total: sum(({ values }) => Number(values['loans'])) },
      { column: 'net', total: net.reduce((a, b) => a + b), mean },
      { column: 'late', kind: 'flag', total: sum(({ values }) => (values['late'] === true ? 1 : 0)) },
      {
        column: 'worst',
        buckets: ['none', '0', '1+'].map((bucket) => ({
          bucket,
          total: sum(({ values }) => (values['worst'] === bucket ? 1 : 0)),
        })),
      },
    ]);
    const variance = net.reduce((total, v) => total + (v - mean) ** 2, 0) / net.length;
    const found = result.columns[2];
    // Squares are rounded to units of 4 (and net to units of 10), so each row may be off by 2 units² = 200.
    expect(Math.abs((found?.kind === 'amount' ? found.variance! : Number.NaN) - variance)).toBeLessThanOrEqual(200);
    expect(result.asked).toBe(new Set(cohort).size);
    expect(result.holders).toEqual(['ant', 'bee', 'cat']);
    // An empty holder is a suppressed one, and so is one that knows few.
    expect(result.suppressed).toEqual(['cat']);
  });

  it('suppression is marked, never shown as zero, and takes nothing from the others', async () => {
    // Of these ant knows 25, bee 5: fewer than the minimum of 20.
    const some = range(0, 25);
    const result = unwrap(
      await querier.aggregate({
        scheme: SCHEME,
        purpose: PURPOSE,
        cohort: some.map(raw),
        columns: ['present'],
        epsilon: NO_NOISE,
      })(),
    );
    expect(result.suppressed).toEqual(['bee', 'cat']);
    expect(result.columns).toMatchObject([{ column: 'present', total: 25 }]);
  });

  it('noise is there, drawn anew for a repetition, and the same for the same question', async () => {
    const question = { scheme: SCHEME, purpose: PURPOSE, cohort: cohort.map(raw), columns: ['loans'], epsilon: '1/10' };
    const total = async (repeat: number): Promise<number> => {
      const result = unwrap(await querier.aggregate({ ...question, repeat })());
      const [column] = result.columns;
      expect(column).toMatchObject({ plusMinus: { standardDeviation: expect.any(Number) } });
      return column?.kind === 'count' ? column.total : Number.NaN;
    };
    const first = await total(0);
    expect(await total(0)).toBe(first);
    // Scale 20 / 0.09: that two independent draws of three holders agree has probability below 1 in 500; five in a row never do.
    expect(new Set([first, await total(1), await total(2), await total(3), await total(4)]).size).toBeGreaterThan(1);
  });

  it('signal: the exact totals of one person over all holders', async () => {
    const ask = async (id: number) =>
      unwrap(await querier.signal({ scheme: SCHEME, purpose: PURPOSE, subject: raw(id), columns: ['loans', 'net', 'worst'] })());
    expect((await ask(24)).columns).toMatchObject([
      { column: 'present', total: 2 },
      { column: 'loans', total: 8 },
      { column: 'net', total: 2 * (3 * 100 - 250) },
      { column: 'worst', buckets: [{ bucket: 'none', total: 2 }, { total: 0 }, { total: 0 }] },
    ]);
    expect((await ask(999)).columns).toMatchObject([{ column: 'present', total: 0 }, { total: 0 }, { total: 0 }, {}]);
  });

  it('quote: what it would cost, without charging', async () => {
    const question = { scheme: SCHEME, purpose: PURPOSE, columns: ['loans'], cohortSize: 40 } as const;
    const one = unwrap(await querier.quote({ ...question, kind: 'aggregate', epsilon: 0.5 })());
    const two = unwrap(await querier.quote({ ...question, kind: 'aggregate', epsilon: 0.5 })());
    expect(one).toEqual(two);
    expect(one.allowed).toBe(true);
    expect(one.holders[0]).toMatchObject({ holder: 'ant', quote: { charge: { num: 1n, den: 2n } } });
    const small = unwrap(await querier.quote({ ...question, kind: 'aggregate', epsilon: 0.5, cohortSize: 3 })());
    expect(small.allowed).toBe(false);
    expect(small.holders[0]).toMatchObject({ refused: { _tag: 'HolderRefused', problem: 'CohortTooSmall' } });
  });

  it('errors of the caller are values that say what to do', async () => {
    const question = { scheme: SCHEME, purpose: PURPOSE, cohort: cohort.map(raw), columns: ['loans'], epsilon: 1 };
    const tagOf = async (change: object): Promise<unknown> => {
      const result = await querier.aggregate({ ...question, ...change })();
      return E.isLeft(result) ? result.left : 'no error';
    };
    expect(await tagOf({ columns: ['wealth'] })).toMatchObject({
      _tag: 'UnknownColumn',
      message: expect.stringContaining('loans, net'),
    });
    expect(await tagOf({ scheme: 'passport' })).toMatchObject({
      _tag: 'UnknownScheme',
      message: expect.stringContaining(SCHEME),
    });
    expect(await tagOf({ scheme: 'e164' })).toMatchObject({ _tag: 'UnknownScheme' });
    expect(await tagOf({ cohort: [] })).toMatchObject({ _tag: 'NoSubjects' });
    expect(await tagOf({ cohort: [{ national_id: '1234' }] })).toMatchObject({
      _tag: 'NoSubjects',
      message: expect.not.stringContaining('1234'),
    });
    expect(await tagOf({ epsilon: 'lots' })).toMatchObject({ _tag: 'BadRational' });
    expect(await tagOf({ epsilon: 0 })).toMatchObject({ _tag: 'BadPrice' });
    expect(await tagOf({ columns: [] })).toMatchObject({ _tag: 'BadPrice' });
    expect(await tagOf({ purpose: 'marketing' })).toMatchObject({
      _tag: 'HoldersFailed',
      holders: [{ holder: 'ant', fault: { problem: 'NotGranted' } }, {}, {}],
    });
    const controller = new AbortController();
    controller.abort();
    expect(await tagOf({ signal: controller.signal })).toMatchObject({ _tag: 'Aborted' });
  });
});
