import { E } from '@vouchsafe/core';
import { describe, expect, it } from 'vitest';
import { type Person, PURPOSE, raw, SCHEME, unwrap } from '../federation.test.fixture.ts';
import { openWorld, type World } from './views.test.fixture.ts';

// Every row of the leak table in SECURITY.md: two inputs that agree on what the row says is learnt look the same to who learns it, and two that differ in it do not.

const range = (from: number, to: number): readonly number[] => Array.from({ length: to - from }, (_, i) => from + i);
const person = (id: number, loans = 2, worst = 'none'): Person => ({ id, values: { loans, late: false, worst } });
const people = (from: number, to: number, loans?: number): readonly Person[] => range(from, to).map((id) => person(id, loans));

/** What both lenders have where a row is not about that. */
const ANT = people(0, 60);
const BEE = people(30, 90);
/** So large that noise is zero but for a chance below 2^-100000. */
const NO_NOISE = 1e9;
const always = { from: 0, to: 2 ** 40 };

/** A view after `work`, of a world of its own. */
type View = () => Promise<unknown>;
type Work = (world: World) => Promise<unknown>;

const synced = async (tables: { readonly ant?: readonly Person[]; readonly bee?: readonly Person[] }): Promise<World> => {
  const world = await openWorld({ ant: tables.ant ?? ANT, bee: tables.bee ?? BEE });
  unwrap(await world.querier.sync()());
  world.begin();
  return world;
};
const antAfter =
  (work: Work, tables = {}): View =>
  async () => {
    const world = await synced(tables);
    await work(world);
    return world.lender('ant');
  };
const askerAfter =
  (work: Work, tables = {}): View =>
  async () => {
    const world = await synced(tables);
    return world.asker(await work(world));
  };

const aggregate =
  (
    cohort: readonly number[],
    {
      columns = ['present', 'loans'],
      epsilon = NO_NOISE,
      repeat = 0,
    }: { columns?: readonly string[]; epsilon?: number; repeat?: number } = {},
  ): Work =>
  async ({ querier }) => {
    const request = { scheme: SCHEME, purpose: PURPOSE, cohort: cohort.map(raw), columns, epsilon, repeat };
    return unwrap(await querier.aggregate(request)());
  };
const signal =
  (id: number, columns: readonly string[] = ['loans']): Work =>
  async ({ querier }) =>
    unwrap(await querier.signal({ scheme: SCHEME, purpose: PURPOSE, subject: raw(id), columns })());
const match =
  (ids: readonly number[]): Work =>
  async ({ querier }) =>
    unwrap(await querier.match({ scheme: SCHEME, subjects: ids.map(raw) })());
const quote =
  (cohortSize: number): Work =>
  async ({ querier }) => {
    const question = { kind: 'aggregate', scheme: SCHEME, purpose: PURPOSE, columns: ['present'], epsilon: 1 } as const;
    return unwrap(await querier.quote({ ...question, cohortSize })());
  };
const fitBins =
  (goods: readonly number[], bads: readonly number[]): Work =>
  async ({ querier }) => {
    const question = { scheme: SCHEME, purpose: PURPOSE, columns: ['worst'], epsilon: NO_NOISE };
    const fitted = await querier.fitBins({ ...question, goods: goods.map(raw), bads: bads.map(raw) })();
    return E.isRight(fitted) ? fitted.right : fitted.left._tag;
  };
const inTurn =
  (...works: readonly Work[]): Work =>
  async (world) => {
    const results: unknown[] = [];
    for (const work of works) results.push(await work(world));
    return results;
  };
const openEntry =
  (asked: Work): Work =>
  async (world) => {
    await asked(world);
    world.begin();
    const { matched, query } = unwrap(await world.auditor.requestOpening({ holder: 'ant', entry: 2 })());
    return { matched, subjects: query.cohortSize };
  };
/** Everything that was drawn, in no order. */
const sample: Work = async ({ auditor }) => {
  const drawn = unwrap(await auditor.sample({ holder: 'ant', querier: 'bureau', scheme: SCHEME, epoch: 7, rows: 64 })());
  return { tableRows: drawn.tableRows, padding: drawn.padding, bad: drawn.bad };
};
const statement: Work = async ({ querier }) =>
  unwrap(await querier.statement({ holder: 'ant', ...always })()).own.statement.lines;

interface Row {
  readonly name: string;
  /** Agree on what is learnt. */
  readonly same: readonly [View, View];
  /** Differs from both in it. */
  readonly other: View;
}

