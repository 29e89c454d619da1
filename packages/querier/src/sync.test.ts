import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bytesToHex, encodeCanonical, memoryKv, Secret } from '@vouchsafe/core';
import { openKeyring } from '@vouchsafe/core/at-rest';
import { HolderManifest, readEnvelope } from '@vouchsafe/protocol';
import { afterAll, describe, expect, it } from 'vitest';
import { openFederation, type Person, raw, SCHEME, unwrap } from './federation.test.fixture.ts';
import { createQuerierStore, folderCache, memoryCache, type Querier } from './index.ts';
import { resigned } from './resigned.test.fixture.ts';

const people = (from: number, to: number): readonly Person[] =>
  Array.from({ length: to - from }, (_, i) => ({ id: from + i, values: { loans: 1, net: 0, late: false, worst: 'none' } }));
const matchOnly = { version: 1, minimumCohort: 20, queriers: [{ bureau: 'bureau', match: true }] };
const federation = await openFederation({
  tables: { ant: people(0, 30), bee: people(10, 40) },
  policies: { ant: matchOnly, bee: matchOnly },
  // Dummies make the files longer: 100 kB.
  padTo: 20_000,
});
const { openQuerier } = federation;
const base = await mkdtemp(join(tmpdir(), 'vouchsafe-sync-'));
afterAll(() => rm(base, { recursive: true }));

type Deliver = Parameters<NonNullable<NonNullable<Parameters<typeof openQuerier>[0]>['fetch']>>[1];
const isSegment = (request: Request): boolean => request.url.includes('ant') && request.url.includes('/v1/index/');

/** The files that were asked for, with their ranges and how they were answered. */
const watching = () => {
  const asked: { range: string | null; ifRange: string | null; status: number }[] = [];
  const watch = async (request: Request, deliver: Deliver): Promise<Response> => {
    const response = await deliver(request);
    if (isSegment(request))
      asked.push({ range: request.headers.get('range'), ifRange: request.headers.get('if-range'), status: response.status });
    return response;
  };
  return { asked, watch };
};

/** A body that breaks off after so many bytes. */
const cutOff = async (response: Response, after: number): Promise<Response> => {
  const body = new Uint8Array(await response.arrayBuffer());
  let sent = false;
  const broken = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      if (sent) controller.error(new TypeError('the line is cut'));
      else controller.enqueue(body.slice(0, after));
      sent = true;
    },
  });
  return new Response(broken, { status: response.status, headers: response.headers });
};

const works = async (querier: Querier): Promise<void> => {
  const { matches, failures } = unwrap(await querier.match({ scheme: SCHEME, subjects: [raw(5), raw(15), raw(99)] })());
  expect([failures, matches.map(({ holders }) => holders.join())]).toEqual([[], ['ant', 'ant,bee', '']]);
};

