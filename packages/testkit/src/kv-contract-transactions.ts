import { type Kv, MAX_KEY_BYTES, MAX_VALUE_BYTES } from '@vouchsafe/core';
import { expect, it } from 'vitest';
import { type Current, key, keysOf, rows } from './kv-contract-rows.ts';

/** All or nothing, one after the other, and what is refused. */
export const transactionsContract = (current: Current): void => {
  it('reads its own writes, in ranges too, and may change the table that it walks', async () => {
    const { kv } = current();
    await kv.commit((writer) => {
      for (let i = 0; i < 100; i++) writer.put('walk', key(i), key(i));
      const seen: number[] = [];
      for (const entry of writer.range('walk')) {
        seen.push(entry.key[0]!);
        writer.delete('walk', entry.key.slice());
        if (entry.key[0] === 10) writer.delete('walk', key(11));
        if (entry.key[0] === 20 && entry.key.length === 1) writer.put('walk', key(20, 1), key());
        if (entry.key[0] === 30) writer.put('walk', key(5), key());
      }
      expect(seen).toEqual([...Array(101).keys()].map((i) => (i > 20 ? i - 1 : i)).filter((i) => i !== 11));
      expect([...writer.range('walk')].map((entry) => entry.key)).toEqual([key(5)]);
      for (const entry of writer.range('walk', { reverse: true })) {
        if (entry.key[0] === 5) writer.put('walk', key(2), key());
        writer.delete('walk', entry.key);
      }
      expect([...writer.range('walk')]).toEqual([]);
    });
    expect(keysOf(kv, 'walk')).toEqual([]);
  });

  it('undoes a transaction that throws, wholly, and passes on what it threw', async () => {
    const { kv } = current();
    await kv.commit((writer) => {
      writer.put('kept', key(1), key(1));
      writer.put('kept', key(2), key(2));
    });
    const wrong = new Error('no');
    const refused = kv.commit((writer) => {
      writer.put('kept', key(1), key(9));
      writer.put('kept', key(1), key(8));
      writer.delete('kept', key(2));
      writer.put('kept', key(2), key(7));
      writer.delete('kept', key(2));
      writer.put('kept', key(3), key(3));
      writer.put('fresh', key(1), key(1));
      throw wrong;
    });
    const next = kv.commit((writer) => [writer.get('kept', key(1)), writer.get('kept', key(3)), writer.get('fresh', key(1))]);
    await expect(refused).rejects.toBe(wrong);
    expect(await next).toEqual([key(1), undefined, undefined]);
    expect(keysOf(kv, 'kept')).toEqual(['01', '02']);
    expect(keysOf(kv, 'fresh')).toEqual([]);
    expect(kv.read((reader) => reader.get('kept', key(2)))).toEqual(key(2));
  });

  it('runs transactions one after the other, in the order of their calls', async () => {
    const { kv } = current();
    const order: number[] = [];
    const results = await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        kv.commit((writer) => {
          order.push(i);
          const value = (writer.get('counter', key(1))?.[0] ?? 0) + 1;
          writer.put('counter', key(1), key(value));
          return value;
        }),
      ),
    );
    expect(order).toEqual([...Array(100).keys()]);
    expect(results).toEqual([...Array(100).keys()].map((i) => i + 1));
    expect(kv.read((reader) => reader.get('counter', key(1)))).toEqual(key(100));
  });

  it('shows a reader all of a transaction or nothing of it', async () => {
    const { kv } = current();
    const move = (value: number): Promise<void> =>
      kv.commit((writer) => {
        writer.put('left', key(1), key(value));
        writer.put('right', key(1), key(value));
      });
    await move(0);
    const moving = (async () => {
      for (let i = 1; i <= 50; i++) await move(i);
    })();
    let last = 0;
    for (let done = false; !done; ) {
      kv.read((reader) => {
        const [left, right] = [reader.get('left', key(1))![0]!, reader.get('right', key(1))![0]!];
        expect(left).toBe(right);
        expect(left).toBeGreaterThanOrEqual(last);
        last = left;
        done = left === 50;
      });
      await new Promise(setImmediate);
    }
    await moving;
  });

  it('does not run a transaction before its call returns', async () => {
    const { kv } = current();
    let ran = false;
    const promise = kv.commit(() => {
      ran = true;
    });
    expect(ran).toBe(false);
    await promise;
    expect(ran).toBe(true);
  });

  it('refuses what is no table, key, value or range, as a bug of the caller', async () => {
    const { kv } = current();
    const tries: readonly ((writer: Parameters<Parameters<Kv['commit']>[0]>[0]) => unknown)[] = [
      (writer) => writer.get('Table', key(1)),
      (writer) => writer.get('', key(1)),
      (writer) => writer.put('@store', key(1), key(1)),
      (writer) => writer.get('t', key()),
      (writer) => writer.put('t', new Uint8Array(MAX_KEY_BYTES + 1), key()),
      (writer) => writer.put('t', 'text' as unknown as Uint8Array, key()),
      (writer) => writer.put('t', key(1), 'text' as unknown as Uint8Array),
      (writer) => writer.put('t', key(1), new Uint8Array(MAX_VALUE_BYTES + 1)),
      (writer) => writer.delete('t', key()),
      (writer) => writer.range('t', { limit: -1 }),
      (writer) => writer.range('t', { from: new Uint8Array(MAX_KEY_BYTES + 2) }),
      () => Promise.resolve(),
    ];
    for (const attempt of tries) await expect(kv.commit(attempt)).rejects.toThrow(RangeError);
    expect(() => kv.drop('Table')).toThrow(RangeError);
    expect(() => kv.load('Table', [])).toThrow(RangeError);
    expect(keysOf(kv, 't')).toEqual([]);
  });

  it('refuses a transaction inside a transaction, and undoes the outer one', async () => {
    const { kv } = current();
    const inner: readonly (() => unknown)[] = [
      () => kv.read(() => 1),
      () => kv.commit(() => 1),
      () => kv.drop('t'),
      () => kv.load('t', []),
      () => kv.close(),
    ];
    for (const attempt of inner) {
      await expect(
        kv.commit((writer) => {
          writer.put('t', key(1), key(1));
          attempt();
        }),
      ).rejects.toThrow(/is running/);
      expect(() => kv.read(() => attempt())).toThrow(/is running/);
    }
    expect(keysOf(kv, 't')).toEqual([]);
  });

  it('refuses a reader, a writer or a range whose transaction has ended', async () => {
    const { kv } = current();
    const writer = await kv.commit((given) => {
      given.put('t', key(1), key(1));
      return given;
    });
    const [reader, range] = kv.read((given) => [given, given.range('t')] as const);
    expect(() => writer.put('t', key(2), key())).toThrow(/has ended/);
    expect(() => writer.delete('t', key(1))).toThrow(/has ended/);
    expect(() => writer.get('t', key(1))).toThrow(/has ended/);
    expect(() => reader.get('t', key(1))).toThrow(/has ended/);
    expect(() => reader.range('t')).toThrow(/has ended/);
    expect(() => [...range]).toThrow(/has ended/);
    expect(keysOf(kv, 't')).toEqual(['01']);
  });

  it('makes what was asked for before close, and says clearly that it is closed afterwards', async () => {
    const { kv } = current();
    const before = kv.commit((writer) => writer.put('t', key(1), key(1)));
    const closing = kv.close();
    await expect(kv.commit(() => 1)).rejects.toThrow(/was closed/);
    await before;
    await closing;
    await kv.close();
    await expect(kv.commit(() => 1)).rejects.toThrow(RangeError);
    await expect(kv.drop('t')).rejects.toThrow(/was closed/);
    await expect(kv.load('t', rows(0, 1))).rejects.toThrow(/was closed/);
    expect(() => kv.read(() => 1)).toThrow(/was closed/);
  });
};
