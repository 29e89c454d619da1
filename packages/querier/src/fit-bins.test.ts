import { type Column, E, rational } from '@vouchsafe/core';
import { plusMinus } from '@vouchsafe/privacy';
import { binTable, CONVENTIONS, noisyBinTable, printNoisyBinTable } from '@vouchsafe/scorecard';
import { describe, expect, it } from 'vitest';
import { openFederation, type Person, PURPOSE, raw, SCHEME, unwrap } from './federation.test.fixture.ts';
import type { FitBinsRequest } from './index.ts';

const WORST = ['none', '0', '1', '2+'];
const BANDS = ['low', 'high'];
const COLUMNS: readonly Column[] = [
  { kind: 'count', name: 'loans', max: 20 },
  { kind: 'bucket', name: 'worst', buckets: WORST },
  { kind: 'bucket', name: 'band', buckets: BANDS },
];

/** Whoever defaults (a fifth) is worse in what lenders see, and looks different at each lender. */
const isBad = (id: number): boolean => id % 5 === 0;
const personAt =
  (salt: number) =>
  (id: number): Person => {
    const draw = (id * 7919 + salt * 104_729) % 100;
    const level = isBad(id)
      ? draw < 5
        ? 0
        : draw < 35
          ? 1
          : draw < 60
            ? 2
            : 3
      : draw < 10
        ? 0
        : draw < 80
          ? 1
          : draw < 95
            ? 2
            : 3;
    return {
      id,
      values: { loans: id % 4, worst: WORST[level]!, band: BANDS[(draw + (isBad(id) ? 30 : 0)) % 100 < 50 ? 0 : 1]! },
    };
  };
const range = (from: number, to: number): readonly number[] => Array.from({ length: to - from }, (_, i) => from + i);

/** So large that noise is zero but for a chance below 2^-100000. */
const NO_NOISE = 1e9;

