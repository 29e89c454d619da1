import fc from 'fast-check';
import { expect } from 'vitest';
import {
  type Batch,
  type Fraction,
  fraction,
  Model,
  nameOf,
  type Query,
  type Request,
  type Terms,
} from './model.test.fixture.ts';
import type { Outcome, Sent, StoreFaultAt, World } from './world.test.fixture.ts';

/** What the holder should have done, and the requests that were sent: those that got lost come later, others again. */
export interface Expected {
  readonly model: Model;
  readonly sent: { readonly sent: Sent; admitted: boolean /** Its nonce may be cleared away. */; forgotten: boolean }[];
  fresh: number;
}

type Command = fc.AsyncCommand<Expected, World>;

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

const verdictTold = (outcome: Outcome, asked: Request): string => `${nameOf(asked)}: ${outcome.tag}`;

/** Compares what came back with what the model says, and takes it over into the model. @param reached whether the bureau, or anybody, saw it */
const settle = ({ model }: Expected, asked: Request, outcome: Outcome): void => {
  const verdict = model.verdict(asked);
  expect(verdictTold(outcome, asked)).toBe(`${nameOf(asked)}: ${verdict}`);
  if (verdict !== 'answered') return;
  const before = model.answers.get(nameOf(asked));
  // An answer that was given is given again to the byte; `unseen` is one that a crash took away.
  if (before !== undefined && before !== UNSEEN) expect(outcome.hash).toBe(before);
  if (before === undefined) model.charge(asked);
  model.answers.set(nameOf(asked), outcome.hash);
};

const UNSEEN = 'unseen';

/** The books agree: after every command. */
const checkBooks = async ({ model }: Expected, world: World): Promise<void> => {
  for (const epoch of [7, 8]) {
    const { epsilon, rho, signals, elements } = model.account(epoch);
    const spent = await world.spent(epoch);
    expect([epoch, spent.epsilon.num, spent.epsilon.den]).toEqual([epoch, ...epsilon]);
    expect([spent.rho?.num ?? 0n, spent.rho?.den ?? 1n, spent.signals]).toEqual([...rho, signals]);
    const match = await world.matchSpent(epoch);
    expect(match.elementsOfDay).toBe(model.spentOfDay());
    // What was evaluated under a key that is gone is not counted any more.
    if (model.live.includes(epoch)) expect(match.elementsOfEpoch).toBe(elements);
  }
};

const deliver = async (expected: Expected, world: World, sent: Sent, fault?: StoreFaultAt): Promise<Outcome> => {
  noteForgotten(expected);
  return world.deliver(sent, fault);
};

/** Every request clears away what has expired: should the clock be put back, its nonce is not known any more. */
const noteForgotten = ({ model, sent }: Expected): void => {
  for (const one of sent) if (one.admitted && Math.abs(model.now - one.sent.at) > WINDOW_MS) one.forgotten = true;
};

/** From 30 s before its time to 30 s after its five minutes a request is taken (RFC 9421 §7.2.2). */
const [EARLY_MS, WINDOW_MS] = [30_000, 330_000];

const command = (text: string, run: (expected: Expected, world: World) => Promise<void>): Command => ({
  check: () => true,
  run: async (expected, world) => {
    await run(expected, world);
    await checkBooks(expected, world);
  },
  toString: () => text,
});

/** The request arrives, and its answer too, or not: the holder does the same. */
const ask = (asked: Request, lost: 'none' | 'request' | 'answer'): Command =>
  command(`ask(${nameOf(asked)}, lost: ${lost})`, async (expected, world) => {
    const sent = world.send(asked);
    const kept = { sent, admitted: lost !== 'request', forgotten: false };
    if (lost !== 'request') settle(expected, asked, await deliver(expected, world, sent));
    expected.sent.push(kept);
  });

/** A recorded request comes again as it was; one that got lost comes late. */
const replay = (which: number): Command =>
  command(`replay(${which})`, async (expected, world) => {
    const { model } = expected;
    const kept = expected.sent[which % Math.max(1, expected.sent.length)];
    if (!kept) return;
    const { sent } = kept;
    const outcome = await deliver(expected, world, sent);
    // Times are whole seconds in a signature.
    const [now, at] = [Math.floor(model.now / 1000) * 1000, Math.floor(sent.at / 1000) * 1000];
    if (at > now + EARLY_MS || now > at + WINDOW_MS) expect(outcome.tag).toBe('SignatureExpired');
    else if (kept.admitted && !(kept.forgotten && outcome.tag !== 'Replayed')) expect(outcome.tag).toBe('Replayed');
    else {
      settle(expected, sent.asked, outcome);
      [kept.admitted, kept.forgotten] = [true, false];
    }
  });

