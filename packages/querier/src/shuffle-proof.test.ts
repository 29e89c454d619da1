import { LOG_TABLES, readLeaf } from '@vouchsafe/audit';
import { E, encodeCanonical, type Kv, memoryKv, Secret } from '@vouchsafe/core';
import { openKeyring } from '@vouchsafe/core/at-rest';
import { createGroup, type Elements, GENERATOR } from '@vouchsafe/group';
import { createHolderStore } from '@vouchsafe/holder';
import { readProblem, tagOf, writeFrame } from '@vouchsafe/protocol';
import { describe, expect, it } from 'vitest';
import { openFederation, type Person, PURPOSE, raw, SCHEME, unwrap } from './federation.test.fixture.ts';
import { memoryStore, type QuerierStore } from './index.ts';

const group = createGroup();
const people = (from: number, to: number): readonly Person[] =>
  Array.from({ length: to - from }, (_, i) => ({ id: from + i, values: { loans: 1, net: 0, late: false, worst: 'none' } }));
const tables = { ant: people(0, 30), bee: people(10, 40) };
const question = {
  scheme: SCHEME,
  purpose: PURPOSE,
  cohort: people(0, 40).map(({ id }) => raw(id)),
  columns: ['present'],
  epsilon: 1,
};

/** A holder's store over a Kv that outlives it, as a disk outlives a process. */
const storeOn = async (kv: Kv) => {
  const lasting = { ...kv, close: async () => undefined };
  const unlock = { key: new Secret(new Uint8Array(32).fill(5)) };
  return createHolderStore({ kv: lasting, keyring: unwrap(await openKeyring({ kv: lasting, unlock })()) });
};

/** The leaves about sealing in a holder's log. */
const sealLeaves = (kv: Kv) =>
  kv
    .read((reader) => [...reader.range(LOG_TABLES.leaves)])
    .map(({ value }) => unwrap(readLeaf(value)))
    .filter((leaf) => leaf.leaf === 'seal');

/** A store that gives the rows for one holder out changed; `slots` is V. */
const changing = (
  store: QuerierStore,
  victim: string,
  change: (rows: Elements, width: number) => Promise<void>,
): QuerierStore => ({
  ...store,
  link: (id, slots) => {
    const link = store.link(id, slots);
    const blinded: typeof link.blinded = async () => {
      const sorted = await link.blinded();
      const read: typeof sorted.read = async (from, count) => {
        const made = await sorted.read(from, count);
        if (from === 0) await change(made.rows, 32 * (slots + 2));
        return made;
      };
      return { ...sorted, read };
    };
    return id.holder === victim ? { ...link, blinded } : link;
  },
});

const replace = async (rows: Elements, at: number, work: (element: Elements) => Promise<Elements>): Promise<void> =>
  rows.set(await work(rows.slice(at, at + 32) as Elements), at);

describe('a bureau that changes rows while sealing', () => {
  it.each([
    ['scales a value', 'tD', (rows: Elements) => replace(rows, 64, (x) => group.add(x, x))],
    ['adds a constant', 'tD', (rows: Elements) => replace(rows, 96, (x) => group.add(x, GENERATOR))],
    [
      'gives one row the values of another',
      'tC',
      async (rows: Elements, width: number) => void rows.copyWithin(32, width + 32, 2 * width),
    ],
  ])('%s: is refused, by name, and nothing is ever answered from the table', async (_, check, change) => {
    const kv = memoryKv();
    const federation = await openFederation({ tables, stores: { ant: await storeOn(kv) } });
    const cheat = await federation.openQuerier({ store: changing(await memoryStore(), 'ant', change) });
    const failed = { left: { _tag: 'HoldersFailed', holders: [{ holder: 'ant', fault: { _tag: 'ProofRefused' } }] } };
    expect(await cheat.sync()()).toMatchObject(failed);
    expect(await cheat.aggregate(question)()).toMatchObject({ left: { _tag: 'NotSynced', holders: ['ant'] } });
    expect(sealLeaves(kv)).toMatchObject([{ stage: 'sent' }, { stage: 'refused', proof: check }]);
    // Its rows and proof are gone from the store.
    for (const name of ['rows-1', 'proof-1']) expect(kv.read((reader) => [...reader.range(name)])).toEqual([]);

    // Also after a restart, and for what comes in pieces.
    const again = unwrap(await federation.openHolder('ant', { store: await storeOn(kv) }));
    federation.holders.set('ant', again);
    const finish = encodeCanonical({ epoch: 7, scheme: SCHEME, root: new Uint8Array(32) }) as Uint8Array<ArrayBuffer>;
    for (const route of ['verify', 'finish']) {
      const refusal = await federation.send('ant', `/v1/seal/${route}`, { method: 'POST', body: finish });
      expect([refusal.status, tagOf(unwrap(readProblem(await refusal.text())))]).toEqual([422, 'BadShuffle']);
    }
    expect(await cheat.sync()()).toMatchObject({ left: { _tag: 'HoldersFailed', holders: [{ holder: 'ant' }] } });
    expect(sealLeaves(kv)).toHaveLength(2);
  });
});

