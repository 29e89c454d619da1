import { bytesToHex, compareBytes, type Kv, type KvEntry, type KvRange, type KvReader } from '@vouchsafe/core';
import fc from 'fast-check';
import { expect } from 'vitest';
import { type KvUnderTest, printed } from './kv-contract-rows.ts';

/** The simplest thing that could be right: maps from keys in hexadecimal, sorted when they are read. */
type Model = Map<string, Map<string, Uint8Array>>;

interface Real {
  kv: Kv;
  readonly reopen: (() => Promise<Kv>) | undefined;
}

type Write =
  | { readonly kind: 'put'; readonly table: string; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly kind: 'delete'; readonly table: string; readonly key: Uint8Array }
  | { readonly kind: 'sweep'; readonly table: string; readonly range: KvRange };

const TABLES = ['a', 'b-2', 'c'] as const;

const listOf = (model: Model, table: string, { from, to, reverse, limit }: KvRange): readonly KvEntry[] => {
  const entries = [...(model.get(table) ?? [])]
    .map(([hex, value]) => ({ key: Uint8Array.from(Buffer.from(hex, 'hex')), value }))
    .filter(({ key }) => (from === undefined || compareBytes(key, from) >= 0) && (to === undefined || compareBytes(key, to) < 0))
    .sort((a, b) => compareBytes(a.key, b.key));
  return (reverse ? entries.reverse() : entries).slice(0, limit);
};

const copyOf = (model: Model): Model => new Map([...model].map(([table, entries]) => [table, new Map(entries)]));

const replace = (model: Model, by: Model): void => {
  model.clear();
  for (const [table, entries] of by) model.set(table, entries);
};

const apply = (model: Model, write: Write): void => {
  const entries = model.get(write.table) ?? new Map<string, Uint8Array>();
  model.set(write.table, entries);
  if (write.kind === 'put') entries.set(bytesToHex(write.key), write.value);
  else if (write.kind === 'delete') entries.delete(bytesToHex(write.key));
  else for (const { key } of listOf(model, write.table, write.range)) entries.delete(bytesToHex(key));
};

const same = (reader: KvReader, model: Model): void => {
  for (const table of TABLES) {
    expect(printed(reader.range(table))).toEqual(printed(listOf(model, table, {})));
    for (const [hex, value] of model.get(table) ?? [])
      expect(Buffer.compare(reader.get(table, Buffer.from(hex, 'hex'))!, value)).toBe(0);
  }
};

class Stop extends Error {}

/** Several transactions that wait at the same time; each may throw at its end. */
class Commits implements fc.AsyncCommand<Model, Real> {
  readonly #transactions: readonly { readonly writes: readonly Write[]; readonly stops: boolean }[];
  constructor(transactions: Commits['transactions']) {
    this.#transactions = transactions;
  }
  get transactions(): readonly { readonly writes: readonly Write[]; readonly stops: boolean }[] {
    return this.#transactions;
  }
  check = (): boolean => true;
  async run(model: Model, { kv }: Real): Promise<void> {
    const settled = this.#transactions.map(({ writes, stops }) => {
      const promise = kv.commit((writer) => {
        const expected = copyOf(model);
        for (const write of writes) {
          apply(expected, write);
          if (write.kind === 'put') writer.put(write.table, write.key, write.value);
          else if (write.kind === 'delete') writer.delete(write.table, write.key);
          else for (const { key } of writer.range(write.table, write.range)) writer.delete(write.table, key);
        }
        same(writer, expected);
        if (stops) throw new Stop();
        replace(model, expected);
      });
      return stops ? expect(promise).rejects.toBeInstanceOf(Stop) : promise;
    });
    await Promise.all(settled);
    kv.read((reader) => same(reader, model));
  }
  toString = (): string => `commits(${fc.stringify(this.#transactions)})`;
}

