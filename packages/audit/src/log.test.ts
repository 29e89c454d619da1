import { bytesToHex, E } from '@vouchsafe/core';
import { describe, expect, it } from 'vitest';
import { appendEntry } from './append.ts';
import { openCheckpoint, signCheckpoint } from './checkpoint.ts';
import { MAX_ENTRY_BYTES } from './leaf.ts';
import { entryOf, grow, log, logOf, mth, origin, path, right, signer, tagOf } from './log.test.fixture.ts';
import { MAX_PAGE_ENTRIES, proveConsistency, proveInclusion, readCheckpoint, readEntries, readReceipt, readSize } from './log.ts';
import { createTestStore, type TestStore } from './store.test.fixture.ts';
import { numberKey } from './tables.ts';
import { EMPTY_ROOT } from './tree.ts';

const entries = (n: number): readonly Uint8Array[] => Array.from({ length: n }, (_, i) => entryOf(i));
const append = (store: TestStore) => appendEntry(store, { entry: entryOf(99), signer, origin });
const dump = (store: TestStore): string =>
  [...store.tables]
    .map(([name, rows]) => `${name} ${rows.map(({ key, value }) => `${bytesToHex(key)}=${bytesToHex(value)}`).join()}`)
    .join('\n');

describe('appending', () => {
  it('gives each entry the receipt of RFC 6962 under a checkpoint over exactly index + 1 entries', () => {
    const receipts = grow(createTestStore(), 21);
    for (const [i, { index, entry, checkpoint, proof }] of receipts.entries()) {
      const so = entries(i + 1);
      expect([index, entry]).toEqual([i, entryOf(i)]);
      const { size, root } = right(openCheckpoint(checkpoint, log));
      expect([size, bytesToHex(root)]).toEqual([i + 1, mth(so).toString('hex')]);
      expect(proof.map(bytesToHex)).toEqual(path(i, so).map((hash) => hash.toString('hex')));
    }
  });

  it('stores each entry, each full subtree of two or more once, and each checkpoint', () => {
    const store = logOf(100);
    // 100 leaves: 50 + 25 + 12 + 6 + 3 + 1 full subtrees above them.
    expect([...store.tables].map(([name, rows]) => [name, rows.length])).toEqual([
      ['log-checkpoints', 100],
      ['log-leaves', 100],
      ['log-nodes', 97],
    ]);
  });

  it('writes the same bytes for the same entries, in one transaction or many', () => {
    expect(dump(logOf(50))).toBe(dump(logOf(50)));
    const store = createTestStore();
    for (let i = 0; i < 50; i++)
      grow(
        store.read((same) => same),
        1,
      );
    expect(dump(store)).toBe(dump(logOf(50)));
  });

  it('takes any bytes up to the cap', () => {
    const store = createTestStore();
    for (const length of [0, 1, MAX_ENTRY_BYTES])
      expect(tagOf(appendEntry(store, { entry: new Uint8Array(length), signer, origin }))).toBe('Right');
    expect(() => appendEntry(store, { entry: new Uint8Array(MAX_ENTRY_BYTES + 1), signer, origin })).toThrow(RangeError);
  });

  /** Every way in which the part that an append builds on can be wrong: 6 entries have the peaks (4) and (2). */
  it.each<[string, (store: TestStore) => void]>([
    ['its last entry is gone', (store) => store.tables.get('log-leaves')!.pop()],
    ['its last checkpoint is gone', (store) => store.tables.get('log-checkpoints')!.pop()],
    ['all entries are gone', (store) => store.tables.set('log-leaves', [])],
    ['all checkpoints are gone', (store) => store.tables.set('log-checkpoints', [])],
    ['a subtree is gone', (store) => store.tables.get('log-nodes')!.pop()],
    ['a subtree is another', (store) => spoil(store, 'log-nodes', 2)],
    ['a subtree is cut off', (store) => cut(store, 'log-nodes', 2)],
    ['its last checkpoint is another', (store) => spoil(store, 'log-checkpoints', 5)],
    ['there is an entry too many', (store) => store.put('log-leaves', numberKey(6), entryOf(6))],
    ['a key has another length', (store) => store.put('log-leaves', new Uint8Array(7).fill(255), entryOf(6))],
    [
      'a checkpoint stands under size 0',
      (store) => {
        for (const table of store.tables.keys()) store.tables.set(table, []);
        store.put('log-checkpoints', numberKey(0), signCheckpoint({ origin, size: 0, root: EMPTY_ROOT }, signer));
      },
    ],
    ['a checkpoint’s key has another length', (store) => store.put('log-checkpoints', new Uint8Array(7).fill(255), entryOf(6))],
  ])('signs nothing and writes nothing when %s', (_, damage) => {
    const store = logOf(6);
    damage(store);
    const before = dump(store);
    expect(tagOf(append(store))).toBe('LogBroken');
    expect(dump(store)).toBe(before);
  });

  it('does not go on with another origin', () => {
    const store = logOf(6);
    expect(tagOf(appendEntry(store, { entry: entryOf(6), signer, origin: 'federation/lender-b' }))).toBe('LogBroken');
  });

  it('sees a changed last entry when it is a peak of its own', () => {
    const store = logOf(7);
    spoil(store, 'log-leaves', 6);
    expect(tagOf(append(store))).toBe('LogBroken');
  });
});

