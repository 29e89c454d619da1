import { bytesToHex, type KvEntry } from '@vouchsafe/core';
import { createDice, type Dice } from '@vouchsafe/testkit';
import { describe, expect, it, vi } from 'vitest';
import { appendEntry } from './append.ts';
import { signCheckpoint } from './checkpoint.ts';
import { followLog } from './follow-log.ts';
import { entryOf, grow, log, logOf, mth, origin, otherSigner, right, signer, tagOf } from './log.test.fixture.ts';
import { readCheckpoint } from './log.ts';
import { createTestStore, type TestStore } from './store.test.fixture.ts';
import { LOG_TABLES, numberKey } from './tables.ts';
import { verifyStoredLog } from './verify-stored.ts';

const verify = (store: TestStore, part: Partial<Parameters<typeof verifyStoredLog>[0]> = {}) =>
  verifyStoredLog({ store, log, ...part })();
const names = Object.values(LOG_TABLES);

describe('verifyStoredLog', () => {
  it('takes logs of every size, and says their root', async () => {
    for (const size of [0, 1, 2, 3, 7, 8, 100])
      expect(await verify(logOf(size))).toMatchObject({
        right: { size, root: new Uint8Array(mth(Array.from({ length: size }, (_, i) => entryOf(i)))) },
      });
  });

  it('takes logs that end at, before and behind a chunk of 64 entries', async () => {
    for (const size of [63, 64, 65, 128, 129]) expect(await verify(logOf(size))).toMatchObject({ right: { size } });
  });

  it('takes notes of every key that the log ever had, and no others', async () => {
    const store = logOf(5);
    grow(store, 5, { by: otherSigner });
    expect(tagOf(await verify(store))).toBe('LogBroken');
    const both = { origin, publicKeys: [otherSigner.publicKey, signer.publicKey] };
    expect(await verify(store, { log: both })).toMatchObject({ right: { size: 10 } });
  });

  it('says where the fault is', async () => {
    const at = async (damage: (store: TestStore) => void) => {
      const store = logOf(20);
      damage(store);
      return verify(store);
    };
    const bad = { key: numberKey(11), value: entryOf(0) };
    expect(await at((store) => store.delete('log-leaves', numberKey(11)))).toMatchObject({ left: { index: 11 } });
    expect(await at((store) => store.put('log-leaves', bad.key, bad.value))).toMatchObject({ left: { index: 11 } });
    expect(await at((store) => store.delete('log-checkpoints', numberKey(11)))).toMatchObject({ left: { index: 10 } });
    expect(await at((store) => store.put('log-checkpoints', numberKey(11), readCheckpoint(store)!))).toMatchObject({
      left: { _tag: 'LogBroken', index: 10 },
    });
    expect(await at((store) => store.delete('log-leaves', numberKey(19)))).toMatchObject({ left: { index: 19 } });
  });

  it('finds a checkpoint that is right but for its signature, and one with a signature line too many', async () => {
    const root = mth(Array.from({ length: 3 }, (_, i) => entryOf(i)));
    const forged = logOf(8);
    forged.put('log-checkpoints', numberKey(3), signCheckpoint({ origin, size: 3, root }, otherSigner));
    expect(await verify(forged)).toMatchObject({ left: { _tag: 'LogBroken', index: 2 } });
    const longer = logOf(8);
    const note = longer.get('log-checkpoints', numberKey(3))!;
    const line = new TextEncoder().encode('— example.com/witness AAAAAAAAAAAA\n');
    longer.put('log-checkpoints', numberKey(3), new Uint8Array([...note, ...line]));
    expect(await verify(longer)).toMatchObject({ left: { _tag: 'LogBroken', index: 2 } });
  });

  it('finds a log that was written anew from some entry on by whoever has not the key, and by whoever has it', async () => {
    const forger = logOf(10);
    grow(forger, 10, { by: otherSigner, series: (i) => entryOf(i + 100) });
    expect(await verify(forger)).toMatchObject({ left: { _tag: 'LogBroken', index: 10 } });
    // With the key a forged log is flawless in itself: a checkpoint from elsewhere finds it.
    const seen = readCheckpoint(logOf(15))!;
    const rewritten = logOf(10);
    grow(rewritten, 10, { series: (i) => entryOf(i + 100) });
    expect(tagOf(await verify(rewritten))).toBe('Right');
    expect(await verify(rewritten, { known: [seen] })).toMatchObject({ left: { _tag: 'LogForked', size: 15 } });
  });

  it('finds a restored backup by a checkpoint that is kept elsewhere; without one nothing can', async () => {
    const seen = readCheckpoint(logOf(20))!;
    const backup = logOf(12);
    expect(await verify(backup)).toMatchObject({ right: { size: 12 } });
    expect(await verify(backup, { known: [seen, readCheckpoint(logOf(3))!] })).toMatchObject({
      left: { _tag: 'LogRolledBack', seen: 20, size: 12 },
    });
    expect(await verify(createTestStore(), { known: [seen] })).toMatchObject({ left: { _tag: 'LogRolledBack', size: 0 } });
    expect(tagOf(followLog({ seen, checkpoint: readCheckpoint(backup)!, log }))).toBe('LogRolledBack');
    grow(backup, 8);
    expect(await verify(backup, { known: [seen, readCheckpoint(logOf(3))!] })).toMatchObject({ right: { size: 20 } });
    expect(tagOf(await verify(backup, { known: [seen.subarray(1)] }))).toBe('BadCheckpoint');
  });

  it('finds keys between two chunks and behind the last entry', async () => {
    const whole = logOf(70);
    for (const table of names)
      for (const key of [
        new Uint8Array([...numberKey(63), 0]),
        new Uint8Array([...numberKey(64), 0]),
        new Uint8Array([...numberKey(64), 9]),
        new Uint8Array([...numberKey(64), 255]),
        numberKey(71),
        new Uint8Array([0]),
        new Uint8Array(128).fill(255),
      ]) {
        const store = whole.copy();
        store.put(table, key, new Uint8Array(32));
        expect(tagOf(await verify(store)), `${table} ${bytesToHex(key)}`).toBe('LogBroken');
      }
  });

  it('checks a log that grows meanwhile, gives the event loop its turn, tells its progress, and can be stopped', async () => {
    const store = logOf(100);
    // A clock on which every look takes long, so that a turn is always due.
    let now = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => {
      now += 1000;
      return now;
    });
    let turns = 0;
    const counting = setInterval(() => turns++, 0);
    const told: number[] = [];
    const running = verify(store, { watch: { onProgress: ({ done }) => told.push(done) } });
    grow(store, 50);
    expect(await running).toMatchObject({ right: { size: 150 } });
    clearInterval(counting);
    clock.mockRestore();
    expect(turns).toBeGreaterThan(3);
    expect(told).toEqual([64, 128, 150]);
    const controller = new AbortController();
    const stopped = verify(store, { watch: { signal: controller.signal } });
    controller.abort();
    expect(tagOf(await stopped)).toBe('Aborted');
  });
});

