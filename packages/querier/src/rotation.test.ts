import { E } from '@vouchsafe/core';
import { type HolderStore, memoryStore as holderMemory } from '@vouchsafe/holder';
import { type Epoch, type Federation, newestEpoch } from '@vouchsafe/protocol';
import { describe, expect, it } from 'vitest';
import { openFederation, type Person, PURPOSE, raw, SCHEME, type TestFederation, unwrap } from './federation.test.fixture.ts';
import { memoryStore, type Querier, type QuerierStore } from './index.ts';

const person = (id: number): Person => ({ id, values: { loans: id % 5, net: 0, late: false, worst: 'none' } });
const range = (from: number, to: number): readonly number[] => Array.from({ length: to - from }, (_, i) => from + i);
const NO_NOISE = 1e9;
const COHORT = range(0, 40).map(raw);
const tables = { ant: range(0, 30).map(person), bee: range(10, 40).map(person), cat: range(0, 25).map(person) };
const LOANS = [...tables.ant, ...tables.bee, ...tables.cat].reduce((sum, { values }) => sum + Number(values['loans']), 0);
const LOANS_WITHOUT_CAT = [...tables.ant, ...tables.bee].reduce((sum, { values }) => sum + Number(values['loans']), 0);

/** The next version of a document, with these epochs. */
const next = (document: Federation, epochs: readonly Epoch[]): Federation => ({
  ...document,
  serial: document.serial + 1,
  epochs,
});
const opens = (document: Federation, without: readonly string[] = []): Federation => {
  const { number, roster } = newestEpoch(document);
  const fresh = { number: number + 1, roster: roster.filter(({ holder }) => !without.includes(holder)) };
  return next(document, [...document.epochs, fresh]);
};
const ends = (document: Federation): Federation => next(document, document.epochs.slice(1));

const question = { scheme: SCHEME, purpose: PURPOSE, cohort: COHORT, columns: ['loans'], epsilon: NO_NOISE };
const loansOf = async (querier: Querier, repeat: number): Promise<unknown> => {
  const [column] = unwrap(await querier.aggregate({ ...question, repeat })()).columns;
  return column?.kind === 'count' && column.total;
};
/** Asks without a stop until told to: the totals that came. */
const askOnAndOn = (querier: Querier): { readonly stop: () => Promise<readonly unknown[]> } => {
  let on = true;
  const going = (async () => {
    const totals: unknown[] = [];
    for (let repeat = 0; on; repeat++) totals.push(await loansOf(querier, repeat));
    return totals;
  })();
  return {
    stop: () => {
      on = false;
      return going;
    },
  };
};

const adopted = async ({ holders, signed }: TestFederation, document: Federation, names = [...holders.keys()]): Promise<void> => {
  for (const name of names) unwrap(await holders.get(name)!.adopt({ federation: signed(document) })());
};

