import { bytesToHex, E, type Kv, type KvReader, memoryKv } from '@vouchsafe/core';
import { describe, expect, it } from 'vitest';
import { appendEntry } from './append.ts';
import { entryOf, log, logOf, origin, right, signer } from './log.test.fixture.ts';
import { readCheckpoint, readReceipt, readSize } from './log.ts';
import { LOG_TABLES, numberKey } from './tables.ts';
import { verifyStoredLog } from './verify-stored.ts';

const append = (store: Kv, i: number) =>
  store.commit((writer) => {
    // A debit, in the same transaction.
    writer.put('budgets', numberKey(i), Uint8Array.of(1));
    const receipt = appendEntry(writer, { entry: entryOf(i), signer, origin });
    if (E.isLeft(receipt)) throw new Error(receipt.left.message);
    return receipt.right;
  });

const dump = (reader: KvReader): string =>
  Object.values(LOG_TABLES)
    .map((table) => [...reader.range(table)].map(({ key, value }) => `${bytesToHex(key)}=${bytesToHex(value)}`).join())
    .join('\n');

describe('a log within the transactions of a store', () => {
  it('grows by commits that wait at the same time, one after the other', async () => {
    const store = memoryKv();
    const receipts = await Promise.all(Array.from({ length: 100 }, (_, i) => append(store, i)));
    expect(receipts.map(({ index }) => index)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(store.read(dump)).toBe(dump(logOf(100)));
    expect(store.read((reader) => right(readReceipt(reader, 42)))).toEqual(receipts[42]);
    expect(await verifyStoredLog({ store, log })()).toMatchObject({ right: { size: 100 } });
  });

  it('is as if nothing had been when the transaction fails after the entry, and goes on at the same index', async () => {
    const store = memoryKv();
    await append(store, 0);
    const before = store.read(dump);
    const failing = store.commit((writer) => {
      right(appendEntry(writer, { entry: entryOf(9), signer, origin }));
      throw new Error('the debit failed');
    });
    await expect(failing).rejects.toThrow('the debit failed');
    expect(store.read(dump)).toBe(before);
    expect((await append(store, 1)).index).toBe(1);
    expect(store.read(dump)).toBe(dump(logOf(2)));
  });

  it('takes several entries in one transaction: each builds on the one before', async () => {
    const store = memoryKv();
    await store.commit((writer) => {
      for (let i = 0; i < 5; i++) right(appendEntry(writer, { entry: entryOf(i), signer, origin }));
      expect(right(readSize(writer))).toBe(5);
    });
    expect(store.read(dump)).toBe(dump(logOf(5)));
    expect(store.read(readCheckpoint)).toEqual(readCheckpoint(logOf(5)));
  });

  it('undoes the debit with the entry when it is damaged', async () => {
    const store = memoryKv();
    await append(store, 0);
    await store.commit((writer) => writer.delete(LOG_TABLES.leaves, numberKey(0)));
    await expect(append(store, 1)).rejects.toThrow('damaged at entry 1');
    expect(store.read((reader) => reader.get('budgets', numberKey(1)))).toBeUndefined();
  });
});
