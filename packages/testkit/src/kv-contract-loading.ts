import { bytesToHex, type KvEntry } from '@vouchsafe/core';
import { expect, it } from 'vitest';
import { type Current, key, keysOf, printed, rows } from './kv-contract-rows.ts';

async function* slowly(entries: readonly KvEntry[]): AsyncGenerator<KvEntry, void, undefined> {
  for (const entry of entries) {
    await Promise.resolve();
    yield entry;
  }
}

/** Many entries at once, and a store that is opened again. */
export const loadingContract = (current: Current): void => {
  it('loads many entries in order, between the transactions of others', async () => {
    const { kv } = current();
    const entries = rows(0, 30_000);
    const loading = kv.load('rows', entries);
    let commits = 0;
    let done = false;
    void loading.then(() => {
      done = true;
    });
    while (!done) {
      await kv.commit((writer) => writer.put('counter', key(1), key(1)));
      commits++;
    }
    expect(commits).toBeGreaterThan(5);
    expect(await loading).toBe(30_000);
    expect(await kv.load('rows', slowly(rows(30_000, 31_000)))).toBe(1000);
    expect(await kv.load('rows', [])).toBe(0);
    expect(keysOf(kv, 'rows')).toEqual(rows(0, 31_000).map((entry) => bytesToHex(entry.key)));
    expect(kv.read((reader) => reader.get('rows', entries[29_999]!.key))).toEqual(entries[29_999]!.value);
  });

  it('copies what it loads: the source may use its arrays again', async () => {
    const { kv } = current();
    const again = { key: new Uint8Array(3), value: new Uint8Array(300) };
    function* reusing(): Generator<KvEntry, void, undefined> {
      for (const entry of rows(0, 5000)) {
        again.key.set(entry.key);
        again.value.set(entry.value);
        yield again;
      }
    }
    await kv.load('rows', reusing());
    expect(kv.read((reader) => printed(reader.range('rows')))).toEqual(printed(rows(0, 5000)));
  });

  it('refuses to load out of order, and keeps the entries before', async () => {
    const { kv } = current();
    const disorder = [...rows(0, 10), ...rows(9, 12)];
    await expect(kv.load('rows', disorder)).rejects.toThrow(RangeError);
    await kv.load('rows', rows(20, 30));
    await expect(kv.load('rows', rows(29, 40))).rejects.toThrow(/above those that the table holds/);
    const broken = new Error('the source broke');
    const failing = (function* (): Generator<KvEntry, void, undefined> {
      yield* rows(100, 20_000);
      throw broken;
    })();
    await expect(kv.load('rows', failing)).rejects.toBe(broken);
    const kept = keysOf(kv, 'rows').length - 10;
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(19_900);
  });

  it('finds everything again when it is opened again', async () => {
    const { kv, reopen } = current();
    if (reopen === undefined) return;
    await kv.commit((writer) => writer.put('t', key(1), key(1)));
    await kv.commit((writer) => writer.put('t', key(2), key(2)));
    await kv.load('rows', rows(0, 5000));
    await kv.commit((writer) => writer.put('gone', key(1), key(1)));
    await kv.drop('gone');
    const again = await reopen();
    expect(keysOf(again, 't')).toEqual(['01', '02']);
    expect(again.read((reader) => printed(reader.range('rows')))).toEqual(printed(rows(0, 5000)));
    expect(keysOf(again, 'gone')).toEqual([]);
    await again.commit((writer) => writer.put('gone', key(2), key(2)));
    expect(keysOf(again, 'gone')).toEqual(['02']);
  });
};
