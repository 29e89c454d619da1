import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSigner, Secret, utf8ToBytes } from '@vouchsafe/core';
import { type MemberSecrets, memberKeys, newMemberSecrets } from '@vouchsafe/core/at-rest';
import { createHolder, createHolderStore, fromIterable } from '@vouchsafe/holder';
import { signFederation } from '@vouchsafe/protocol';
import { openStore } from '@vouchsafe/store-lmdb';
import { seededRng } from '@vouchsafe/testkit';
import { right } from './ours.ts';

const secretsOf = (id: string): MemberSecrets => newMemberSecrets(seededRng(`benchmark match ${id}`));
const keysOf = (id: string) => memberKeys(secretsOf(id));
const HOLDERS = ['ant', 'bee'] as const;
const SCHEME = 'cn-rid';

const DOCUMENT = {
  version: 1,
  id: 'benchmark',
  serial: 1,
  schemes: [SCHEME],
  catalogue: { cohortCap: 1000, columns: [{ kind: 'flag', name: 'late' }] },
  members: [
    { id: 'auditor', role: 'auditor', signKey: keysOf('auditor').signKey },
    { id: 'bureau', role: 'bureau', signKey: keysOf('bureau').signKey },
    ...HOLDERS.map((id) => ({ id, role: 'holder' as const, url: `http://${id}.test`, ...keysOf(id) })),
  ],
  epochs: [{ number: 1, roster: HOLDERS.map((holder) => ({ holder, boxKey: keysOf(holder).boxKey })) }],
} as const;

function* records(count: number) {
  for (let i = 0; i < count; i++)
    yield { row: i + 1, identifier: utf8ToBytes(`${SCHEME}:${i}`) as never, values: { late: false } };
}

/** A holder's load with a store on a disk, from the records to an index that it serves. @returns seconds */
export const measureBuild = async (subjects: number): Promise<number> => {
  const folder = await mkdtemp(join(tmpdir(), 'vouchsafe-bench-match-'));
  const unlock = { key: new Secret(new Uint8Array(32).fill(1)) };
  const opened = right(await openStore({ folder: join(folder, 'store'), use: 'holder', unlock })());
  const holder = right(
    await createHolder({
      federation: signFederation(DOCUMENT, createSigner(secretsOf('auditor').signSeed)),
      auditorKey: keysOf('auditor').signKey,
      id: 'ant',
      secrets: secretsOf('ant'),
      policy: { version: 1, minimumCohort: 20, queriers: [{ bureau: 'bureau', match: true }] },
      source: fromIterable(() => records(subjects)),
      store: createHolderStore(opened),
    })(),
  );
  try {
    const start = performance.now();
    right(await holder.load()());
    return (performance.now() - start) / 1000;
  } finally {
    await holder.close();
    await rm(folder, { recursive: true });
  }
};