/** The setup itself is looked at. */
const sealing =
  (ant: readonly Person[]): View =>
  async () => {
    const world = await openWorld({ ant, bee: BEE });
    world.begin();
    unwrap(await world.querier.sync()());
    return world.asker(undefined);
  };

/** The same from a lender’s side. */
const sealed =
  (times: number): View =>
  async () => {
    const world = await openWorld({ ant: ANT, bee: BEE });
    for (let i = 0; i < times; i++) unwrap(await world.querier.sync()());
    return world.lender('ant');
  };

/** Sixty people of whom some are late: every other one, or every third. */
const lateBy = (step: number): readonly Person[] => range(0, 60).map((id) => person(id, 2, id % step === 0 ? '1+' : 'none'));

const ROWS: readonly Row[] = [
  {
    name: 'sync, the bureau: padded sizes and slots; neither how many people, nor who, nor what they owe',
    same: [sealing(people(0, 58)), sealing(people(500, 563, 7))],
    other: sealing(people(0, 65)),
  },
  {
    name: 'sync, a lender: that a bureau seals and how many rows, whatever keys and order that bureau chose',
    same: [sealed(1), sealed(1)],
    other: sealed(2),
  },
  {
    name: 'match, a lender: how many are tried; not who, nor whether it knows them',
    same: [antAfter(match(range(0, 25))), antAfter(match([...range(0, 5), ...range(700, 720)]))],
    other: antAfter(match(range(0, 26))),
  },
  {
    name: 'match, a lender: how many were not tried before in the epoch; not which of the others come again',
    same: [
      antAfter(inTurn(match(range(0, 25)), match(range(0, 30)))),
      antAfter(inTurn(match(range(0, 25)), match([...range(7, 12), ...range(600, 605)]))),
    ],
    other: antAfter(inTurn(match(range(0, 25)), match(range(0, 31)))),
  },
  {
    name: 'match, the bureau: which of those whom it tries are known, by lender; nothing of others, or of values',
    same: [
      askerAfter(match(range(0, 25))),
      askerAfter(match(range(0, 25)), { ant: [...people(0, 25, 9), ...people(800, 835)], bee: people(30, 94) }),
    ],
    other: askerAfter(match(range(0, 25)), { ant: [...people(0, 24), ...people(800, 836)] }),
  },
  {
    name: 'aggregate, a lender: |X|, how many of them it knows, and the terms; not who',
    same: [antAfter(aggregate(range(0, 40))), antAfter(aggregate([...range(20, 60)]))],
    other: antAfter(aggregate(range(0, 41))),
  },
  {
    name: 'aggregate, a lender: how many of them it knows',
    same: [
      antAfter(aggregate([...range(0, 30), ...range(700, 710)])),
      antAfter(aggregate([...range(25, 55), ...range(900, 910)])),
    ],
    other: antAfter(aggregate([...range(0, 31), ...range(700, 709)])),
  },
  {
    name: 'aggregate, a lender: which unknown rows come again in the epoch',
    same: [
      antAfter(inTurn(aggregate(range(0, 25)), aggregate(range(20, 45)))),
      antAfter(inTurn(aggregate(range(10, 35)), aggregate(range(30, 55)))),
    ],
    other: antAfter(inTurn(aggregate(range(0, 25)), aggregate(range(25, 50)))),
  },
  {
    name: 'aggregate, the bureau: one total over all lenders; not who contributed what',
    same: [
      askerAfter(aggregate(range(0, 40)), { ant: people(0, 60, 5), bee: people(0, 60, 2) }),
      askerAfter(aggregate(range(0, 40)), { ant: people(0, 60, 1), bee: people(0, 60, 6) }),
    ],
    other: askerAfter(aggregate(range(0, 40)), { ant: people(0, 60, 5), bee: people(0, 60, 3) }),
  },
  {
    name: 'aggregate, the bureau: that a lender suppressed; not whether it knew few or nobody',
    same: [
      askerAfter(aggregate(range(0, 40)), { ant: people(900, 960), bee: people(0, 60) }),
      askerAfter(aggregate(range(0, 40)), { ant: [...people(0, 15), ...people(900, 945)], bee: people(0, 60) }),
    ],
    other: askerAfter(aggregate(range(0, 40)), { ant: people(0, 60), bee: people(0, 60) }),
  },
  {
    name: 'signal, a lender: that one unknown person was asked about, whether it knows them, and the terms; not who',
    same: [antAfter(signal(3)), antAfter(signal(42))],
    other: antAfter(signal(700)),
  },
  {
    name: 'signal, a lender: the columns',
    same: [antAfter(signal(3, ['late'])), antAfter(signal(4, ['late']))],
    other: antAfter(signal(3, ['late', 'loans'])),
  },
  {
    name: 'signal, the bureau: the person’s totals over all lenders; not who contributed what',
    same: [
      askerAfter(signal(40), { ant: people(0, 60, 5), bee: people(30, 90, 2) }),
      askerAfter(signal(40), { ant: people(0, 60, 1), bee: people(30, 90, 6) }),
    ],
    other: askerAfter(signal(40), { ant: people(0, 60, 5), bee: people(30, 90, 3) }),
  },
  {
    name: 'fitBins, a lender: two cohorts, their sizes and how many of each it knows; not which is the bads',
    same: [antAfter(fitBins(range(0, 25), range(25, 50))), antAfter(fitBins(range(25, 50), range(0, 25)))],
    other: antAfter(fitBins(range(0, 25), range(25, 51))),
  },
  {
    name: 'fitBins, the bureau: two totals over all lenders; not who contributed what',
    same: [
      askerAfter(fitBins(range(0, 25), range(25, 60)), { ant: lateBy(2), bee: lateBy(3) }),
      askerAfter(fitBins(range(0, 25), range(25, 60)), { ant: lateBy(3), bee: lateBy(2) }),
    ],
    other: askerAfter(fitBins(range(0, 25), range(25, 60)), { ant: lateBy(3), bee: lateBy(3) }),
  },
  {
    name: 'quote, a lender: the terms and |X|',
    same: [antAfter(quote(30)), antAfter(quote(30), { ant: people(200, 260, 3) })],
    other: antAfter(quote(31)),
  },
  {
    name: 'quote, the bureau: its budget and the price; nothing of rows',
    same: [askerAfter(quote(30)), askerAfter(quote(30), { ant: people(200, 260, 3), bee: people(0, 60) })],
    other: async () => {
      const world = await synced({});
      await aggregate(range(0, 40))(world);
      world.begin();
      return world.asker(await quote(30)(world));
    },
  },
  {
    name: 'audit open, the auditor, from the lender: how many of the cohort it knew; not who',
    same: [askerAfter(openEntry(aggregate(range(0, 40)))), askerAfter(openEntry(aggregate(range(20, 60))))],
    other: askerAfter(openEntry(aggregate([...range(0, 39), 700]))),
  },
  {
    name: 'audit sample, the lender: which table, and how many rows are drawn',
    same: [antAfter(sample), antAfter(sample, { ant: people(200, 260, 3) })],
    other: antAfter(sample, { ant: people(0, 70) }),
  },
  {
    name: 'statement, the bureau: queries, sums of |X|, columns and budget; never who or how many were known',
    same: [
      askerAfter(inTurn(aggregate(range(0, 40)), statement)),
      askerAfter(inTurn(aggregate([...range(0, 30), ...range(800, 810)]), statement)),
    ].map((view) => async () => withoutTotals(await view())) as [View, View],
    other: async () => withoutTotals(await askerAfter(inTurn(aggregate(range(0, 41)), statement))()),
  },
];

