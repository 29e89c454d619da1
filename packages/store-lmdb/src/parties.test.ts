import { bytesToHex, createMerkleRoot, createSigner, E, type Kv, memoryKv, rational, Secret, utf8ToBytes } from '@vouchsafe/core';
import { openKeyring } from '@vouchsafe/core/at-rest';
import { createHolderStore, type HolderStore, type TableStore } from '@vouchsafe/holder';
import { type Federation, readFederation } from '@vouchsafe/protocol';
import { createQuerierStore, type QuerierStore } from '@vouchsafe/querier';
import { seededRng } from '@vouchsafe/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inFolder, opened } from './store.test.process.ts';

// What the parties ask of their stores, over every implementation of the port. A store is closed and opened again in between, where it can be.

interface Place {
  readonly open: () => Promise<Kv>;
}

const right = <A>(result: E.Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(result)) throw new Error(result.left.message);
  return result.right;
};
const keyringOf = async (kv: Kv) => right(await openKeyring({ kv, unlock: { key: new Secret(new Uint8Array(32).fill(3)) } })());
const holderStore = async ({ open }: Place): Promise<HolderStore> => {
  const kv = await open();
  return createHolderStore({ kv, keyring: await keyringOf(kv) });
};
const querierStore = async ({ open }: Place): Promise<QuerierStore> => {
  const kv = await open();
  return createQuerierStore({ kv, keyring: await keyringOf(kv) });
};

const signer = createSigner(new Secret(seededRng('ant')(32)));
const log = { origin: 'test/ant', signer };
const rng = seededRng('parties');
const key = (name: string): string => bytesToHex(seededRng(name)(32));
const holder = (id: string) => ({ id, role: 'holder', signKey: key(id), boxKey: key(`${id} box`), url: `https://${id}.example` });
const federation = (serial: number): Federation =>
  right(
    readFederation({
      version: 1,
      id: 'test',
      serial,
      schemes: ['cn-rid'],
      catalogue: { cohortCap: 10, columns: [{ kind: 'flag', name: 'late' }] },
      members: [{ id: 'auditor', role: 'auditor', signKey: key('auditor') }, holder('ant'), holder('bee')],
      epochs: [{ number: 1, roster: ['ant', 'bee'].map((id) => ({ holder: id, boxKey: key(`${id} box`) })) }],
    }),
  );
const account = { bureau: 'bureau', epoch: 7 };
const commitment = (digest: number, charge = 1) => ({
  ...account,
  digest: new Uint8Array(64).fill(digest),
  charge: { epsilon: rational(charge), signals: 1 },
  cap: { epsilon: rational(3), signals: 10 },
  answer: { rows: new Uint8Array(64).fill(digest), suppressed: false },
  entry: utf8ToBytes(`entry ${digest}`),
  opening: new Uint8Array(36).fill(digest),
});