describe('a table', () => {
  const isProof = (request: Request): boolean => new URL(request.url).pathname.endsWith('/seal/proof');

  it('is not taken into use before its proof is verified', async () => {
    const kv = memoryKv();
    const federation = await openFederation({ tables, stores: { ant: await storeOn(kv) } });
    let root: Uint8Array | undefined;
    const seen: string[] = [];
    const querier = await federation.openQuerier({
      fetch: async (request, deliver) => {
        const { pathname, hostname } = new URL(request.url);
        const route = pathname.split('/').at(-1)!;
        if (hostname === 'ant.test') seen.push(route);
        if (hostname === 'ant.test' && route === 'verify' && root === undefined) {
          // The whole proof is in, but nobody has verified it.
          root = (sealLeaves(kv)[0] as { readonly root: Uint8Array }).root;
          const body = encodeCanonical({ epoch: 7, scheme: SCHEME, root }) as Uint8Array<ArrayBuffer>;
          const early = await federation.send('ant', '/v1/seal/finish', { method: 'POST', body });
          expect([early.status, tagOf(unwrap(readProblem(await early.text())))]).toEqual([409, 'OutOfTurn']);
        }
        return deliver(request);
      },
    });
    unwrap(await querier.sync()());
    expect(root).toBeDefined();
    expect(seen.indexOf('proof')).toBeGreaterThan(seen.lastIndexOf('rows'));
    expect(seen.lastIndexOf('verify')).toBeGreaterThan(seen.lastIndexOf('proof'));
    expect(seen.indexOf('finish')).toBeGreaterThan(seen.lastIndexOf('verify'));
    expect(sealLeaves(kv)).toMatchObject([{ stage: 'sent' }, { stage: 'sealed', proof: 'valid' }]);
    expect(kv.read((reader) => [...reader.range('proof-1')])).toEqual([]);
    unwrap(await querier.aggregate(question)());
  });

  it('whose proof breaks off is proven to the end later, by new processes on both sides; what was sent is not sent again', async () => {
    const [kv, store] = [memoryKv(), await memoryStore()];
    const federation = await openFederation({ tables, stores: { ant: await storeOn(kv) } });
    let proofs = 0;
    const broken = await federation.openQuerier({
      store,
      fetch: async (request, deliver) => {
        const ours = isProof(request) && new URL(request.url).hostname === 'ant.test';
        if (ours && ++proofs > 2) throw new TypeError('the line is cut');
        return deliver(request);
      },
    });
    expect(await broken.sync()()).toMatchObject({ left: { holders: [{ holder: 'ant', fault: { _tag: 'HolderDown' } }] } });
    federation.holders.set('ant', unwrap(await federation.openHolder('ant', { store: await storeOn(kv) })));
    const progress: string[] = [];
    let sent = 0;
    const querier = await federation.openQuerier({
      store,
      fetch: (request, deliver) => {
        if (isProof(request)) sent++;
        return deliver(request);
      },
    });
    unwrap(await querier.sync({ onProgress: ({ task, done, total }) => done === total && progress.push(task) })());
    expect(sent).toBe(2);
    expect(progress).toEqual(expect.arrayContaining(['prove ant', 'verify ant']));
    unwrap(await querier.aggregate(question)());
  });

  it('whose verification was cut off by a restart is verified again', async () => {
    const [kv, store] = [memoryKv(), await memoryStore()];
    const federation = await openFederation({ tables, stores: { ant: await storeOn(kv) } });
    let cut = true;
    const querier = await federation.openQuerier({
      store,
      fetch: async (request, deliver) => {
        const { pathname, hostname } = new URL(request.url);
        if (cut && hostname === 'ant.test' && pathname.endsWith('/seal/finish')) {
          // Verified, and then the process ends.
          cut = false;
          federation.holders.set('ant', unwrap(await federation.openHolder('ant', { store: await storeOn(kv) })));
        }
        return deliver(request);
      },
    });
    expect(await querier.sync()()).toMatchObject({
      left: { holders: [{ holder: 'ant', fault: { _tag: 'HolderRefused', problem: 'OutOfTurn' } }] },
    });
    unwrap(await querier.sync()());
    unwrap(await querier.aggregate(question)());
  });

  it('keeps its proof through chunks that are malformed, out of turn or early', async () => {
    const federation = await openFederation({ tables });
    const post = async (chunk: number, rows: Uint8Array): Promise<string> => {
      const body = writeFrame({ envelope: { epoch: 7, scheme: SCHEME, chunk }, rows, rowBytes: 32 }) as Uint8Array<ArrayBuffer>;
      const answer = await federation.send('ant', '/v1/seal/proof', { method: 'POST', body });
      return answer.ok ? 'ok' : tagOf(unwrap(readProblem(await answer.text())));
    };
    expect(await post(0, new Uint8Array(32))).toBe('OutOfTurn');
    let tried = false;
    const querier = await federation.openQuerier({
      fetch: async (request, deliver) => {
        const { hostname } = new URL(request.url);
        if (hostname === 'ant.test' && isProof(request) && !tried) {
          tried = true;
          expect(await post(1, new Uint8Array(64))).toBe('OutOfTurn');
          expect(await post(0, new Uint8Array(64))).toBe('BadProofChunk');
          expect(await post(0, new Uint8Array(32 * 32))).toBe('BadElement');
        }
        return deliver(request);
      },
    });
    unwrap(await querier.sync()());
    expect(tried).toBe(true);
    expect(await post(0, new Uint8Array(32))).toBe('OutOfTurn');
    expect(E.isRight(await querier.aggregate(question)())).toBe(true);
  });
});
