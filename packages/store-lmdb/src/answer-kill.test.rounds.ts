import { createHash } from 'node:crypto';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readLeaf } from '@vouchsafe/audit';
import { compareRational, createSigner, E, rational, Secret } from '@vouchsafe/core';
import { newMemberSecrets } from '@vouchsafe/core/at-rest';
import { createHolderStore } from '@vouchsafe/holder';
import { seededRng } from '@vouchsafe/testkit';
import { expect } from 'vitest';
import { EPOCH, HOLDER, KEY, type Reply, type SealedFederation } from './answer.test.federation.ts';
import { openStore } from './index.ts';
import { type Running, runProgram } from './store.test.process.ts';

const hashOf = ({ body }: Reply): string => createHash('sha256').update(body).digest('hex');
const problemOf = ({ body }: Reply): string => JSON.parse(new TextDecoder().decode(body)).type.split(':').at(-1);

/** A copy of the sealed store, with its own budget. */
export interface Scenario {
  readonly folder: string;
  readonly sealed: SealedFederation;
  /** Queries that the budget is for. */
  readonly cap: number;
}

export const copyStore = async (sealed: SealedFederation, name: string, cap: number): Promise<Scenario> => {
  const folder = join(sealed.store, '..', name);
  await cp(sealed.store, folder, { recursive: true });
  return { folder, sealed, cap };
};

/** Holders that run: a test that fails leaves its own. */
const all = new Set<Running>();

const spawn = (): Running => {
  const running = runProgram('answer.test.child.js', []);
  all.add(running);
  void running.ended.then(() => all.delete(running));
  return running;
};

/** The next one loads its modules while another is at work. */
let spare: Running | undefined;

/** Opens the store in a new process. */
export const start = ({ folder, sealed: { file, auditorKey, port }, cap }: Scenario): Running => {
  const running = spare ?? spawn();
  spare = spawn();
  running.child.stdin!.write(`go ${[folder, file, auditorKey, port, cap].join(' ')}\n`);
  return running;
};

export const endAll = async (): Promise<void> => {
  spare = undefined;
  for (const running of all) await kill(running);
};

/** Waits until it answers: opening the store, checking the log and opening the port took less than five seconds. */
export const ready = async ({ says }: Running): Promise<void> => {
  const [, ms] = (await says('ready')).split(' ');
  expect(Number(ms)).toBeLessThan(5000);
};

const tell = async ({ child, says }: Running, line: string): Promise<void> => {
  child.stdin!.write(`${line}\n`);
  await says(`done ${line}`);
};

const kill = async ({ child, ended }: Running): Promise<void> => {
  child.kill('SIGKILL');
  await ended;
};

/**
 * Looks at a store whose process has ended: it is whole, and spending, log, stored answers and the rows' debits say the same.
 * @returns how many queries were answered
 */
export const answersIn = async ({ folder, cap }: Scenario): Promise<number> => {
  const opened = await openStore({ folder, use: 'holder', unlock: { key: new Secret(KEY.slice()) } })();
  if (E.isLeft(opened)) throw new Error(opened.left.message);
  const { kv } = opened.right;
  const store = createHolderStore(opened.right);
  const signer = createSigner(newMemberSecrets(seededRng(HOLDER)).signSeed);
  expect(await store.log.verify({ origin: `test/${HOLDER}`, signer })()).toEqual(E.right(undefined));
  const account = { bureau: 'bureau', epoch: EPOCH };
  const { epsilon } = await store.spent(account);
  let answers = 0;
  for (let from = 0; ; ) {
    const page = await store.log.entries({ from, count: 500 });
    if (E.isLeft(page) || page.right.length === 0) break;
    for (const [i, entry] of page.right.entries()) {
      const leaf = readLeaf(entry);
      if (E.isLeft(leaf)) throw new Error('an entry of the log is none');
      if (leaf.right.leaf !== 'query') continue;
      answers++;
      expect(leaf.right.charge).toEqual(rational(1));
      expect(await store.answered({ ...account, digest: leaf.right.digest })).toBeDefined();
      expect(await store.opening(from + i)).toMatchObject({ matched: 24 });
    }
    from += page.right.length;
  }
  expect(epsilon).toEqual(rational(answers));
  expect(compareRational(epsilon, rational(cap))).toBeLessThanOrEqual(0);
  const counts = kv.read((reader) => ['answers', 'openings', 'row-spending'].map((table) => [...reader.range(table)].length));
  // The rows' debits have one entry besides: the number of the last.
  expect(counts).toEqual([answers, answers, answers === 0 ? 0 : answers + 1]);
  expect((await store.answerTimes('bureau', 'query')).length).toBeLessThanOrEqual(answers);
  await store.close();
  return answers;
};