const spoil = (store: TestStore, table: string, row: number): void => {
  const rows = store.tables.get(table)!;
  rows[row] = { ...rows[row]!, value: rows[row]!.value.with(5, rows[row]!.value[5]! ^ 1) };
};
const cut = (store: TestStore, table: string, row: number): void => {
  const rows = store.tables.get(table)!;
  rows[row] = { ...rows[row]!, value: rows[row]!.value.subarray(1) };
};

describe('reading', () => {
  const store = logOf(300);

  it('knows its size and newest checkpoint, and those of an empty log', () => {
    expect(readSize(store)).toEqual(E.right(300));
    expect(right(openCheckpoint(readCheckpoint(store)!, log)).size).toBe(300);
    expect(readSize(createTestStore())).toEqual(E.right(0));
    expect(readCheckpoint(createTestStore())).toBeUndefined();
    expect(tagOf(proveInclusion(createTestStore(), { index: 0, size: 1 }))).toBe('NotInLog');
    expect(readEntries(createTestStore(), { from: 0, count: 5 })).toEqual(E.right([]));
  });

  it('gives each receipt again, byte for byte', () => {
    const receipts = grow(createTestStore(), 40);
    const again = logOf(90);
    for (const [index, receipt] of receipts.entries()) expect(readReceipt(again, index)).toEqual(E.right(receipt));
    expect(tagOf(readReceipt(again, 90))).toBe('NotInLog');
    expect(tagOf(readReceipt(again, -1))).toBe('NotInLog');
  });

  it('gives entries in pages', () => {
    expect(readEntries(store, { from: 3, count: 4 })).toEqual(E.right([3, 4, 5, 6].map(entryOf)));
    expect(right(readEntries(store, { from: 0, count: 1e6 })).length).toBe(MAX_PAGE_ENTRIES);
    expect(readEntries(store, { from: 298, count: 10 })).toEqual(E.right([298, 299].map(entryOf)));
    expect(readEntries(store, { from: 300, count: 10 })).toEqual(E.right([]));
    expect(readEntries(store, { from: 1, count: 0 })).toEqual(E.right([]));
  });

  it('refuses numbers that are not within it', () => {
    const bad = [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 301, 2 ** 48, 2 ** 64];
    for (const n of bad) {
      expect(tagOf(proveInclusion(store, { index: 0, size: n }))).toBe('NotInLog');
      expect(tagOf(proveInclusion(store, { index: n, size: 300 }))).toBe('NotInLog');
      expect(tagOf(proveConsistency(store, { first: n, second: 300 }))).toBe('NotInLog');
      expect(tagOf(proveConsistency(store, { first: 1, second: n }))).toBe('NotInLog');
      expect(tagOf(readEntries(store, { from: n, count: 1 }))).toBe('NotInLog');
    }
    expect(tagOf(proveInclusion(store, { index: 5, size: 5 }))).toBe('NotInLog');
    expect(tagOf(proveConsistency(store, { first: 6, second: 5 }))).toBe('NotInLog');
    expect(tagOf(readEntries(store, { from: 0, count: -1 }))).toBe('NotInLog');
    expect(proveConsistency(store, { first: 0, second: 5 })).toEqual(E.right([]));
    expect(proveConsistency(store, { first: 5, second: 5 })).toEqual(E.right([]));
  });

  it('says so when what it needs is not there', () => {
    const damaged = logOf(6);
    damaged.tables.get('log-nodes')!.length = 0;
    expect(proveInclusion(damaged, { index: 0, size: 6 })).toMatchObject({ left: { _tag: 'LogBroken' } });
    const short = logOf(6);
    cut(short, 'log-nodes', 0);
    expect(proveInclusion(short, { index: 2, size: 6 })).toMatchObject({ left: { _tag: 'LogBroken' } });
    damaged.delete('log-leaves', numberKey(3));
    expect(readEntries(damaged, { from: 0, count: 6 })).toMatchObject({ left: { _tag: 'LogBroken', index: 3 } });
    const noNotes = logOf(6);
    noNotes.delete('log-checkpoints', numberKey(3));
    expect(readReceipt(noNotes, 2)).toMatchObject({ left: { _tag: 'LogBroken', index: 2 } });
  });
});
