import { setTimeout as sleep } from 'node:timers/promises';
import { readLeaf } from '@vouchsafe/audit';
import { E, hexToBytes, Secret } from '@vouchsafe/core';
import { openKeyring } from '@vouchsafe/core/at-rest';
import { createHolderStore } from '@vouchsafe/holder';
import { expect } from 'vitest';
import { opened, runProgram } from './store.test.process.ts';

const DAY_MS = 86_400_000;
const MONDAY = 20_000 * DAY_MS + 1000;

/** What a holder's store says of the querier: elements charged, in the log and in stored answers. */
const charged = async (folder: string, requests: ReadonlyMap<string, number>): Promise<number> => {
  const kv = await opened(folder);
  const keyring = await openKeyring({ kv, unlock: { key: new Secret(new Uint8Array(32).fill(3)) } })();
  if (E.isLeft(keyring)) throw new Error(keyring.left.message);
  const store = createHolderStore({ kv, keyring: keyring.right });
  const account = { bureau: 'bureau', epoch: 7 };
  const { elementsOfEpoch } = await store.matchSpent(account, MONDAY);
  let logged = 0;
  for (let from = 0; ; ) {
    const page = await store.log.entries({ from, count: 500 });
    if (E.isLeft(page) || page.right.length === 0) break;
    for (const entry of page.right) {
      const leaf = readLeaf(entry);
      if (E.isLeft(leaf) || leaf.right.leaf !== 'match') throw new Error('an entry of the log is no entry about match');
      logged += leaf.right.elements;
      const answer = await store.evaluated({ ...account, scheme: 'cn-rid', request: leaf.right.request });
      expect(answer?.evaluated.length).toBe(32 * leaf.right.elements);
    }
    from += page.right.length;
  }
  // Debit, entry and answer are one: no crash parts them.
  expect(logged).toBe(elementsOfEpoch);
  for (const [request, elements] of requests) {
    const answer = await store.evaluated({ ...account, scheme: 'cn-rid', request: hexToBytes(request) });
    expect(answer?.evaluated.length).toBe(32 * elements);
  }
  await store.close();
  return logged;
};

/** Kills the crawler's holder again and again until its quota is spent: it gets exactly that, on the first day and in all. */
export const killQuotaRounds = async (folder: string, size: number): Promise<void> => {
  const [perDay, perEpoch] = [3 * size, 5 * size];
  const requests = new Map<string, number>();
  let kills = 0;

  /** @returns was it spent? */
  const crawl = async (now: number, patience: number): Promise<boolean> => {
    const { child, lines, says, ended } = runProgram('quota.test.child.js', [folder, now, perDay, perEpoch].map(String));
    await says('open');
    // Without patience it is killed at work; else it comes to its end.
    if (patience < 1000) {
      await Promise.race([sleep(patience), ended]);
      child.kill('SIGKILL');
    }
    await ended;
    const spent = lines.includes('spent');
    if (!spent) kills++;
    for (const line of lines) {
      const [, elements, request] = /^ack (\d+) (\w{64})$/.exec(line) ?? [];
      if (request !== undefined) requests.set(request, Number(elements));
    }
    return spent;
  };
  const total = async (): Promise<number> => {
    const all = await charged(folder, requests);
    const acknowledged = [...requests.values()].reduce((sum, elements) => sum + elements, 0);
    expect(all).toBeGreaterThanOrEqual(acknowledged);
    return all;
  };

  for (let round = 0; round < 2; round++) {
    if (await crawl(MONDAY, 5 + Math.random() * 30)) break;
    expect(await total()).toBeLessThanOrEqual(perDay);
  }
  await crawl(MONDAY, 60_000);
  expect(await total()).toBe(perDay);
  // A clock that was put back brings nothing.
  await crawl(MONDAY - DAY_MS, 60_000);
  expect(await total()).toBe(perDay);
  // A new day, and the epoch's quota is what is left.
  await crawl(MONDAY + DAY_MS, 5 + Math.random() * 30);
  expect(await total()).toBeLessThanOrEqual(perEpoch);
  await crawl(MONDAY + 5 * DAY_MS, 60_000);
  expect(await total()).toBe(perEpoch);
  expect(kills).toBeGreaterThan(1);
};