/** What the bureau got: each query with the hash of its answer. */
type Got = Map<number, string>;

/** An answer is kept; one that comes again is the same. */
const take = (got: Got, repeat: number, reply: Reply): void => {
  if (reply.status !== 200) throw new Error(`refused: ${problemOf(reply)}`);
  expect(hashOf(reply)).toBe(got.get(repeat) ?? hashOf(reply));
  got.set(repeat, hashOf(reply));
};

/**
 * Kills a holder at random moments while a bureau asks four at a time and asks again whatever was lost, over as many budgets as it takes: nothing that was acknowledged is lost or charged twice, nothing
 * is spent beyond the budget, and in the end exactly the budget is.
 */
export const killWhileAnswering = async (sealed: SealedFederation, kills: number): Promise<void> => {
  const cap = 30;
  let killed = 0;
  let busy = 0;
  for (let run = 0; killed < kills; run++) {
    const scenario = await copyStore(sealed, `random-${kills}-${run}`, cap);
    const got: Got = new Map();
    for (let spent = false; !spent; ) {
      const running = start(scenario);
      const last = killed >= kills;
      // One in ten ends while it opens its store, the others at work: after so many more answers, and a little later. The very last comes to its end.
      const early = !last && Math.random() < 0.1;
      const [enough, delay] = [got.size + Math.floor(Math.random() * 9), Math.random() * 15];
      let next = 0;
      let over = false;
      const worker = async (): Promise<void> => {
        while (!over) {
          const repeat = next++;
          // What it got is asked for again, too, now and then.
          if (got.has(repeat) && Math.random() < 0.8) continue;
          const reply = await sealed.ask(repeat).catch(() => undefined);
          if (reply === undefined) return;
          if (reply.status === 429) {
            expect(problemOf(reply)).toBe('BudgetSpent');
            [over, spent] = [true, true];
          } else take(got, repeat, reply);
        }
      };
      if (early) await sleep(Math.random() * 300);
      else {
        await ready(running);
        const before = got.size;
        const working = Promise.all(Array.from({ length: 4 }, worker));
        while (!over && (last || got.size < enough)) await sleep(2);
        await sleep(delay);
        over = true;
        if (got.size > before && !spent) busy++;
        await kill(running);
        await working;
      }
      await kill(running);
      killed++;
      const answers = await answersIn(scenario);
      expect(answers).toBeGreaterThanOrEqual(got.size);
      expect(spent && answers < cap).toBe(false);
    }
    expect(await answersIn(scenario)).toBe(cap);
  }
  // Most kills hit a holder at work.
  expect(busy).toBeGreaterThan(killed / 3);
};

/** The steps of an answer in their order, as the program itself tells them. */
const pointsOfAnswer = async (scenario: Scenario): Promise<readonly string[]> => {
  const running = start(scenario);
  await ready(running);
  await tell(running, 'trace');
  expect((await scenario.sealed.ask(0)).status).toBe(200);
  await running.says('traced');
  await kill(running);
  return running.lines.filter((line) => line.startsWith('point ')).map((line) => line.slice(6));
};

/** How many nodes of the log's tree an entry completes depends on its number, and how often something is read on what is known already. */
const VARYING = /log-nodes|^read$/;

/**
 * Ends the holder at each of the steps of an answer, once; then asks again for everything.
 * @param every also between a write within a transaction and the next one, and at each read and step before the commit
 */
