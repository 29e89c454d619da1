import { createSigner, E, Secret, type Signer, utf8ToBytes } from '@vouchsafe/core';
import { describe, expect, it } from 'vitest';
import { logOf } from '../documents.ts';
import { memoryStore } from './memory.ts';

const signerOf = (byte: number): Signer => createSigner(new Secret(new Uint8Array(32).fill(byte)));
const before = signerOf(1);
const now = signerOf(2);
const stranger = signerOf(3);
const origin = 'test/ant';

/** Two entries under the former key, one under the present one. */
const logOverRotation = async () => {
  const store = await memoryStore();
  for (const [entry, signer] of [
    ['one', before],
    ['two', before],
    ['three', now],
  ] as const)
    await store.append(utf8ToBytes(entry), { origin, signer });
  return store.log;
};

describe('a log whose key was changed', () => {
  it('holds under both keys, and under no other', async () => {
    const log = await logOverRotation();
    expect(E.isRight(await log.verify({ origin, signer: now, formerKeys: [before.publicKey] })())).toBe(true);
    for (const formerKeys of [undefined, [], [stranger.publicKey]])
      expect(await log.verify({ origin, signer: now, formerKeys })()).toMatchObject({ left: { _tag: 'LogBroken' } });
  });

  it('has the keys that the federation document names, also those whose time is over', async () => {
    const hex = (key: Uint8Array): string => Buffer.from(key).toString('hex');
    const documents = {
      federation: { id: 'test' },
      member: { formerKeys: [{ signKey: hex(before.publicKey), until: 1 }] },
      signer: now,
    } as unknown as Parameters<typeof logOf>[0];
    const identity = logOf(documents, 'ant');
    expect(identity.origin).toBe(origin);
    expect(E.isRight(await (await logOverRotation()).verify(identity)())).toBe(true);
  });
});
