import { setTimeout as sleep } from 'node:timers/promises';
import { readLeaf } from '@vouchsafe/audit';
import { bytesToHex, E, Secret } from '@vouchsafe/core';
import { openKeyring } from '@vouchsafe/core/at-rest';
import { createHolderStore } from '@vouchsafe/holder';
import { expect } from 'vitest';
import { opened, runProgram } from './store.test.process.ts';

const NO_ROW = 0xffff_ffff;

/** Reads a killed holder's store: what its rows have spent is what its stored answers say, answer by answer, and no row has spent more than it had. @returns units spent in all */
const checkRows = async (
  folder: string,
  { rows, cap, acknowledged }: { readonly rows: number; readonly cap: number; readonly acknowledged: ReadonlySet<string> },
): Promise<number> => {
  const kv = await opened(folder);
  const keyring = await openKeyring({ kv, unlock: { key: new Secret(new Uint8Array(32).fill(3)) } })();
  if (E.isLeft(keyring)) throw new Error(keyring.left.message);
  const store = createHolderStore({ kv, keyring: keyring.right });
  const answered = new Uint32Array(rows);
  const logged = new Set<string>();
  for (let from = 0; ; ) {
    const page = await store.log.entries({ from, count: 500 });
    if (E.isLeft(page) || page.right.length === 0) break;
    for (const entry of page.right) {
      const leaf = readLeaf(entry);
      if (E.isLeft(leaf) || leaf.right.leaf !== 'query') throw new Error('an entry of the log is no entry about a query');
      logged.add(bytesToHex(leaf.right.digest));
      const answer = await store.answered({ bureau: 'bureau', epoch: 7, digest: leaf.right.digest });
      for (const row of new Uint32Array(answer!.rows.slice().buffer)) if (row !== NO_ROW) answered[row]!++;
    }
    from += page.right.length;
  }
  for (const digest of acknowledged) expect(logged).toContain(digest);
  const { ledger } = await store.table({ bureau: 'bureau', scheme: 'cn-rid', epoch: 7 }, 1);
  const keys = Buffer.alloc(32 * rows);
  for (let row = 0; row < rows; row++) keys.writeUInt32BE(row + 1, 32 * row);
  for (let level = 1; level <= cap; level++) {
    const open = await ledger.turn({ charge: 1, cap: level }, async (table) => {
      await table.gather(new Uint8Array(keys) as never, [0]);
      return [...table.debit().rows];
    });
    expect(open).toEqual([...answered].map((own, row) => (own < level ? row : NO_ROW)));
  }
  expect(Math.max(...answered)).toBeLessThanOrEqual(cap);
  await store.close();
  return answered.reduce((sum, own) => sum + own, 0);
};

/** Kills a holder at work again and again until its rows have nothing left: each has spent exactly what it had. */
export const killRowsRounds = async (
  folder: string,
  { rows, cap }: { readonly rows: number; readonly cap: number },
): Promise<void> => {
  const acknowledged = new Set<string>();
  let kills = 0;
  const work = async (patience: number): Promise<void> => {
    const { child, lines, says, ended } = runProgram('rows.test.child.js', [folder, String(rows), String(cap)]);
    await says('open');
    if (patience < 1000) {
      await Promise.race([sleep(patience), ended]);
      child.kill('SIGKILL');
    }
    await ended;
    if (!lines.includes('spent')) kills++;
    for (const line of lines) {
      const [, digest] = /^ack (\w{128})$/.exec(line) ?? [];
      if (digest !== undefined) acknowledged.add(digest);
    }
  };
  for (let round = 0; round < 4; round++) {
    await work(5 + Math.random() * 40);
    await checkRows(folder, { rows, cap, acknowledged });
  }
  await work(60_000);
  expect(await checkRows(folder, { rows, cap, acknowledged })).toBe(rows * cap);
  expect(kills).toBeGreaterThan(1);
};