describe('sync', () => {
  it('goes on with a download where it broke off, by a range of the very same file, and tells its progress', async () => {
    const cache = memoryCache();
    let cut = true;
    const { asked, watch } = watching();
    const querier = await openQuerier({
      cache,
      fetch: async (request, deliver) => {
        const response = await watch(request, deliver);
        return cut && isSegment(request) ? cutOff(response, 40_000) : response;
      },
    });
    expect(await querier.sync()()).toMatchObject({ left: { holders: [{ holder: 'ant', fault: { _tag: 'HolderDown' } }] } });
    cut = false;
    const seen: { done: number; total: number }[] = [];
    const onProgress = ({ task, done, total }: { task: string; done: number; total: number }): void => {
      if (task === 'index ant') seen.push({ done, total });
    };
    unwrap(await querier.sync({ onProgress })());
    const [first, second] = asked;
    expect(first).toEqual({ range: null, ifRange: null, status: 200 });
    expect(second).toMatchObject({ range: 'bytes=40000-', status: 206 });
    expect(second!.ifRange).toMatch(/^"[0-9a-f]{64}"$/);
    expect(seen.at(-1)!.done).toBe(seen.at(-1)!.total);
    await works(querier);
  });

  it('takes all of a file again from a server that knows no ranges', async () => {
    let cut = true;
    const querier = await openQuerier({
      fetch: async (request, deliver) => {
        if (!isSegment(request)) return deliver(request);
        request.headers.delete('range');
        const response = await deliver(request);
        return cut ? cutOff(response, 1000) : response;
      },
    });
    expect(await querier.sync()()).toMatchObject({ left: { _tag: 'HoldersFailed' } });
    cut = false;
    unwrap(await querier.sync()());
    await works(querier);
  });

  it('needs no signature on a file, and believes no file for one', async () => {
    const unsigned = await openQuerier({
      fetch: async (request, deliver) => {
        const response = await deliver(request);
        return isSegment(request) ? new Response(await response.arrayBuffer(), { status: response.status }) : response;
      },
    });
    unwrap(await unsigned.sync()());
    await works(unsigned);
    const spoilt = async (response: Response, how: (bytes: Uint8Array) => Uint8Array): Promise<Response> =>
      new Response(how(new Uint8Array(await response.arrayBuffer())) as Uint8Array<ArrayBuffer>, { status: response.status });
    const cases: readonly (readonly [(bytes: Uint8Array) => Uint8Array, object])[] = [
      [(bytes) => bytes.with(500, bytes[500]! ^ 1), { _tag: 'BadIndex', fault: 'hash', segment: 0 }],
      [(bytes) => Buffer.concat([bytes, Uint8Array.of(0)]), { _tag: 'BadResponse', problem: 'TooLong' }],
      [(bytes) => bytes.slice(1), { _tag: 'HolderDown' }],
    ];
    for (const [how, fault] of cases) {
      let bad = true;
      const querier = await openQuerier({
        fetch: async (request, deliver) => {
          const response = await deliver(request);
          return bad && isSegment(request) ? spoilt(response, how) : response;
        },
      });
      expect(await querier.sync()()).toMatchObject({ left: { holders: [{ holder: 'ant', fault }] } });
      // What came of it spoils nothing later.
      bad = false;
      unwrap(await querier.sync()());
      await works(querier);
    }
  });

  it('asks for another part than it gets: the answer is refused', async () => {
    let cut = true;
    const querier = await openQuerier({
      fetch: async (request, deliver) => {
        if (!isSegment(request)) return deliver(request);
        if (!cut) request.headers.set('range', 'bytes=5-');
        const response = await deliver(request);
        return cut ? cutOff(response, 1000) : response;
      },
    });
    expect(await querier.sync()()).toMatchObject({ left: { _tag: 'HoldersFailed' } });
    cut = false;
    expect(await querier.sync()()).toMatchObject({
      left: { holders: [{ fault: { _tag: 'BadResponse', problem: 'OtherPart' } }] },
    });
  });

  it('does not take a manifest that the holder did not sign for an index', async () => {
    const change =
      (edit: (scheme: HolderManifest['schemes'][number]) => object) =>
      async (request: Request, deliver: Deliver): Promise<Response> => {
        const response = await deliver(request);
        if (!(request.url.includes('ant') && request.url.includes('/manifest'))) return response;
        const manifest = unwrap(readEnvelope(HolderManifest, new Uint8Array(await response.arrayBuffer())));
        const edited = { ...manifest, schemes: manifest.schemes.map((scheme) => ({ ...scheme, ...edit(scheme) })) };
        const body = encodeCanonical(HolderManifest.encode(edited as HolderManifest)) as Uint8Array<ArrayBuffer>;
        // The answer itself is the holder's own: only the index is not vouched for.
        return resigned(new Response(body, { headers: response.headers }), request, federation.secretsOf('ant'));
      };
    const cases: readonly ((scheme: HolderManifest['schemes'][number]) => object)[] = [
      () => ({ signature: undefined }),
      () => ({ signature: new Uint8Array(64).fill(1) }),
      ({ index }) => ({ index: index!.with(-1, index!.at(-1)! ^ 1) }),
    ];
    for (const edit of cases)
      expect(await (await openQuerier({ fetch: change(edit) })).sync()()).toMatchObject({
        left: { holders: [{ holder: 'ant', fault: { _tag: 'IndexNotSigned' } }] },
      });
  });
});

