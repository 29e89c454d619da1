import fc from 'fast-check';
import { ask, burst, type Command, crash, type Expected, grant, replay, restart, rotate, tick } from './commands.test.fixture.ts';
import { type Batch, type Fraction, fraction, Model, type Query, type Request, type Terms } from './model.test.fixture.ts';
import type { StoreFaultAt } from './world.test.fixture.ts';

/** Policies: generous, narrow in every way, without rho and signals, and such that take totals or match away. */
const TERMS: readonly Terms[] = [
  {
    totals: {
      epsilonPerQuery: [2n, 1n],
      epsilonPerEpoch: [4n, 1n],
      rhoPerQuery: [1n, 1n],
      rhoPerEpoch: [5n, 3n],
      signals: 3,
      narrow: false,
    },
    match: { perDay: 7, perEpoch: 11 },
  },
  {
    totals: {
      epsilonPerQuery: [1n, 1n],
      epsilonPerEpoch: [2n, 1n],
      rhoPerQuery: [1n, 2n],
      rhoPerEpoch: [1n, 1n],
      signals: 1,
      narrow: true,
    },
    match: { perDay: 3, perEpoch: 5 },
    queriesPerMinute: 2,
    batchesPerMinute: 1,
  },
  { totals: { epsilonPerQuery: [3n, 2n], epsilonPerEpoch: [10n, 3n], signals: 0, narrow: false }, queriesPerMinute: 3 },
  { match: { perDay: 20, perEpoch: 20 }, batchesPerMinute: 3 },
];

/** Sums of the last one with others have no exact form that could be written. */
const PRICES: readonly Fraction[] = [
  [0n, 1n],
  [1n, 3n],
  [1n, 2n],
  [1n, 1n],
  [5n, 4n],
  [3n, 1n],
  fraction(10n ** 15n + 1n, 9007199254740881n),
];

const epochs = fc.constantFrom(7, 8);
const queries: fc.Arbitrary<Query> = fc
  .record({
    what: fc.constant('query' as const),
    epoch: epochs,
    kind: fc.constantFrom('aggregate' as const, 'aggregate' as const, 'signal' as const),
    purpose: fc.constantFrom('test' as const, 'test' as const, 'other' as const),
    column: fc.constantFrom(...(['present', 'present', 'late', 'late', 'present', 'age'] as const)),
    price: fc.record({ in: fc.constantFrom('epsilon' as const, 'rho' as const), of: fc.constantFrom(...PRICES) }),
    small: fc.nat(15).map((n) => n === 0),
    repeat: fc.nat(3),
  })
  .map(({ price, ...query }) => (query.kind === 'signal' ? { ...query, small: false, price: undefined } : { ...query, price }));
const batches: fc.Arbitrary<Batch> = fc.record({
  what: fc.constant('match' as const),
  epoch: epochs,
  batch: fc.nat(3),
  elements: fc.integer({ min: 1, max: 4 }),
});
const requests: fc.Arbitrary<Request> = fc.oneof({ arbitrary: queries, weight: 3 }, { arbitrary: batches, weight: 2 });
const faults: fc.Arbitrary<StoreFaultAt> = fc.record({ durable: fc.boolean() });
const [SECOND, HOUR] = [1000, 3_600_000];

const lost = fc.constantFrom('none' as const, 'none' as const, 'none' as const, 'request' as const, 'answer' as const);

/** Sequences of at most so many commands; most of them ask. */
export const sequences = (maxCommands: number): fc.Arbitrary<Iterable<Command>> =>
  fc.commands(
    [
      ...Array.from({ length: 4 }, () => fc.tuple(queries, lost).map(([asked, what]) => ask(asked, what))),
      ...Array.from({ length: 3 }, () => fc.tuple(batches, lost).map(([asked, what]) => ask(asked, what))),
      fc.tuple(queries, fc.integer({ min: 2, max: 6 }), fc.boolean()).map(([query, count, twice]) => burst(query, count, twice)),
      fc.nat(20).map(replay),
      fc.nat(20).map(replay),
      fc.oneof(fc.integer({ min: -100, max: 100 }), fc.integer({ min: 200, max: 400 })).map((seconds) => tick(seconds * SECOND)),
      fc.integer({ min: -30, max: 30 }).map((hours) => tick(hours * HOUR)),
      fc.tuple(requests, faults).map(([asked, fault]) => crash(asked, fault)),
      fc.constant(restart),
      fc.nat(TERMS.length - 1).map((i) => grant(String(i), TERMS[i]!)),
      fc.constant(rotate),
    ],
    { maxCommands, size: 'max' },
  );

/** At the start both epochs are live. @param policy the first one in force: 0 is generous, 1 is narrow in every way */
export const begin = (now: number, policy: 0 | 1): { readonly expected: Expected; readonly terms: Terms } => {
  const terms = TERMS[policy]!;
  return { expected: { model: new Model(now, terms), sent: [], fresh: 0 }, terms };
};