describe('fitBins', async () => {
  const tables = {
    ant: range(0, 400).map(personAt(1)),
    bee: range(250, 600).map(personAt(2)),
    // Knows 60 goods of the sample below, and 15 bads: too few.
    cat: range(525, 600).map(personAt(3)),
  };
  const { querier, exchanges } = await openFederation({ tables, columns: COLUMNS });
  unwrap(await querier.sync()());
  const known = range(0, 500);
  const goods = known.filter((id) => !isBad(id));
  const bads = known.filter(isBad);
  const request: FitBinsRequest = {
    scheme: SCHEME,
    purpose: PURPOSE,
    goods: goods.map(raw),
    bads: bads.map(raw),
    columns: ['worst', 'band'],
    epsilon: NO_NOISE,
  };

  /** The bin table of all the lenders' rows in one heap. */
  const pooled = (column: string, groups: readonly (readonly string[])[], lenders: readonly (readonly Person[])[]) => {
    const count = (ids: readonly number[], group: readonly string[]): number =>
      lenders.flat().filter(({ id, values }) => ids.includes(id) && group.includes(String(values[column]))).length;
    return unwrap(
      binTable({
        name: column,
        labels: groups.map((group) => group.join(', ')),
        counts: { good: groups.map((group) => count(goods, group)), bad: groups.map((group) => count(bads, group)) },
        conventions: CONVENTIONS,
      }),
    );
  };

  it('without noise: the very table of the pooled rows, each at full trust', async () => {
    const { tables: found, goods: g, bads: b } = unwrap(await querier.fitBins(request)());
    expect(found.map(({ table }) => table)).toEqual([
      pooled(
        'worst',
        WORST.map((bucket) => [bucket]),
        [tables.ant, tables.bee],
      ),
      pooled(
        'band',
        BANDS.map((bucket) => [bucket]),
        [tables.ant, tables.bee],
      ),
    ]);
    // People at both count twice: these are relationships.
    expect(found[0]!.table.good + found[0]!.table.bad).toBe(400 + 250);
    expect(found[0]!.table.iv).toBeGreaterThan(0.3);
    for (const { bins, iv, ivFromNoise } of found) {
      expect(bins.every(({ trusted, notes, woe }) => trusted && notes.length === 0 && woe.low === woe.high)).toBe(true);
      expect(iv).toMatchObject({ low: iv.value, high: iv.value });
      expect(ivFromNoise).toBe(0);
    }
    expect([g.asked, b.asked]).toEqual([400, 100]);
    expect([g.suppressed, b.suppressed]).toEqual([['cat'], ['cat']]);
  });

  it('puts buckets together as asked, at no further cost', async () => {
    const groups = { worst: [['none'], ['0'], ['1', '2+']] };
    const { tables: found } = unwrap(await querier.fitBins({ ...request, groups })());
    expect(found[0]!.table).toEqual(pooled('worst', groups.worst, [tables.ant, tables.bee]));
    expect(found[0]!.bins.map(({ label }) => label)).toEqual(['none', '0', '1, 2+']);
    const spent = unwrap(await querier.quote({ ...request, kind: 'aggregate', cohortSize: 100 })());
    unwrap(
      await querier.fitBins({
        ...request,
        groups: {
          worst: [
            ['none', '0'],
            ['1', '2+'],
          ],
        },
      })(),
    );
    expect(unwrap(await querier.quote({ ...request, kind: 'aggregate', cohortSize: 100 })())).toEqual(spent);
  });

  it('adds the noise of buckets up with their counts', async () => {
    const groups = { worst: [['none', '0'], ['1'], ['2+']] };
    const [table] = unwrap(await querier.fitBins({ ...request, columns: ['worst'], groups, epsilon: '1/2' })()).tables;
    // A tenth of ε is the threshold's; sensitivity 1; three holders, and twice as many draws in the first bin.
    const noise = [2, 1, 1].map((buckets) => plusMinus({ scale: rational(20, 9), holders: 3 * buckets }));
    const counts = (of: 'noisyGood' | 'noisyBad') => ({ counts: table!.bins.map((bin) => bin[of]), noise });
    const expected = unwrap(
      noisyBinTable({
        name: 'worst',
        labels: ['none, 0', '1', '2+'],
        goods: counts('noisyGood'),
        bads: counts('noisyBad'),
        conventions: CONVENTIONS,
        negative: 'zero',
      }),
    );
    expect(table!.bins.map(({ woe }) => woe)).toEqual(expected.bins.map(({ woe }) => woe));
    expect(table!.iv).toEqual(expected.iv);
  });

  it('takes two queries a holder, whose answers are as large for a hundred people as for four hundred', async () => {
    const before = exchanges.length;
    const progress: string[] = [];
    unwrap(
      await querier.fitBins({
        ...request,
        repeat: 1,
        onProgress: ({ task, done, total }) => progress.push(`${task} ${done}/${total}`),
      })(),
    );
    // Consistency proofs of logs and counter-signatures go beside the queries.
    const own = exchanges.slice(before).filter(({ route }) => !/^\/v1\/(log\/|acknowledgements)/.test(route));
    expect(own.map(({ route }) => route)).toEqual(new Array(6).fill('/v1/query'));
    const [first, ...rest] = own.map(({ received }) => received);
    // Six slots and the sum of the randomness, 32 bytes each, and an envelope; the receipt's path is a hash longer or shorter.
    for (const received of rest) expect(Math.abs(received - first!)).toBeLessThan(200);
    expect(progress).toEqual(range(1, 7).map((done) => `fitBins ${done}/6`));
  });

  it('with noise: error bars that hold the exact figure, and the bins that are not to be trusted', async () => {
    const exact = pooled(
      'worst',
      WORST.map((bucket) => [bucket]),
      [tables.ant, tables.bee],
    );
    let inside = 0;
    let rounds = 0;
    // Few bads: by the threshold's noise a lender that knows some may count as one that knows too few. Then the figure is another, so that the round does not count; ten do, of a hundred.
    for (let repeat = 0; repeat < 100 && rounds < 10; repeat++) {
      const noisy = { ...request, columns: ['worst'], epsilon: '1/2', repeat };
      const fitted = await querier.fitBins(noisy)();
      if (E.isLeft(fitted)) {
        expect(fitted.left._tag).toBe('NobodyCounted');
        continue;
      }
      const { tables: fittedTables, goods, bads } = fitted.right;
      if ([...goods.suppressed, ...bads.suppressed].some((holder) => holder !== 'cat')) continue;
      rounds++;
      const [table] = fittedTables;
      expect(table!.confidence).toBe(0.95);
      expect(table!.ivFromNoise).toBeGreaterThan(0);
      for (const [i, { woe, trusted, notes }] of table!.bins.entries()) {
        expect(woe.low).toBeLessThan(woe.value);
        expect(woe.high).toBeGreaterThan(woe.value);
        expect(trusted).toBe(notes.length === 0);
        if (woe.low <= exact.bins[i]!.woe && exact.bins[i]!.woe <= woe.high) inside++;
      }
      // 7 bads without a status, each count off by some ±11. (By chance of the noisy threshold, cat may stand in a note too.)
      const [first] = table!.bins;
      expect(first!.trusted).toBe(false);
      expect(first!.notes.some((note) => /bads/.test(note) && !note.startsWith('cat'))).toBe(true);
      expect(printNoisyBinTable(table!)).toContain('? none: ');
    }
    expect(rounds).toBe(10);
    // 95 % each: that more than 16 of 40 miss has a chance below 10^-9.
    expect(inside).toBeGreaterThan(4 * rounds - 16);
  });

  it('with so little noise that it does not matter, says so', async () => {
    // The threshold's noise is small too: cat, who knows nobody, passes it with a chance below 10^-9.
    const [table] = unwrap(await querier.fitBins({ ...request, columns: ['band'], epsilon: 20 })()).tables;
    expect(table!.bins.map(({ trusted, woe }) => trusted && woe.low < woe.high)).toEqual([true, true]);
  });

  it('a lender that added goods only makes every bin doubtful', async () => {
    const people = range(250, 600);
    const [table] = unwrap(
      await querier.fitBins({
        ...request,
        goods: people.filter((id) => !isBad(id)).map(raw),
        bads: people.filter(isBad).map(raw),
        columns: ['band'],
      })(),
    ).tables;
    expect(table!.table.good).toBe(280 + 120 + 60);
    expect(table!.table.bad).toBe(70 + 30);
    for (const { trusted, notes } of table!.bins) {
      expect(trusted).toBe(false);
      expect(notes).toEqual(['cat knows too few of the bads: only its goods are in']);
    }
  });

  it('refuses what gives no bins, before anybody is asked', async () => {
    const before = exchanges.length;
    const errorOf = async (change: Partial<FitBinsRequest>): Promise<unknown> => {
      const got = await querier.fitBins({ ...request, ...change })();
      return E.isLeft(got) ? got.left : 'no error';
    };
    expect(await errorOf({ columns: ['loans'] })).toMatchObject({ _tag: 'NotBinned', column: 'loans' });
    expect(await errorOf({ columns: ['present'] })).toMatchObject({ _tag: 'NotBinned', column: 'present' });
    expect(await errorOf({ columns: ['wealth'] })).toMatchObject({ _tag: 'UnknownColumn' });
    expect(await errorOf({ columns: [] })).toMatchObject({ _tag: 'BadPrice' });
    expect(await errorOf({ epsilon: 'lots' })).toMatchObject({ _tag: 'BadRational' });
    for (const worst of [
      [['none', '0', '1']],
      [
        ['none', '0'],
        ['0', '1', '2+'],
      ],
      [WORST, []],
      [[...WORST, '3']],
    ])
      expect(await errorOf({ groups: { worst } })).toMatchObject({ _tag: 'BadGroups' });
    expect(await errorOf({ columns: ['band'], groups: { worst: [WORST] } })).toMatchObject({ _tag: 'BadGroups' });
    expect(await errorOf({ bads: [...bads, 7, 9].map(raw) })).toMatchObject({ _tag: 'BothOutcomes', rows: [100, 101] });
    expect(await errorOf({ bads: [] })).toMatchObject({ _tag: 'NoSubjects' });
    await expect(querier.fitBins({ ...request, trust: 2 })()).rejects.toThrow(RangeError);
    const controller = new AbortController();
    controller.abort();
    expect(await errorOf({ signal: controller.signal })).toMatchObject({ _tag: 'Aborted' });
    expect(exchanges.length).toBe(before);
  });

  it('all holders know too few of the bads: an error, not a table of noise', async () => {
    const few = await querier.fitBins({ ...request, bads: range(1000, 1030).map(raw) })();
    expect(few).toMatchObject({ left: { _tag: 'NobodyCounted', outcome: 'bads' } });
  });

  it('a purpose that is not granted is refused by name', async () => {
    expect(await querier.fitBins({ ...request, purpose: 'marketing' })()).toMatchObject({
      left: { _tag: 'HoldersFailed', holders: [{ holder: 'ant', fault: { problem: 'NotGranted' } }, {}, {}] },
    });
  });
});