describe('a new epoch', () => {
  it('is sealed while the old one answers, takes over without losing a query, and ends it', async () => {
    const stores: Record<string, HolderStore> = {
      ant: await holderMemory(),
      bee: await holderMemory(),
      cat: await holderMemory(),
    };
    const store = await memoryStore();
    const federation = await openFederation({ tables, stores });
    const querier = await federation.openQuerier({ store });
    const { document, holders, signed } = federation;
    expect(unwrap(await querier.sync()()).epoch).toBe(7);
    const asking = askOnAndOn(querier);

    const both = opens(document, ['cat']);
    await adopted(federation, both);
    unwrap(await querier.adopt(signed(both))());
    // Nothing is loaded yet: the old epoch answers, and says that it does.
    expect(await querier.sync()()).toMatchObject({
      left: { _tag: 'HoldersFailed', holders: [{ holder: 'ant' }, { holder: 'bee' }] },
    });
    expect(unwrap(await querier.match({ scheme: SCHEME, subjects: [raw(1)] })()).matches).toEqual([
      { row: 0, holders: ['ant', 'cat'] },
    ]);
    for (const name of ['ant', 'bee']) unwrap(await holders.get(name)!.load()());
    const synced = unwrap(await querier.sync()());
    expect([synced.epoch, synced.holders.map(({ holder, totals }) => [holder, totals])]).toEqual([
      8,
      [
        ['ant', true],
        ['bee', true],
      ],
    ]);
    const rotated = askOnAndOn(querier);
    const totals = await asking.stop();
    expect(totals.length).toBeGreaterThan(3);
    // cat is not in the new epoch's roster: each total is one epoch's or the other's, and none is anything else.
    expect(new Set(totals)).toEqual(new Set([LOANS, LOANS_WITHOUT_CAT].slice(0, new Set(totals).size)));
    expect(await loansOf(querier, 900)).toBe(LOANS_WITHOUT_CAT);
    expect(unwrap(await querier.match({ scheme: SCHEME, subjects: [raw(1)] })()).matches).toEqual([{ row: 0, holders: ['ant'] }]);

    const alone = ends(both);
    await adopted(federation, alone, ['ant', 'bee']);
    unwrap(await querier.adopt(signed(alone))());
    expect(new Set(await rotated.stop())).toEqual(new Set([LOANS_WITHOUT_CAT]));
    expect(await loansOf(querier, 901)).toBe(LOANS_WITHOUT_CAT);
    // A holder that is in no roster any more is told so, and goes on with the file that it has.
    expect(await holders.get('cat')!.adopt({ federation: signed(alone) })()).toMatchObject({ left: { _tag: 'NotThisHolder' } });

    // What is over is gone on both sides, but for what an audit needs.
    for (const own of [stores['ant']!, store]) expect((await own.joinSeed(7))?.reveal()).toHaveLength(32);
    await expect(stores['ant']!.epochSecrets(7)).rejects.toThrow('epoch 7 is over');
    await expect(store.epochSeeds(7)).rejects.toThrow('epoch 7 is over');
    const late = await federation.send('ant', '/v1/manifest?epoch=7');
    expect([late.status, await late.json()]).toMatchObject([409, { title: 'Out of step' }]);
  });

  it('goes on after a restart of either side in the middle', async () => {
    const stores: Record<string, HolderStore> = {
      ant: await holderMemory(),
      bee: await holderMemory(),
      cat: await holderMemory(),
    };
    const keep = (own: HolderStore): HolderStore => ({ ...own, close: async () => {} });
    const store = await memoryStore();
    const kept: QuerierStore = { ...store, close: async () => {} };
    const federation = await openFederation({ tables, stores });
    const { document, holders } = federation;
    const first = await federation.openQuerier({ store: kept });
    unwrap(await first.sync()());
    await first.close();

    // Both sides stop, and come back with the file of two epochs.
    const both = opens(document);
    for (const name of Object.keys(tables))
      holders.set(name, unwrap(await federation.openHolder(name, { store: keep(stores[name]!), document: both })));
    const second = await federation.openQuerier({ store: kept, document: both });
    expect(await second.sync()()).toMatchObject({ left: { _tag: 'HoldersFailed' } });
    expect(await loansOf(second, 0)).toBe(LOANS);
    expect(unwrap(await second.match({ scheme: SCHEME, subjects: [raw(1)] })()).matches).toEqual([
      { row: 0, holders: ['ant', 'cat'] },
    ]);

    // One holder is ready, the others are not: the old epoch still answers, for all.
    unwrap(await holders.get('ant')!.load()());
    expect(E.isLeft(await second.sync()())).toBe(true);
    expect(await loansOf(second, 1)).toBe(LOANS);
    await second.close();
    for (const name of ['bee', 'cat']) unwrap(await holders.get(name)!.load()());
    const third = await federation.openQuerier({ store: kept, document: both });
    expect(unwrap(await third.sync()()).epoch).toBe(8);
    expect(await loansOf(third, 2)).toBe(LOANS);
    await third.close();

    // The file in which the old epoch is over may come with a restart, too.
    const alone = ends(both);
    for (const name of Object.keys(tables))
      holders.set(name, unwrap(await federation.openHolder(name, { store: keep(stores[name]!), document: alone })));
    const fourth = await federation.openQuerier({ store: kept, document: alone });
    unwrap(await fourth.sync()());
    expect(await loansOf(fourth, 3)).toBe(LOANS);
    await expect(stores['cat']!.epochSecrets(7)).rejects.toThrow('epoch 7 is over');
    await expect(store.epochSeeds(7)).rejects.toThrow('epoch 7 is over');
  });

  it('is refused with a file that may not follow, and nothing changes', async () => {
    const federation = await openFederation({ tables });
    const { document, holders, querier, signed } = federation;
    unwrap(await querier.sync()());
    const both = opens(document);
    const forged = { ...signed(both), signature: '00'.repeat(64) };
    const stale = { ...opens(document), serial: 1 };
    for (const adopt of [
      (file: unknown) => holders.get('ant')!.adopt({ federation: file })(),
      (file: unknown) => querier.adopt(file)(),
    ]) {
      expect(await adopt(forged)).toMatchObject({ left: { _tag: 'FederationNotSigned' } });
      expect(await adopt(signed(stale))).toMatchObject({ left: { _tag: 'BadSuccession' } });
      expect(await adopt('nonsense')).toMatchObject({ left: { _tag: 'BadShape' } });
    }
    const policy = { version: 1, minimumCohort: 1, queriers: [] };
    expect(await holders.get('ant')!.adopt({ federation: signed(both), policy })()).toMatchObject({
      left: { _tag: 'BadPolicy' },
    });
    expect(await loansOf(querier, 0)).toBe(LOANS);
  });
});
