import { type Catalogue, E, type Either, memoryKv, Secret, slotsOf } from '@vouchsafe/core';
import { openKeyring } from '@vouchsafe/core/at-rest';
import { createGroup, type Group } from '@vouchsafe/group';
import type { Identifier } from '@vouchsafe/identity';
import { readEnvelope } from '@vouchsafe/protocol';
import { IndexManifest, openIndex, type TagIndex, tagsOf } from '@vouchsafe/psi/index';
import { beforeEach, describe, expect, it } from 'vitest';
import type { HolderContext } from './context.ts';
import { fromIterable } from './ingest/index.ts';
import { load } from './load.ts';
import { serverOf } from './match-index.ts';
import { createHolderStore, type HolderStore } from './store/index.ts';

const SCHEME = 'cn-rid';
const right = <A>(result: Either<unknown, A>): A => {
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left));
  return result.right;
};
const idOf = (i: number): Identifier => Buffer.from(`${SCHEME}:${i}`) as Uint8Array as Identifier;
const ids = (count: number): readonly Identifier[] => Array.from({ length: count }, (_, i) => idOf(i));

describe('the tag index of a load that is broken off', () => {
  const real = createGroup();
  let evaluated = 0;
  let whenEvaluated: () => void = () => undefined;
  const group: Group = {
    ...real,
    hashAndMultiply: async (messages, dst, scalars, watch) => {
      const result = await real.hashAndMultiply(messages, dst, scalars, watch);
      evaluated += messages.length;
      whenEvaluated();
      return result;
    },
  };
  let kv = memoryKv();
  /** Batches that are stored. */
  const marks = (): number => kv.read((reader) => [...reader.range('output-marks')].length);
  beforeEach(() => {
    kv = memoryKv();
    evaluated = 0;
    whenEvaluated = () => undefined;
  });

  /** The holder's process begins: a new store over what is on the disk. */
  const start = async (): Promise<{ readonly context: HolderContext; readonly store: HolderStore }> => {
    const lasting = { ...kv, close: async () => undefined };
    const keyring = right(await openKeyring({ kv: lasting, unlock: { key: new Secret(new Uint8Array(32).fill(5)) } })());
    const store = createHolderStore({ kv: lasting, keyring });
    const catalogue: Catalogue = { cohortCap: 10, columns: [{ kind: 'flag', name: 'late' }] };
    // What the steps of a load use of a context.
    const context = {
      id: 'ant',
      federation: { id: 'test', schemes: [SCHEME], catalogue },
      epoch: { number: 7, roster: [] },
      catalogue,
      slots: slotsOf(catalogue),
      policy: { version: 1, minimumCohort: 20, queriers: [{ bureau: 'bureau', match: true }] },
      ...{ store, group, padTo: 1000 },
    } as unknown as HolderContext;
    return { context, store };
  };
  const run = async (records: readonly Identifier[], signal?: AbortSignal) => {
    const { context, store } = await start();
    const source = fromIterable(() => records.map((identifier, i) => ({ row: i + 1, identifier, values: { late: false } })));
    const loaded = await load(context, { source }, { signal });
    return { loaded, context, store };
  };
  const open = async (store: HolderStore): Promise<TagIndex> => {
    const index = await store.index(SCHEME, 7);
    const stored = (await index.read())!;
    const files = await Promise.all(stored.names.map(async (name) => (await index.segment(name))!));
    return right(await openIndex(right(readEnvelope(IndexManifest, stored.manifest)), files));
  };
  const found = async (context: HolderContext, store: HolderStore, asked: readonly Identifier[]): Promise<number> => {
    const index = await open(store);
    const outputs = right(await (await serverOf(context, SCHEME)).evaluate(asked));
    return index.lookup(tagsOf(outputs, index.manifest.t)).reduce((sum, flag) => sum + flag, 0);
  };

  it('goes on: what was evaluated is not evaluated again', async () => {
    const records = ids(36_000);
    const stop = new AbortController();
    whenEvaluated = () => marks() > 0 && stop.abort();
    expect((await run(records, stop.signal)).loaded).toMatchObject({ left: { _tag: 'Aborted' } });
    whenEvaluated = () => undefined;
    evaluated = 0;
    const stored = marks();
    expect([1, 2]).toContain(stored);
    const { loaded, context, store } = await run(records);
    right(loaded);
    expect(evaluated).toBe(36_000 - stored * 16_384);
    const { manifest } = await open(store);
    expect([manifest.n, manifest.t, manifest.segments.length]).toEqual([36_000, 56, 1]);
    expect(await found(context, store, [...ids(36_000).filter((_, i) => i % 7 === 0), idOf(36_001)])).toBe(5143);
    evaluated = 0;
    right((await run(records)).loaded);
    expect(evaluated).toBe(0);
  });

  it('takes nothing of other records for its own', async () => {
    const stop = new AbortController();
    whenEvaluated = () => marks() > 0 && stop.abort();
    expect(E.isLeft((await run(ids(36_000), stop.signal)).loaded)).toBe(true);
    whenEvaluated = () => undefined;
    // Fewer records than before, and in another order.
    const records = ids(17_000).toReversed();
    const { loaded, context, store } = await run([...records, idOf(3)]);
    expect(right(loaded).schemes).toMatchObject([{ subjects: 17_000, rejected: 1 }]);
    expect(await found(context, store, ids(17_500))).toBe(17_000);
    expect((await open(store)).manifest.n).toBe(17_000);
  });
});