/** A statement’s lines; the totals that came before it are another row’s. */
const withoutTotals = (view: unknown): unknown => {
  const { messages, result } = view as { readonly messages: unknown; readonly result: readonly unknown[] };
  return { messages, result: result.at(-1) };
};

describe.each(ROWS)('$name', ({ same: [one, two], other }) => {
  it('looks the same for inputs that agree on it, and not for one that differs', async () => {
    const [first, second, third] = [await one(), await two(), await other()];
    expect(first).toEqual(second);
    expect(third).not.toEqual(first);
  });
});

describe('the recorder', () => {
  it('sees what a message says: another purpose, another ε, one more column', async () => {
    const base = await antAfter(aggregate(range(0, 40)))();
    expect(await antAfter(aggregate(range(0, 40)))()).toEqual(base);
    expect(await antAfter(aggregate(range(0, 40), { epsilon: 1e8 }))()).not.toEqual(base);
    expect(await antAfter(aggregate(range(0, 40), { columns: ['present', 'late'] }))()).not.toEqual(base);
    const refused = await synced({});
    const result = await refused.querier.aggregate({
      scheme: SCHEME,
      purpose: 'other',
      cohort: range(0, 40).map(raw),
      columns: ['present'],
      epsilon: 1,
    })();
    expect(E.isLeft(result)).toBe(true);
    expect(await refused.lender('ant')).not.toEqual(base);
  });
});