export const failAtEachPoint = async (sealed: SealedFederation, every: boolean): Promise<void> => {
  const points = await pointsOfAnswer(await copyStore(sealed, 'trace', 1));
  const written = ['nonces', 'spending', 'row-spending', 'rates', 'answers', 'openings', 'log-leaves', 'log-checkpoints'];
  for (const table of written) expect(points).toContain(`before put ${table}`);
  for (const point of [
    'request here',
    'store.admit',
    'store.answered',
    'store.spent',
    'store.commit',
    'answer made',
    'answer sent',
  ])
    expect(points).toContain(point);
  const named = points.map((point, i) => ({ i, point, times: points.slice(0, i + 1).filter((own) => own === point).length }));
  const [begins, durable] = [points.lastIndexOf('transaction begins'), points.lastIndexOf('transaction durable')];
  const scenario = await copyStore(sealed, 'points', named.length);
  const got: Got = new Map();
  let before = 0;
  // Before the commit nothing is at stake: of that part the first steps, to where the nonce is taken.
  const matters = ({ i, point, times }: (typeof named)[number]): boolean =>
    !point.startsWith('after put') &&
    (times === 1 || !VARYING.test(point)) &&
    (i >= points.indexOf('store.commit') || i <= points.indexOf('store.admit'));
  const tried = named.filter((one) => every || matters(one));
  for (const [repeat, { i, point, times }] of tried.entries()) {
    const running = start(scenario);
    await ready(running);
    await tell(running, `fail ${times} ${point}`);
    const reply = await sealed.ask(repeat).catch(() => undefined);
    if (reply !== undefined) {
      expect(point === 'answer sent' || VARYING.test(point), point).toBe(true);
      take(got, repeat, reply);
    }
    await kill(running);
    // Before the commit is on the disk there is nothing of it, behind it there is all.
    const answers = await answersIn(scenario);
    expect([before, before + 1]).toContain(answers);
    if (i <= begins) expect(answers, point).toBe(before);
    if (i >= durable || reply) expect(answers, point).toBe(before + 1);
    before = answers;
  }
  // What was committed costs nothing more, and what was not is answered now.
  const running = start({ ...scenario, cap: tried.length });
  await ready(running);
  for (const repeat of tried.keys()) take(got, repeat, await sealed.ask(repeat));
  expect(problemOf(await sealed.ask(tried.length))).toBe('BudgetSpent');
  await kill(running);
  expect(await answersIn(scenario)).toBe(tried.length);
};

/** Cuts the connection in the place of the answer, a hundred times, with kills between: the same bytes each time, and one debit. */
export const dropAnswers = async (sealed: SealedFederation, times: number, kills: number): Promise<void> => {
  const scenario = await copyStore(sealed, `dropped-${times}`, 2);
  const hashes = new Set<string>();
  for (let life = 0; life <= kills; life++) {
    const running = start(scenario);
    await ready(running);
    await tell(running, 'drop on');
    for (let i = 0; i < times / (kills + 1); i++) await expect(sealed.ask(0)).rejects.toThrow();
    const dropped = running.lines.filter((line) => line.startsWith('dropped'));
    expect(dropped.length).toBe(Math.ceil(times / (kills + 1)));
    for (const line of dropped) {
      const [, status, hash] = line.split(' ');
      expect(status).toBe('200');
      hashes.add(hash!);
    }
    await tell(running, 'drop off');
    hashes.add(hashOf(await sealed.ask(0)));
    await kill(running);
  }
  expect(hashes.size).toBe(1);
  expect(await answersIn(scenario)).toBe(1);
};

/** 64 queries at once on a budget for ten, again and again: ten are answered, the others are told why not. */
export const crowd = async (sealed: SealedFederation, rounds: number): Promise<void> => {
  const scenario = await copyStore(sealed, `crowd-${rounds}`, 10 * rounds);
  const running = start({ ...scenario, cap: 0 });
  await ready(running);
  for (let round = 1; round <= rounds; round++) {
    await tell(running, `cap ${10 * round}`);
    const replies = await Promise.all(Array.from({ length: 64 }, (_, i) => sealed.ask(64 * round + i)));
    expect(replies.filter(({ status }) => status === 200).length).toBe(10);
    for (const reply of replies) if (reply.status !== 200) expect(problemOf(reply)).toBe('BudgetSpent');
  }
  await kill(running);
  expect(await answersIn(scenario)).toBe(10 * rounds);
};
