import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { E, Secret } from '@vouchsafe/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from './index.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vouchsafe-open-store-'));
});
afterEach(() => rm(folder, { recursive: true }));
const key = (fill: number) => ({ key: new Secret(new Uint8Array(32).fill(fill)) });

describe('a party’s store', () => {
  it('opens under its key, for its use, once at a time', async () => {
    const options = { folder: join(folder, 'state'), use: 'holder', unlock: key(1) } as const;
    const first = await openStore(options)();
    if (E.isLeft(first)) throw new Error(first.left.message);
    expect(await openStore(options)()).toMatchObject({ left: { _tag: 'StoreLocked' } });
    await first.right.kv.close();
    expect(await openStore({ ...options, unlock: key(2) })()).toMatchObject({ left: { _tag: 'WrongKey' } });
    expect(await openStore({ ...options, use: 'bureau' })()).toMatchObject({ left: { _tag: 'StoreFromOtherVersion' } });
    const again = await openStore(options)();
    if (E.isLeft(again)) throw new Error(again.left.message);
    await again.right.kv.close();
  });
});
