import { writeSync } from 'node:fs';
import { encodeLeaf } from '@vouchsafe/audit';
import { bytesToHex, createSigner, csprng, E, Secret } from '@vouchsafe/core';
import { openKeyring } from '@vouchsafe/core/at-rest';
import { createHolderStore } from '@vouchsafe/holder';
import { openLmdbKv } from './index.ts';

/**
 * A crawler with eight connections and the commit behind them: `node quota.test.child.js <folder> <now> <per day> <per epoch>`. It asks for batches of any size until nothing is left, and says each answer
 * that leaves.
 */
const [, , folder, now, elementsPerDay, elementsPerEpoch] = process.argv;
const opened = await openLmdbKv({ folder: folder!, format: { name: 'test', version: 1 } })();
if (E.isLeft(opened)) throw new Error(opened.left.message);
const kv = opened.right;
const keyring = await openKeyring({ kv, unlock: { key: new Secret(new Uint8Array(32).fill(3)) } })();
if (E.isLeft(keyring)) throw new Error(keyring.left.message);
const store = createHolderStore({ kv, keyring: keyring.right });
const log = { origin: 'test/ant', signer: createSigner(new Secret(new Uint8Array(32).fill(7))) };
const quota = { elementsPerDay: Number(elementsPerDay), elementsPerEpoch: Number(elementsPerEpoch) };
const say = (line: string): void => void writeSync(1, `${line}\n`);

const crawl = async (): Promise<void> => {
  for (let most = 40; most > 0; ) {
    const elements = 1 + (csprng(1)[0]! % most);
    const id = { bureau: 'bureau', epoch: 7, scheme: 'cn-rid', request: csprng(32) };
    const answer = { evaluated: csprng(32 * elements), proof: csprng(64) };
    const entry = encodeLeaf({
      leaf: 'match',
      version: 1,
      time: 1_800_000_000,
      querier: 'bureau',
      scheme: 'cn-rid',
      epoch: 7,
      elements,
      request: id.request,
      answer: csprng(32),
      policy: new Uint8Array(32),
    });
    const committed = await store.commitEvaluation({ ...id, quota, now: Number(now), answer, entry }, log);
    if (E.isRight(committed)) say(`ack ${elements} ${bytesToHex(id.request)}`);
    else if (committed.left._tag === 'QuotaSpent') most = Math.min(most, committed.left.remaining);
  }
};
say('open');
await Promise.all(Array.from({ length: 8 }, crawl));
say('spent');
await store.close();