/** The store fails under a request. Where the transaction is on the disk all the same, the holder starts again: then the answer is there, though nobody saw it. */
const crash = (asked: Request, fault: StoreFaultAt): Command =>
  command(`crash(${nameOf(asked)}, ${JSON.stringify(fault)})`, async (expected, world) => {
    const { model } = expected;
    const verdict = model.verdict(asked);
    const known = model.answers.has(nameOf(asked));
    const sent = world.send(asked);
    const outcome = await deliver(expected, world, sent, fault);
    const reached = fault.transaction === 1 || (verdict === 'answered' && !known);
    if (!reached) settle(expected, asked, outcome);
    else {
      expect(outcome.tag).toBe('InternalError');
      if (fault.transaction === 2 && fault.durable) {
        model.charge(asked);
        model.answers.set(nameOf(asked), UNSEEN);
      }
    }
    if (fault.durable) await world.start();
    expected.sent.push({ sent, admitted: fault.transaction === 2 || fault.durable, forgotten: false });
  });

/** Many at once for one price: as many are answered as the model answers one after the other, whichever they are. */
const burst = (query: Query, count: number, twice: boolean): Command =>
  command(`burst(${nameOf(query)} × ${count}${twice ? ', each twice' : ''})`, async (expected, world) => {
    const { model } = expected;
    const queries = Array.from({ length: count }, () => ({ ...query, repeat: 1000 + expected.fresh++ }));
    const sent = queries.flatMap((asked) => Array.from({ length: twice ? 2 : 1 }, () => world.send(asked)));
    noteForgotten(expected);
    const outcomes = await Promise.all(sent.map((one) => world.deliver(one)));
    const answered = new Map<string, string>();
    for (const [i, { tag, hash }] of outcomes.entries()) {
      const name = nameOf(sent[i]!.asked);
      if (tag !== 'answered') {
        expect(['BudgetSpent', 'RateExceeded', 'BadPrice', 'NotGranted', 'CohortTooSmall', 'OutOfStep']).toContain(tag);
        // Of two equal ones none is refused what the other got.
        expect(answered.has(name)).toBe(false);
      } else {
        expect(answered.get(name) ?? hash).toBe(hash);
        answered.set(name, hash);
      }
    }
    let room = 0;
    const trial = queries.filter((one) => answered.has(nameOf(one)));
    for (const one of trial) {
      expect(model.verdict(one)).toBe('answered');
      model.charge(one);
      model.answers.set(nameOf(one), answered.get(nameOf(one))!);
      room++;
    }
    // Nobody was refused while there was room.
    const refused = queries.filter((one) => !answered.has(nameOf(one)));
    for (const one of refused) expect(`${room} answered, ${model.verdict(one)}`).not.toMatch(/ answered$/);
  });

const tick = (ms: number): Command =>
  command(`tick(${ms})`, async ({ model }, world) => {
    model.now = Math.max(1_000_000_000_000, model.now + ms);
    world.now = model.now;
  });

const restart: Command = command('restart', async (_, world) => world.start());

const grant = (which: number): Command =>
  command(`grant(${which})`, async ({ model }, world) => {
    model.terms = TERMS[which]!;
    await world.adopt(model.terms, world.file);
  });

const rotate: Command = {
  ...command('rotate', async ({ model }, world) => {
    model.live = [8];
    // Answers of a key that is gone are gone.
    for (const name of model.answers.keys()) if (/"what":"match","epoch":7/.test(name)) model.answers.delete(name);
    await world.adopt(model.terms, 1);
  }),
  check: ({ model }) => model.live.length === 2,
};

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
const faults: fc.Arbitrary<StoreFaultAt> = fc.record({
  transaction: fc.constantFrom(1 as const, 2 as const, 2 as const),
  durable: fc.boolean(),
});
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
      fc.nat(TERMS.length - 1).map(grant),
      fc.constant(rotate),
    ],
    { maxCommands, size: 'max' },
  );

/** At the start both epochs are live. @param policy the first one in force: 0 is generous, 1 is narrow in every way */
export const begin = (now: number, policy: 0 | 1): { readonly expected: Expected; readonly terms: Terms } => {
  const terms = TERMS[policy]!;
  return { expected: { model: new Model(now, terms), sent: [], fresh: 0 }, terms };
};

/** At the end the log says exactly what was charged: one entry for each answer, none for a refusal. */
export const checkLog = async ({ model, sent }: Expected, world: World): Promise<number> => {
  const entries = await world.logged();
  const elements = entries.filter(({ leaf }) => leaf === 'match').reduce((sum, { took }) => sum + Number(took), 0);
  expect(elements).toBe(model.account(7).elements + model.account(8).elements);
  expect(entries.filter(({ leaf }) => leaf === 'signal').length).toBe(model.account(7).signals + model.account(8).signals);
  const queries = [...model.answers.keys()].filter((name) => name.startsWith('{"what":"query"'));
  expect(entries.filter(({ leaf }) => leaf !== 'match').length).toBe(queries.length);
  return sent.length;
};