describe('the cache in a folder', () => {
  const folder = join(base, 'index');
  const counted = async (): Promise<number> => {
    const { asked, watch } = watching();
    const querier = await openQuerier({ cache: folderCache(folder), fetch: watch });
    unwrap(await querier.sync()());
    await works(querier);
    return asked.length;
  };

  it('spares the download after a restart, and heals when its files were spoilt, cut off or deleted', async () => {
    expect(await counted()).toBe(1);
    expect(await counted()).toBe(0);
    const names = await readdir(folder);
    expect(names).toHaveLength(2);
    const spoil: readonly ((path: string) => Promise<void>)[] = [
      async (path) => writeFile(path, (await readFile(path)).fill(0, 3000, 3001)),
      async (path) => writeFile(path, (await readFile(path)).subarray(0, 5000)),
      async (path) => rm(path),
      async (path) => writeFile(path, ''),
    ];
    for (const each of spoil) {
      for (const name of names) await each(join(folder, name));
      expect(await counted()).toBe(1);
      expect(await counted()).toBe(0);
    }
    // What is left of a download, and was spoilt: it is gone on with, found bad, and fetched again.
    for (const name of names) {
      const path = join(folder, name);
      await writeFile(`${path}.part`, (await readFile(path)).subarray(0, 5000).fill(7));
      await rm(path);
    }
    expect(await counted()).toBe(2);
    expect(await readdir(folder)).toEqual(names);
  });
});

describe('an older index', () => {
  it('is not gone back to, also after a restart, and its files are removed', async () => {
    const kv = memoryKv();
    const open = async () => {
      const lasting = { ...kv, close: async () => undefined };
      const unlock = { key: new Secret(new Uint8Array(32).fill(6)) };
      return createQuerierStore({ kv: lasting, keyring: unwrap(await openKeyring({ kv: lasting, unlock })()) });
    };
    const cache = memoryCache();
    const old = bytesToHex(new Uint8Array(32).fill(1));
    await cache.write(old, 0, Uint8Array.of(1));
    await cache.complete(old);
    const store = await open();
    await store.pins.write('ant', SCHEME, { pin: { epoch: 6, manifest: new Uint8Array(32), names: [old] }, live: [6, 7] });
    unwrap(await (await openQuerier({ store, cache })).sync()());
    expect(await cache.read(old)).toBeUndefined();
    const { pins, used } = await store.pins.read('ant', SCHEME);
    expect([pins.map(({ epoch }) => epoch), used]).toEqual([[7], undefined]);
    expect(await cache.read(pins[0]!.names[0]!)).toBeDefined();

    // The next epoch's index is here but was not used: the one before goes on answering.
    await store.pins.write('ant', SCHEME, { pin: { ...pins[0]!, epoch: 8 }, live: [7, 8] });
    const querier = await openQuerier({ store: await open(), cache });
    unwrap(await querier.sync()());
    await works(querier);
    expect((await store.pins.read('ant', SCHEME)).used).toBe(7);
    // Once it was used, there is no way back, neither to fetch the older one nor to match with one that is here.
    expect(await store.pins.use('ant', SCHEME, 8)).toBe(8);
    expect(await store.pins.use('ant', SCHEME, 7)).toBe(8);
    const rolledBack = {
      holder: 'ant',
      fault: { _tag: 'IndexRolledBack', message: expect.stringContaining('epoch 8 was used') },
    };
    expect(unwrap(await querier.match({ scheme: SCHEME, subjects: [raw(5)] })()).failures).toMatchObject([rolledBack]);
    expect(await (await openQuerier({ store: await open(), cache })).sync()()).toMatchObject({ left: { holders: [rolledBack] } });
  });
});