class Query implements fc.AsyncCommand<Model, Real> {
  readonly #table: string;
  readonly #range: KvRange;
  constructor(table: string, range: KvRange) {
    this.#table = table;
    this.#range = range;
  }
  check = (): boolean => true;
  async run(model: Model, { kv }: Real): Promise<void> {
    const found = kv.read((reader) => [...reader.range(this.#table, this.#range)]);
    expect(printed(found)).toEqual(printed(listOf(model, this.#table, this.#range)));
  }
  toString = (): string => `query(${this.#table}, ${fc.stringify(this.#range)})`;
}

class Drop implements fc.AsyncCommand<Model, Real> {
  readonly #table: string;
  constructor(table: string) {
    this.#table = table;
  }
  check = (): boolean => true;
  async run(model: Model, { kv }: Real): Promise<void> {
    await kv.drop(this.#table);
    model.delete(this.#table);
  }
  toString = (): string => `drop(${this.#table})`;
}

/** Loads the keys that are above the table's last. */
class Load implements fc.AsyncCommand<Model, Real> {
  readonly #table: string;
  readonly #keys: readonly Uint8Array[];
  constructor(table: string, keys: readonly Uint8Array[]) {
    this.#table = table;
    this.#keys = keys;
  }
  check = (): boolean => true;
  async run(model: Model, { kv }: Real): Promise<void> {
    const last = listOf(model, this.#table, { reverse: true, limit: 1 })[0]?.key;
    const keys = [...new Map(this.#keys.map((key) => [bytesToHex(key), key])).values()].sort(compareBytes);
    const entries = keys.filter((key) => last === undefined || compareBytes(key, last) > 0).map((key) => ({ key, value: key }));
    expect(await kv.load(this.#table, entries)).toBe(entries.length);
    for (const { key, value } of entries) apply(model, { kind: 'put', table: this.#table, key, value });
  }
  toString = (): string => `load(${this.#table}, ${fc.stringify(this.#keys)})`;
}

class Reopen implements fc.AsyncCommand<Model, Real> {
  check = (): boolean => true;
  async run(model: Model, real: Real): Promise<void> {
    if (real.reopen) real.kv = await real.reopen();
    real.kv.read((reader) => same(reader, model));
  }
  toString = (): string => 'reopen()';
}

/** Few bytes, so that keys meet, and the longest length, where bounds are tight. */
const byte = fc.constantFrom(0, 1, 127, 128, 255);
const key = fc.oneof(
  { weight: 9, arbitrary: fc.array(byte, { minLength: 1, maxLength: 3 }).map((bytes) => Uint8Array.from(bytes)) },
  { weight: 1, arbitrary: byte.map((fill) => new Uint8Array(128).fill(fill)) },
);
const value = fc.oneof(
  { weight: 9, arbitrary: fc.uint8Array({ maxLength: 8 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 20_000 }).map((length) => new Uint8Array(length).fill(length & 255)) },
);
const table = fc.constantFrom(...TABLES);
const range = fc.record(
  { from: key, to: key, reverse: fc.boolean(), limit: fc.integer({ min: 0, max: 6 }) },
  { requiredKeys: [] },
) as fc.Arbitrary<KvRange>;
const write: fc.Arbitrary<Write> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('put' as const), table, key, value }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('delete' as const), table, key }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('sweep' as const), table, range }) },
);
const transaction = fc.record({ writes: fc.array(write, { maxLength: 8 }), stops: fc.boolean() });

/** Random sequences of commands, against the model: after each the whole store is compared. */
export const kvModel = (open: () => Promise<KvUnderTest>, numRuns: number = 60): Promise<void> =>
  fc.assert(
    fc.asyncProperty(
      fc.commands(
        [
          fc.array(transaction, { minLength: 1, maxLength: 4 }).map((transactions) => new Commits(transactions)),
          fc.tuple(table, range).map(([name, bounds]) => new Query(name, bounds)),
          fc.tuple(table, fc.array(key, { maxLength: 6 })).map(([name, keys]) => new Load(name, keys)),
          table.map((name) => new Drop(name)),
          fc.constant(new Reopen()),
        ],
        { maxCommands: 20 },
      ),
      async (commands) => {
        const { kv, reopen, end } = await open();
        try {
          await fc.asyncModelRun(() => ({ model: new Map() as Model, real: { kv, reopen } }), commands);
        } finally {
          await end();
        }
      },
    ),
    { numRuns },
  );
