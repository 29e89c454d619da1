import { bytesToHex, concatBytes, type KvRange, MAX_KEY_BYTES, utf8ToBytes } from '@vouchsafe/core';
import { expect, it } from 'vitest';
import { type Current, key, keysOf, rows } from './kv-contract-rows.ts';
import { seededRng } from './scripted-rng.ts';

/** What is put, got, walked and dropped. */
export const entriesContract = (current: Current): void => {
  it('keeps what is put, and forgets what is deleted', async () => {
    const { kv } = current();
    await kv.commit((writer) => {
      writer.put('one', key(1), key(10, 11));
      writer.put('one', key(2), key());
      writer.put('two', key(1), key(20));
    });
    await kv.commit((writer) => {
      writer.put('one', key(1), key(12));
      writer.delete('one', key(3));
      writer.delete('two', key(1));
    });
    kv.read((reader) => {
      expect(reader.get('one', key(1))).toEqual(key(12));
      expect(reader.get('one', key(2))).toEqual(key());
      expect(reader.get('one', key(3))).toBeUndefined();
      expect(reader.get('two', key(1))).toBeUndefined();
      expect(reader.get('three', key(1))).toBeUndefined();
      expect([...reader.range('three')]).toEqual([]);
    });
  });

  it('orders keys by their bytes, at every length, with 00 and ff', async () => {
    const { kv } = current();
    const longest = new Uint8Array(MAX_KEY_BYTES);
    const ordered = [
      key(0),
      key(0, 0),
      longest,
      concatBytes(longest.subarray(1), key(1)),
      key(0, 255),
      key(1),
      key(127),
      key(128),
      key(255),
      key(255, 0),
      key(255, 255),
      new Uint8Array(MAX_KEY_BYTES).fill(255),
    ];
    await kv.commit((writer) => {
      for (const each of [...ordered].reverse()) writer.put('order', each, each);
    });
    const names = ordered.map(bytesToHex);
    expect(keysOf(kv, 'order')).toEqual(names);
    expect(keysOf(kv, 'order', { reverse: true })).toEqual([...names].reverse());
    kv.read((reader) => {
      for (const each of ordered) expect(reader.get('order', each)).toEqual(each);
    });
  });

  it('cuts a range at its bounds: from is in, to is out, a prefix has its neighbours outside', async () => {
    const { kv } = current();
    const names = ['a', 'ab', 'ab0', 'abz', 'ac', 'b'];
    await kv.commit((writer) => {
      for (const each of names) writer.put('names', utf8ToBytes(each), key());
    });
    const cut = (from?: string, to?: string, rest?: KvRange): readonly string[] => {
      const range = { ...(from && { from: utf8ToBytes(from) }), ...(to && { to: utf8ToBytes(to) }), ...rest };
      return kv.read((reader) => [...reader.range('names', range)].map((entry) => Buffer.from(entry.key).toString()));
    };
    expect(cut('ab', 'ac')).toEqual(['ab', 'ab0', 'abz']);
    expect(cut('ab', 'ac', { reverse: true })).toEqual(['abz', 'ab0', 'ab']);
    expect(cut('ab', 'ac', { limit: 2 })).toEqual(['ab', 'ab0']);
    expect(cut('ab', 'ac', { limit: 2, reverse: true })).toEqual(['abz', 'ab0']);
    expect(cut('aa', 'abb')).toEqual(['ab', 'ab0']);
    expect(cut('abb', undefined, { reverse: true })).toEqual(['b', 'ac', 'abz']);
    expect(cut(undefined, 'ab')).toEqual(['a']);
    expect(cut(undefined, 'ab', { reverse: true })).toEqual(['a']);
    expect(cut('c')).toEqual([]);
    expect(cut('c', undefined, { reverse: true })).toEqual([]);
    expect(cut('b', 'a')).toEqual([]);
    expect(cut('b', 'a', { reverse: true })).toEqual([]);
    expect(cut('ab', 'ab')).toEqual([]);
    expect(cut(undefined, undefined, { limit: 0 })).toEqual([]);
    expect(cut(undefined, undefined, { to: key(), reverse: true })).toEqual([]);
    expect(cut(undefined, undefined, { from: key(), limit: 1 })).toEqual(['a']);
  });

  it('keeps values of every size, up to megabytes', async () => {
    const { kv } = current();
    const rng = seededRng('values');
    const sizes = [0, 1, 63, 4095, 4096, 4097, 40_000, 1_000_000, 7_654_321];
    const values = sizes.map(rng);
    await kv.commit((writer) => values.forEach((value, i) => void writer.put('sizes', key(i + 1), value)));
    kv.read((reader) => {
      const ranged = [...reader.range('sizes')];
      expect(ranged.map(({ value }) => value.length)).toEqual(sizes);
      values.forEach((value, i) => {
        expect(Buffer.compare(reader.get('sizes', key(i + 1))!, value)).toBe(0);
        expect(Buffer.compare(ranged[i]!.value, value)).toBe(0);
      });
    });
  });

  it('walks a table of many pages, both ways', async () => {
    const { kv } = current();
    const entries = rows(0, 20_000);
    await kv.commit((writer) => {
      for (const entry of entries) writer.put('many', entry.key, entry.value);
    });
    const names = entries.map((entry) => bytesToHex(entry.key));
    expect(keysOf(kv, 'many')).toEqual(names);
    expect(keysOf(kv, 'many', { reverse: true, limit: 15_000 })).toEqual([...names].reverse().slice(0, 15_000));
    expect(kv.read((reader) => [...reader.range('many')][12_345])).toEqual(entries[12_345]);
    // What was given is the caller's, who may spoil it: the walk goes on from where it was.
    for (const reverse of [false, true]) {
      const seen = kv.read((reader) => {
        const found: string[] = [];
        for (const entry of reader.range('many', { reverse, limit: 100 })) {
          found.push(bytesToHex(entry.key));
          entry.key.fill(reverse ? 0 : 255);
        }
        return found;
      });
      expect(seen).toEqual(reverse ? [...names].reverse().slice(0, 100) : names.slice(0, 100));
    }
  });

  it('copies in and out: nobody changes what is stored from outside', async () => {
    const { kv } = current();
    const mine = key(1, 2, 3);
    const name = key(7);
    await kv.commit((writer) => {
      writer.put('copies', name, mine);
      mine.fill(0);
      name.fill(8);
      const got = writer.get('copies', key(7))!;
      expect(got).toEqual(key(1, 2, 3));
      got.fill(9);
      for (const entry of writer.range('copies')) {
        entry.key.fill(9);
        entry.value.fill(9);
      }
    });
    const kept = kv.read((reader) => [...reader.range('copies')]);
    await kv.commit((writer) => writer.put('copies', key(7), key(4)));
    expect(kept).toEqual([{ key: key(7), value: key(1, 2, 3) }]);
    expect(kept[0]!.value.constructor).toBe(Uint8Array);
    expect(kv.read((reader) => reader.get('copies', key(7))!.constructor)).toBe(Uint8Array);
  });

  it('drops a table, and only that; it can be used again', async () => {
    const { kv } = current();
    await kv.commit((writer) => {
      for (const entry of rows(0, 1000)) writer.put('gone', entry.key, entry.value);
      writer.put('gone-not', key(1), key(1));
    });
    const dropped = kv.drop('gone');
    const after = kv.commit((writer) => {
      expect([...writer.range('gone')]).toEqual([]);
      writer.put('gone', key(5), key(5));
    });
    await dropped;
    await after;
    expect(keysOf(kv, 'gone')).toEqual(['05']);
    expect(keysOf(kv, 'gone-not')).toEqual(['01']);
    await kv.drop('never-there');
  });
};
