import type fc from 'fast-check';
import { expect } from 'vitest';
import { type Model, nameOf, type Query, type Request, type Terms } from './model.test.fixture.ts';
import type { Outcome, Sent, StoreFaultAt, World } from './world.test.fixture.ts';

/** What the holder should have done, and the requests that were sent: those that got lost come later, others again. */
export interface Expected {
  readonly model: Model;
  readonly sent: { readonly sent: Sent; admitted: boolean /** Its nonce may be cleared away. */; forgotten: boolean }[];
  fresh: number;
}

export type Command = fc.AsyncCommand<Expected, World>;

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
export const ask = (asked: Request, lost: 'none' | 'request' | 'answer'): Command =>
  command(`ask(${nameOf(asked)}, lost: ${lost})`, async (expected, world) => {
    const sent = world.send(asked);
    const kept = { sent, admitted: lost !== 'request', forgotten: false };
    if (lost !== 'request') settle(expected, asked, await deliver(expected, world, sent));
    expected.sent.push(kept);
  });

/** A recorded request comes again as it was; one that got lost comes late. */
export const replay = (which: number): Command =>
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

/**
 * The store fails under a request's commit, of its answer or, where it brings about nothing new, of its nonce. Where the transaction is on the disk all the same, the holder starts again: then the answer is there, though
 * nobody saw it. Where it is not, the nonce stays in the holder's memory until it is written with something else, or is lost with the process.
 */
export const crash = (asked: Request, fault: StoreFaultAt): Command =>
  command(`crash(${nameOf(asked)}, ${JSON.stringify(fault)})`, async (expected, world) => {
    const { model } = expected;
    const verdict = model.verdict(asked);
    const known = model.answers.has(nameOf(asked));
    const sent = world.send(asked);
    expect((await deliver(expected, world, sent, fault)).tag).toBe('InternalError');
    if (fault.durable && verdict === 'answered' && !known) {
      model.charge(asked);
      model.answers.set(nameOf(asked), UNSEEN);
    }
    if (fault.durable) await world.start();
    expected.sent.push({ sent, admitted: true, forgotten: !fault.durable });
  });

/** Many at once for one price: as many are answered as the model answers one after the other, whichever they are. */
export const burst = (query: Query, count: number, twice: boolean): Command =>
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

export const tick = (ms: number): Command =>
  command(`tick(${ms})`, async ({ model }, world) => {
    model.now = Math.max(1_000_000_000_000, model.now + ms);
    world.now = model.now;
  });

export const restart: Command = command('restart', async (_, world) => world.start());

/** Another policy. @param name for the report */
export const grant = (name: string, terms: Terms): Command =>
  command(`grant(${name})`, async ({ model }, world) => {
    model.terms = terms;
    await world.adopt(model.terms, world.file);
  });

export const rotate: Command = {
  ...command('rotate', async ({ model }, world) => {
    model.live = [8];
    // Answers of a key that is gone are gone.
    for (const name of model.answers.keys()) if (/"what":"match","epoch":7/.test(name)) model.answers.delete(name);
    await world.adopt(model.terms, 1);
  }),
  check: ({ model }) => model.live.length === 2,
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