/** One random change of a stored log: what a disk, an operator or a thief of the store could do to it. */
const mutate = (store: TestStore, dice: Dice): string => {
  const table = names[dice.below(names.length)]!;
  const rows = store.tables.get(table)!;
  const row = dice.below(rows.length);
  const own = rows[row]!;
  const flip = (bytes: Uint8Array): Uint8Array => {
    const bit = dice.below(bytes.length * 8);
    return bytes.with(bit >> 3, bytes[bit >> 3]! ^ (1 << (bit & 7)));
  };
  const replace = (entry: KvEntry): void => {
    store.delete(table, own.key);
    store.put(table, entry.key, entry.value);
  };
  const another = (): KvEntry => rows[(row + 1 + dice.below(rows.length - 1)) % rows.length]!;
  const kinds: Readonly<Record<string, () => void>> = {
    'a bit of a value': () => replace({ ...own, value: flip(own.value) }),
    'a bit of a key': () => replace({ ...own, key: flip(own.key) }),
    'a row gone': () => store.delete(table, own.key),
    'two values swapped': () => {
      const other = another();
      replace({ key: own.key, value: other.value });
      store.put(table, other.key, own.value);
    },
    'a value in place of another': () => replace({ key: own.key, value: another().value }),
    'the end of a table gone': () => {
      rows.length = row;
    },
    'the end of all tables gone but of one': () => {
      const to = 1 + dice.below(store.tables.get('log-leaves')!.length - 1);
      for (const name of names)
        if (name !== table) for (const { key } of [...store.tables.get(name)!]) if (numberOf(key) > to) store.delete(name, key);
    },
    'a value cut off': () => replace({ ...own, value: own.value.subarray(0, dice.below(own.value.length)) }),
    'a byte behind a value': () => replace({ ...own, value: new Uint8Array([...own.value, dice.below(256)]) }),
    'a byte behind a key': () => replace({ ...own, key: new Uint8Array([...own.key, dice.below(256)]) }),
    'a row put in': () => store.put(table, new Uint8Array([...own.key, dice.below(256)]), own.value),
    'a row put behind': () => store.put(table, numberKey(1000 + dice.below(1000)), own.value),
    'an entry put in, the rest moved up': () => {
      const leaves = store.tables.get('log-leaves')!;
      const at = dice.below(leaves.length);
      const values = leaves.map(({ value }) => value).toSpliced(at, 0, entryOf(5000));
      for (const [i, value] of values.entries()) store.put('log-leaves', numberKey(i), value);
    },
    'an entry taken out, the rest moved down': () => {
      const leaves = store.tables.get('log-leaves')!;
      const values = leaves.map(({ value }) => value).toSpliced(dice.below(leaves.length), 1);
      leaves.length = 0;
      for (const [i, value] of values.entries()) store.put('log-leaves', numberKey(i), value);
    },
  };
  const kind = Object.keys(kinds)[dice.below(Object.keys(kinds).length)]!;
  kinds[kind]!();
  return `${kind} (${table}, row ${row})`;
};

const numberOf = (key: Uint8Array): number => key.subarray(0, 6).reduce((n, byte) => n * 256 + byte, 0);

const dump = (store: TestStore): string =>
  names
    .map((name) =>
      store.tables
        .get(name)!
        .map(({ key, value }) => `${bytesToHex(key)}=${bytesToHex(value)}`)
        .join(),
    )
    .join('\n');

describe('1,000 random changes of a stored log', () => {
  it('are all found', { timeout: 600_000 }, async () => {
    const dice = createDice('changes of a stored log');
    const whole = logOf(21);
    const unspoilt = dump(whole);
    expect(tagOf(await verify(whole))).toBe('Right');
    const missed: string[] = [];
    const kinds = new Map<string, number>();
    let changes = 0;
    while (changes < 1000) {
      const store = whole.copy();
      const what = mutate(store, dice);
      if (dump(store) === unspoilt) continue;
      changes++;
      kinds.set(what.split(' (')[0]!, (kinds.get(what.split(' (')[0]!) ?? 0) + 1);
      const found = await verify(store);
      if (tagOf(found) !== 'LogBroken') missed.push(what);
    }
    expect(missed).toEqual([]);
    expect(kinds.size).toBe(14);
    expect(dump(whole)).toBe(unspoilt);
    // The unspoilt log still grows.
    right(appendEntry(whole, { entry: entryOf(21), signer, origin }));
  });
});
