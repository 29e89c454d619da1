import { setTimeout as sleep } from 'node:timers/promises';
import { verifyStoredLog } from '@vouchsafe/audit';
import { createSigner, E, Secret } from '@vouchsafe/core';
import { expect } from 'vitest';
import { opened, runProgram } from './store.test.process.ts';

const log = { origin: 'test/ant', publicKeys: [createSigner(new Secret(new Uint8Array(32).fill(7))).publicKey] };

/** Kills a process at random moments while it appends to its log: every entry that was acknowledged is there, and the log holds from its first entry to its last. */
export const killLogRounds = async (folder: string, rounds: number): Promise<void> => {
  let acknowledged = -1;
  for (let round = 0; round < rounds; round++) {
    const { child, lines, says, ended } = runProgram('log.test.child.js', [folder]);
    await says('open');
    await sleep(20 + Math.random() * 200);
    child.kill('SIGKILL');
    await ended;
    acknowledged = Math.max(acknowledged, ...lines.filter((line) => /^\d+$/.test(line)).map(Number));
    const kv = await opened(folder);
    const verified = await verifyStoredLog({ store: kv, log })();
    if (E.isLeft(verified)) throw new Error(verified.left.message);
    expect(verified.right.size).toBeGreaterThan(acknowledged);
    await kv.close();
  }
  expect(acknowledged).toBeGreaterThan(rounds);
};