const suite = (name: string, place: () => Place): void => {
  describe(`a holder’s state over ${name}`, () => {
    it('keeps document, secrets, nonces, budgets, answers and log over a restart', async () => {
      const first = await holderStore(place());
      expect(await first.adopt(federation(5))).toEqual(E.right(undefined));
      const { join } = await first.epochSecrets(7);
      const drawn = join.reveal().slice();
      const nonce = { member: 'bureau', nonce: 'ab', keepUntil: 2000 };
      expect(await first.admit(nonce, 1000)).toBeDefined();
      expect(await first.admit(nonce, 1000)).toBeUndefined();
      const answered = right(await first.commit(commitment(1), log));
      await first.append(utf8ToBytes('sealed'), log);
      // Nothing is committed for this one, so that its answer would wait for it.
      await (await first.admit({ ...nonce, nonce: 'alone' }, 1000))!.durable();
      expect(await first.admit({ ...nonce, nonce: 'alone' }, 1000)).toBeUndefined();
      // And nothing for this one, which never got an answer.
      await first.admit({ ...nonce, nonce: 'lost' }, 1000);
      await first.close();
      expect(() => join.reveal()).toThrow(RangeError);

      const again = await holderStore(place());
      expect(await again.adopt(federation(4))).toMatchObject({ left: { _tag: 'BadSuccession' } });
      expect((await again.epochSecrets(7)).join.reveal()).toEqual(drawn);
      // The commit of the answer carried it.
      expect(await again.admit(nonce, 1500)).toBeUndefined();
      expect(await again.admit({ ...nonce, nonce: 'alone' }, 1500)).toBeUndefined();
      expect(await again.admit({ ...nonce, nonce: 'lost' }, 1500)).toBeDefined();
      expect(await again.admit({ ...nonce, member: 'other' }, 1500)).toBeDefined();
      expect(await again.spent(account)).toEqual({ epsilon: rational(1), signals: 1 });
      expect(await again.answered(commitment(1))).toEqual(answered);
      expect(await again.answered({ ...commitment(1), bureau: 'other' })).toBeUndefined();
      expect(right(await again.log.entries({ from: 0, count: 9 })).map((entry) => Buffer.from(entry).toString())).toEqual([
        'entry 1',
        'sealed',
      ]);
      expect(right(await again.log.consistency({ first: 1, second: 2 }))).toHaveLength(1);
      expect(await again.log.verify(log)()).toEqual(E.right(undefined));
      await again.close();
    });

    it('charges one of two equal queries, never more than the cap, and refuses without a trace', async () => {
      const store = await holderStore(place());
      const same = await Promise.all([store.commit(commitment(1), log), store.commit(commitment(1), log)]);
      expect(right(same[0]!)).toEqual(right(same[1]!));
      const all = await Promise.all([2, 3, 4, 5].map((digest) => store.commit(commitment(digest), log)));
      expect(all.map((result) => result._tag)).toEqual(['Right', 'Right', 'Left', 'Left']);
      expect(all[2]).toMatchObject({ left: { _tag: 'BudgetSpent' } });
      expect(await store.spent(account)).toEqual({ epsilon: rational(3), signals: 3 });
      expect(right(await store.log.entries({ from: 0, count: 9 }))).toHaveLength(3);
      expect(await store.answered(commitment(4))).toBeUndefined();
      await store.close();
    });

    it('takes up no nonce with a commit that is refused', async () => {
      const own = place();
      const store = await holderStore(own);
      const nonce = { member: 'bureau', nonce: 'cd', keepUntil: 2000 };
      const admission = (await store.admit(nonce, 1000))!;
      await expect(store.append(new Uint8Array(2 ** 25), log)).rejects.toThrow(RangeError);
      expect(await store.admit(nonce, 1000)).toBeUndefined();
      await admission.durable();
      await store.close();
      const again = await holderStore(own);
      expect(await again.admit(nonce, 1500)).toBeUndefined();
      await again.close();
    });

    it('forgets nonces that have expired, and only those', async () => {
      const store = await holderStore(place());
      const keep = async (nonce: string, keepUntil: number, now: number): Promise<boolean> => {
        const admission = await store.admit({ member: 'bureau', nonce, keepUntil }, now);
        await admission?.durable();
        return admission !== undefined;
      };
      for (let i = 0; i < 30; i++) await keep(`n${i}`, 1000 + i, 0);
      expect(await keep('n20', 1020, 1010)).toBe(false);
      for (let i = 0; i < 9; i++) await keep(`later ${i}`, 9999, 2000);
      expect(await keep('n20', 1020, 2000)).toBe(true);
      await store.close();
    });

    it('carries a table from its records to its use, each stage over a restart, and removes it', async () => {
      const id = { bureau: 'bureau', scheme: 'cn-rid+name', epoch: 7 };
      const slots = 2;
      const stage = async <A>(work: (table: TableStore, store: HolderStore) => Promise<A>): Promise<A> => {
        const store = await holderStore(place());
        const result = await work(await store.table(id, slots), store);
        await store.close();
        return result;
      };
      const pseudonyms = rng(5 * 32) as never;
      const values = Uint32Array.from([1, 10, 1, 20, 1, 30, 1, 40, 1, 50]);
      await stage(async (table) => {
        expect(await table.state()).toBeUndefined();
        await table.begin();
        await table.add({ pseudonyms, values }, [1, 2, 3, 4, 5]);
      });
      // Broken off and begun again: what was there is gone.
      await stage(async (table) => {
        expect((await table.state())?.stage).toBe('loading');
        await table.begin();
        await table.add({ pseudonyms, values }, [1, 2, 3, 4, 5]);
        await table.add({ pseudonyms: (pseudonyms as Uint8Array).slice(0, 32) as never, values: Uint32Array.of(1, 99) }, [6]);
        const padding = { pseudonyms: rng(3 * 32) as never, values: new Uint32Array(6) };
        const duplicates = await table.complete(async (subjects) => {
          expect(subjects).toBe(5);
          return padding;
        });
        expect(duplicates).toEqual([6]);
        await expect(table.begin()).rejects.toThrow(RangeError);
      });
      const { keys: rows, fixed } = await stage(async (table) => {
        expect(await table.state()).toMatchObject({ stage: 'ready', rows: 8, accepted: { rows: 8, taken: 0 } });
        const plain = await table.plainRows(0, 8);
        const keys = Array.from({ length: 8 }, (_, i) => bytesToHex(plain.pseudonyms.subarray(32 * i, 32 * i + 32)));
        expect(keys).toEqual([...keys].sort());
        expect([...plain.values].reduce((sum, v) => sum + v, 0)).toBe(155);
        expect(await table.plainRows(2, 3)).toEqual({
          pseudonyms: plain.pseudonyms.slice(64, 160),
          values: plain.values.slice(4, 10),
        });
        await table.exchange({ bureau: rng(96) as never, holder: rng(64) as never });
        const merkle = createMerkleRoot();
        for (const name of keys) merkle.append(utf8ToBytes(name));
        const fixed = rng(64 * keys.length);
        await table.sent({ ...merkle.state(), size: 4, peaks: new Uint8Array(32) }, fixed.subarray(0, 256));
        // Two writes may overlap: each brings what was not on disk when it began.
        await table.sent(merkle.state(), fixed.subarray(128), { root: merkle.root(), entry: utf8ToBytes('sent'), log });
        return { keys, fixed };
      });
      const sealedRow = (i: number): Uint8Array =>
        new Uint8Array(4 * 32)
          .fill(i, 32)
          .fill(0, 0, 32)
          .fill(i + 1, 0, 32);
      await stage(async (table) => {
        expect(await table.state()).toMatchObject({ stage: 'sent', sent: { size: 8 } });
        await table.accept(Buffer.concat([sealedRow(0), sealedRow(1)]) as never, {
          rows: 8,
          taken: 2,
          last: sealedRow(1).slice(0, 32),
        });
      });
      await stage(async (table) => {
        expect((await table.state())?.accepted).toEqual({ rows: 8, taken: 2, last: sealedRow(1).slice(0, 32) });
        const receipt = await table.seal({ entry: utf8ToBytes('sealed'), log });
        expect((await table.state())?.receipt).toEqual(receipt);
        // The plain values are gone.
        expect((await table.plainRows(0, 8)).pseudonyms).toHaveLength(0);
      });
      await stage(async (table, store) => {
        const asked = Buffer.concat([new Uint8Array(32).fill(2), new Uint8Array(32).fill(77)]) as never;
        const { rows: found, matched } = await table.table.gather(asked, [1]);
        expect(matched).toBe(1);
        expect(Buffer.compare(found, Buffer.concat([new Uint8Array(64).fill(1), new Uint8Array(64)]))).toBe(0);
        const { join } = await store.epochSecrets(7);
        const kept = join.reveal().slice();
        await store.markLoaded(id.scheme, 7, { rows: 0 } as never);
        await store.retire({ live: [7], now: 1000, auditWindow: 50 });
        expect(await table.state()).toBeDefined();
        await store.retire({ live: [8], now: 1000, auditWindow: 50 });
        expect(await table.state()).toBeUndefined();
        expect(await store.loaded(id.scheme, 7)).toBeUndefined();
        await expect(table.table.gather(asked, [1])).rejects.toThrow(RangeError);
        expect((await store.joinSeed(7))?.reveal()).toEqual(kept);
        const audited = (await store.auditTable(id))!;
        expect([audited.rows, audited.holderKeys.length]).toEqual([8, 64]);
        expect(await audited.fixed()).toEqual(fixed);
      });
      const later = await holderStore(place());
      await expect(later.epochSecrets(7)).rejects.toThrow('epoch 7 is over');
      await later.retire({ live: [8], now: 1050, auditWindow: 50 });
      expect(await later.joinSeed(7)).toBeDefined();
      await later.retire({ live: [8], now: 1051, auditWindow: 50 });
      expect(await later.joinSeed(7)).toBeUndefined();
      expect(await later.auditTable(id)).toBeUndefined();
      await later.close();
      expect(rows).toHaveLength(8);
    });

    it('keeps an index and its segments', async () => {
      const first = await holderStore(place());
      const index = await first.index('cn-rid', 7);
      const outputs = Buffer.concat([9, 1, 9].map((i) => new Uint8Array(32).fill(i)));
      const mark = (i: number): Uint8Array => new Uint8Array(32).fill(i);
      // A load that was broken off, of other records and more of them: what it left goes.
      await index.add({ batch: 0, outputs: new Uint8Array(64).fill(200), numbers: [1, 2], mark: mark(9) });
      await index.add({ batch: 2, outputs: new Uint8Array(64).fill(77), numbers: [8, 9], mark: mark(8) });
      expect([await index.mark(0), await index.mark(1), await index.mark(2)]).toEqual([mark(9), undefined, mark(8)]);
      await index.add({ batch: 0, outputs, numbers: [1, 2, 3], mark: mark(1) });
      await index.end(1);
      expect([await index.mark(0), await index.mark(2)]).toEqual([mark(1), undefined]);
      const duplicates: number[] = [];
      const count = await index.count((number) => duplicates.push(number));
      expect([count.rows, duplicates]).toEqual([2, [3]]);
      expect((await index.outputs(count, 0, 9))[0]).toBe(1);
      const name = 'ab'.repeat(32);
      await index.addSegment('cd'.repeat(32), Uint8Array.of(1));
      await index.beginSegments();
      await index.addSegment(name, new Uint8Array(1000).fill(4));
      expect(await index.read()).toBeUndefined();
      await index.put({ manifest: Uint8Array.of(5), names: [name] });
      expect([await index.mark(0), (await index.count(() => undefined)).rows]).toEqual([undefined, 0]);
      await first.close();
      const again = await holderStore(place());
      const stored = await again.index('cn-rid', 7);
      expect(await stored.read()).toEqual({ manifest: Uint8Array.of(5), names: [name] });
      expect(await stored.segment(name)).toEqual(new Uint8Array(1000).fill(4));
      expect(await stored.segment('cd'.repeat(32))).toBeUndefined();
      expect(await (await again.index('e164', 7)).read()).toBeUndefined();
      await again.retire({ live: [8], now: 1000, auditWindow: 50 });
      expect([await stored.read(), await stored.segment(name)]).toEqual([undefined, undefined]);
      await again.close();
    });
  });

  describe(`a bureau’s state over ${name}`, () => {
    it('keeps document, seeds, checkpoints and links over a restart', async () => {
      const id = { holder: 'ant', scheme: 'cn-rid', epoch: 7 };
      const first = await querierStore(place());
      expect(await first.adopt(federation(5))).toEqual(E.right(undefined));
      const drawn = (await first.epochSeeds(7)).value.reveal().slice();
      await first.remember('ant', utf8ToBytes('note'));
      await first.remember('cat', utf8ToBytes('older'));
      await first.keepReceipt({ holder: 'cat', index: 4, receipt: utf8ToBytes('receipt') }, utf8ToBytes('newer'));
      await first.keepReceipt({ holder: 'cat', index: 2, receipt: utf8ToBytes('late') });
      const link = first.link(id, 2);
      const rows = Buffer.concat([9, 1, 5].map((i) => new Uint8Array(4 * 32).fill(i))) as never;
      await link.begin({ rows: 3, holderKeys: rng(64) as never, commitment: rng(32) });
      const progress = { taken: { rows: 3, taken: 3, last: new Uint8Array(32).fill(8) }, merkle: { size: 3, peaks: rng(64) } };
      const randomness = Buffer.concat([19, 11, 15].map((i) => new Uint8Array(32).fill(i))) as never;
      await link.take({ rows, randomness }, progress);
      await first.close();

      const again = await querierStore(place());
      expect(await again.adopt(federation(4))).toMatchObject({ left: { _tag: 'BadSuccession' } });
      expect((await again.epochSeeds(7)).value.reveal()).toEqual(drawn);
      expect(await again.checkpoint('ant')).toEqual(utf8ToBytes('note'));
      expect(await again.checkpoint('cat')).toEqual(utf8ToBytes('newer'));
      expect((await again.unacknowledged('cat', 9)).map(({ index }) => index)).toEqual([2, 4]);
      expect(await again.checkpoint('bee')).toBeUndefined();
      const same = again.link(id, 2);
      expect(await same.state()).toMatchObject(progress);
      const { read, permutation } = await same.blinded();
      const made = await read(0, 3);
      expect([...made.rows].filter((_, i) => i % 128 === 0)).toEqual([1, 5, 9]);
      expect([...made.randomness].filter((_, i) => i % 32 === 0)).toEqual([11, 15, 19]);
      expect([...(await permutation())]).toEqual([1, 2, 0]);
      expect((await read(3, 1)).rows).toHaveLength(0);
      await same.seal(new Uint8Array(32).fill(1));
      expect((await same.state())?.root).toEqual(new Uint8Array(32).fill(1));
      expect((await (await same.blinded()).read(0, 3)).rows).toHaveLength(0);
      const seed = (await again.epochSeeds(7)).join.reveal().slice();
      await again.retire({ live: [7, 8], now: 1000, auditWindow: 50 });
      expect(await same.state()).toBeDefined();
      await again.retire({ live: [8], now: 1000, auditWindow: 50 });
      expect(await same.state()).toBeUndefined();
      expect((await again.joinSeed(7))?.reveal()).toEqual(seed);
      await expect(again.epochSeeds(7)).rejects.toThrow('epoch 7 is over');
      await again.retire({ live: [8], now: 1051, auditWindow: 50 });
      expect(await again.joinSeed(7)).toBeUndefined();
      await again.close();
    });
  });
};

describe('in memory', () => {
  let kv: Kv;
  beforeEach(() => {
    const own = memoryKv();
    kv = { ...own, close: async () => undefined };
  });
  suite('memory', () => ({ open: async () => kv }));
});

describe('on disk', () => {
  let folder = '';
  let free: () => void = () => undefined;
  let done: Promise<void> = Promise.resolve();
  beforeEach(async () => {
    await new Promise<void>((ready) => {
      done = inFolder(async (own) => {
        folder = own;
        ready();
        await new Promise<void>((resolve) => {
          free = resolve;
        });
      })();
    });
  });
  afterEach(async () => {
    free();
    await done;
  });
  suite('LMDB', () => ({ open: () => opened(folder) }));
});
