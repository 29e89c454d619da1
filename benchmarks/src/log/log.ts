import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeLeaf, proveConsistency, proveInclusion } from '@vouchsafe/audit';
import { createSigner, E, type Either, rational, Secret } from '@vouchsafe/core';
import { newMemberSecrets } from '@vouchsafe/core/at-rest';
import { createHolderStore } from '@vouchsafe/holder';
import { openStore } from '@vouchsafe/store-lmdb';
import { measurement } from '../measurement.ts';
import type { Case } from '../report.ts';

const ENTRIES = 20_000;
/** Requests that wait at the same time. */
const AT_ONCE = 64;
const PROOFS = 500;

const right = <A>(result: Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(result)) throw new Error(result.left.message);
  return result.right;
};

/** A holder's log on a disk: durable appends with a signed checkpoint each, 64 at once; proofs over the result. */
export const log: Case = async ({ rows = ENTRIES }) => {
  const folder = await mkdtemp(join(tmpdir(), 'vouchsafe-bench-log-'));
  const opened = right(
    await openStore({ folder: join(folder, 'store'), use: 'holder', unlock: { key: new Secret(new Uint8Array(32).fill(1)) } })(),
  );
  const store = createHolderStore(opened);
  try {
    const identity = { origin: 'benchmark/ant', signer: createSigner(newMemberSecrets().signSeed) };
    const hash = new Uint8Array(32).fill(7);
    const entryOf = (i: number): Uint8Array =>
      encodeLeaf({
        leaf: 'query',
        version: 1,
        time: 1_800_000_000 + i,
        querier: 'bureau',
        scheme: 'cn-rid',
        epoch: 1,
        kind: 'aggregate',
        digest: new Uint8Array(64).fill(i & 255),
        cohortRoot: hash,
        cohortSize: 1000,
        purpose: 'benchmark',
        columns: ['present', 'outstanding'],
        matched: hash,
        charge: rational(1),
        policy: hash,
        answer: hash,
      });
    let next = 0;
    const appending = async (): Promise<void> => {
      while (next < rows) await store.append(entryOf(next++), identity);
    };
    const start = performance.now();
    await Promise.all(Array.from({ length: AT_ONCE }, appending));
    const appendSeconds = (performance.now() - start) / 1000;
    const appendsPerSecond = rows / appendSeconds;
    const proving: number[] = [];
    for (let i = 0; i < PROOFS; i++) {
      const index = (i * 7919) % (rows - 1);
      const before = performance.now();
      opened.kv.read((reader) => {
        right(proveInclusion(reader, { index, size: rows }));
        right(proveConsistency(reader, { first: index + 1, second: rows }));
      });
      proving.push((performance.now() - before) / 1000 / 2);
    }
    const proofMs = (1000 * proving.reduce((sum, one) => sum + one, 0)) / PROOFS;
    const verifying = performance.now();
    right(await store.log.verify(identity)());
    const verifySeconds = (performance.now() - verifying) / 1000;
    const about = { backend: 'lmdb', n: rows, warmUp: 0 };
    return {
      backend: 'lmdb',
      figures: { entries: rows, appendsPerSecond, proofMs, verifySeconds },
      ratios: {},
      measurements: [
        measurement({ ...about, name: 'logAppend', seconds: [appendSeconds] }),
        measurement({ ...about, name: 'logProof', seconds: proving }),
        measurement({ ...about, name: 'logVerify', seconds: [verifySeconds] }),
      ],
    };
  } finally {
    await store.close();
    await rm(folder, { recursive: true });
  }
};
