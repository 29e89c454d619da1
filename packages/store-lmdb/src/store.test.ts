import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { E } from '@vouchsafe/core';
import { kvContract } from '@vouchsafe/testkit/kv-contract';
import { type LmdbKv, openLmdbKv } from './index.ts';

const opened = async (folder: string): Promise<LmdbKv> => {
  const store = await openLmdbKv({ folder, format: { name: 'test', version: 1 } })();
  if (E.isLeft(store)) throw new Error(store.left.message);
  return store.right;
};

kvContract('LMDB', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vouchsafe-store-'));
  let kv = await opened(folder);
  return {
    kv,
    reopen: async () => {
      await kv.close();
      kv = await opened(folder);
      return kv;
    },
    end: async () => {
      await kv.close();
      await rm(folder, { recursive: true });
    },
  };
});
