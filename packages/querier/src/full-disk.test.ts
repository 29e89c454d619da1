import { E, type Kv, KvFailure, memoryKv, Secret } from '@vouchsafe/core';
import { openKeyring } from '@vouchsafe/core/at-rest';
import { createHolderStore, type HolderStore } from '@vouchsafe/holder';
import { describe, expect, it } from 'vitest';
import { openFederation, type Person, PURPOSE, raw, SCHEME, unwrap } from './federation.test.fixture.ts';
import { createQuerierStore } from './index.ts';

const people: readonly Person[] = Array.from({ length: 60 }, (_, id) => ({
  id,
  values: { loans: id % 5, net: 0, late: false, worst: 'none' },
}));
const LOANS = 2 * people.reduce((sum, { values }) => sum + Number(values['loans']), 0);

/** A store whose disk has room for so many more transactions, until somebody makes some. */
const crowded = async () => {
  const kv = memoryKv();
  let room = Number.POSITIVE_INFINITY;
  const limited: Kv = {
    ...kv,
    commit: async (work) => {
      if (room <= 0) throw new KvFailure('StoreFull', 'no room on the disk: make some, then try again');
      room--;
      return kv.commit(work);
    },
  };
  const keyring = unwrap(await openKeyring({ kv, unlock: { key: new Secret(new Uint8Array(32).fill(1)) } })());
  return {
    store: { kv: limited, keyring },
    leave: (transactions: number): void => {
      room = transactions;
    },
  };
};

describe('a disk that is full while a table is sealed', () => {
  it('is a value that says so, wherever it happens; with room again the sealing goes on, and all is whole', async () => {
    let stops = 0;
    for (const [i, room] of [1, 2, 4, 5, 8, 9, 13, 15].entries()) {
      const [holderDisk, bureauDisk] = [await crowded(), await crowded()];
      const stores: Record<string, HolderStore> = { ant: createHolderStore(holderDisk.store) };
      const federation = await openFederation({ tables: { ant: people, bee: people }, stores, onError: () => {} });
      const querier = await federation.openQuerier({ store: createQuerierStore(bureauDisk.store), chunkRows: 16 });
      (i % 2 === 0 ? holderDisk : bureauDisk).leave(room);
      const first = await querier.sync()();
      if (E.isLeft(first)) {
        stops++;
        // The bureau's own disk by its name; the holder's as an answer that its operator can look up, since it is nothing that a stranger should know of.
        if (i % 2 === 0)
          expect(first.left).toMatchObject({
            _tag: 'HoldersFailed',
            holders: [{ holder: 'ant', fault: { problem: 'InternalError' } }],
          });
        else expect(first.left).toEqual({ _tag: 'StoreFull', message: 'no room on the disk: make some, then try again' });
        const early = await querier.aggregate({
          scheme: SCHEME,
          purpose: PURPOSE,
          cohort: people.map(({ id }) => raw(id)),
          columns: ['loans'],
          epsilon: 1e9,
        })();
        expect(early).toMatchObject({ left: { _tag: 'NotSynced' } });
      }
      holderDisk.leave(Number.POSITIVE_INFINITY);
      bureauDisk.leave(Number.POSITIVE_INFINITY);
      unwrap(await querier.sync()());
      const cohort = people.map(({ id }) => raw(id));
      const totals = unwrap(
        await querier.aggregate({ scheme: SCHEME, purpose: PURPOSE, cohort, columns: ['loans'], epsilon: 1e9 })(),
      );
      expect(totals.columns).toMatchObject([{ total: LOANS }]);
    }
    expect(stops).toBeGreaterThanOrEqual(6);
  });

  it('while records are loaded: a value, too, and the next load begins again', async () => {
    const federation = await openFederation({ tables: { ant: people, bee: people } });
    for (const room of [1, 3, 5]) {
      const other = await crowded();
      const holder = unwrap(await federation.openHolder('ant', { store: createHolderStore(other.store) }));
      other.leave(room);
      const loaded = await holder.load()();
      if (E.isLeft(loaded)) expect(loaded.left).toMatchObject({ _tag: 'StoreFull' });
      other.leave(Number.POSITIVE_INFINITY);
      expect(unwrap(await holder.load()()).schemes[0]).toMatchObject({ subjects: people.length });
    }
  });
});
