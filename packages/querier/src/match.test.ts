import { E, memoryKv, Secret } from '@vouchsafe/core';
import { openKeyring } from '@vouchsafe/core/at-rest';
import { createGroup, GENERATOR, randomScalars } from '@vouchsafe/group';
import { createHolderStore, type HolderStore, type MatchQuota } from '@vouchsafe/holder';
import { Evaluated, readFrame, readProblem, tagOf, writeFrame } from '@vouchsafe/protocol';
import { describe, expect, it } from 'vitest';
import { openFederation, type Person, raw, SCHEME, unwrap } from './federation.test.fixture.ts';
import { createQuerierStore } from './index.ts';

const people = (from: number, to: number): readonly Person[] =>
  Array.from({ length: to - from }, (_, i) => ({ id: from + i, values: { loans: 1, net: 0, late: false, worst: 'none' } }));
const granting = (match: true | MatchQuota) => ({
  version: 1,
  minimumCohort: 20,
  queriers: [{ bureau: 'bureau', match }],
});
const group = createGroup();
/** So many fresh blinded elements, in the frame of a request. */
const batchOf = async (count: number): Promise<Uint8Array<ArrayBuffer>> =>
  writeFrame({
    envelope: { epoch: 7, scheme: SCHEME },
    rows: await group.multiplyBase(GENERATOR, randomScalars(count)),
    rowBytes: 32,
  }) as Uint8Array<ArrayBuffer>;

const storeOn = async (kv: ReturnType<typeof memoryKv>): Promise<HolderStore> => {
  const lasting = { ...kv, close: async () => undefined };
  const unlock = { key: new Secret(new Uint8Array(32).fill(5)) };
  return createHolderStore({ kv: lasting, keyring: unwrap(await openKeyring({ kv: lasting, unlock })()) });
};

describe('the quota', () => {
  const tables = { ant: people(0, 30), bee: people(10, 40) };

  it('a crawler with twenty connections, and the holder restarted in between, gets exactly it; then it is told when to come back', async () => {
    const kv = memoryKv();
    const policies = { ant: granting({ elementsPerDay: 100, elementsPerEpoch: 1000 }) };
    const federation = await openFederation({ tables, policies, stores: { ant: await storeOn(kv) } });
    const post = async (count: number) => {
      const response = await federation.send('ant', '/v1/match', { method: 'POST', body: await batchOf(count) });
      return { count, response };
    };
    const crawl = async (sizes: readonly number[]): Promise<number> => {
      const answers = await Promise.all(sizes.map(post));
      return answers.reduce((sum, { count, response }) => sum + (response.status === 200 ? count : 0), 0);
    };
    const first = await crawl(Array.from({ length: 5 }, () => 7));
    expect(first).toBe(35);
    const restarted = unwrap(await federation.openHolder('ant', { store: await storeOn(kv) }));
    federation.holders.set('ant', restarted);
    // 65 are left: nine batches of seven and two of one fit, whatever their order.
    const second = await crawl(Array.from({ length: 20 }, () => 7));
    expect(second).toBe(63);
    expect(await crawl(Array.from({ length: 20 }, () => 1))).toBe(2);

    const { response } = await post(3);
    expect(response.status).toBe(429);
    const seconds = Number(response.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(86_400);
    const problem = unwrap(readProblem(await response.text()));
    expect(problem).toMatchObject({ status: 429, retryAfter: seconds, remaining: 0 });
    expect(tagOf(problem)).toBe('QuotaSpent');
    expect(problem.detail).toContain('after midnight UTC');
  });

  it('of an epoch that is spent has no time to come back', async () => {
    const policies = { ant: granting({ elementsPerDay: 100, elementsPerEpoch: 10 }) };
    const federation = await openFederation({ tables, policies });
    const response = await federation.send('ant', '/v1/match', { method: 'POST', body: await batchOf(11) });
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, null]);
    expect(unwrap(readProblem(await response.text()))).toMatchObject({ remaining: 10 });
    const fits = await federation.send('ant', '/v1/match', { method: 'POST', body: await batchOf(10) });
    expect(fits.status).toBe(200);
  });

  it('is not charged for a request that was answered: it gets the same bytes, at the same time too', async () => {
    const policies = { ant: granting({ elementsPerDay: 12, elementsPerEpoch: 12 }) };
    const federation = await openFederation({ tables, policies });
    const body = await batchOf(12);
    const ask = async (): Promise<Buffer> => {
      const response = await federation.send('ant', '/v1/match', { method: 'POST', body });
      expect(response.status).toBe(200);
      return Buffer.from(await response.arrayBuffer());
    };
    const answers = await Promise.all([ask(), ask(), ask()]);
    answers.push(await ask());
    for (const answer of answers) expect(Buffer.compare(answer, answers[0]!)).toBe(0);
    expect(unwrap(readFrame(Evaluated, 32, new Uint8Array(answers[0]!))).rows).toHaveLength(12 * 32);
    expect((await federation.send('ant', '/v1/match', { method: 'POST', body: await batchOf(1) })).status).toBe(429);
  });

  it('is charged for nothing that is refused', async () => {
    const policies = { ant: granting({ elementsPerDay: 3, elementsPerEpoch: 3 }) };
    const { send } = await openFederation({ tables, policies });
    const bad = await batchOf(3);
    bad.fill(255, bad.length - 32);
    for (let i = 0; i < 3; i++) expect((await send('ant', '/v1/match', { method: 'POST', body: bad.slice() })).status).toBe(400);
    expect((await send('ant', '/v1/match', { method: 'POST', body: await batchOf(3) })).status).toBe(200);
  });

  it.each([
    { elementsPerDay: 0, elementsPerEpoch: 5 },
    { elementsPerDay: 5 },
    { elementsPerDay: 5, elementsPerEpoch: 1e10 },
    false,
  ])('%o is no grant', async (match) => {
    await expect(openFederation({ tables, policies: { ant: granting(match as never) } })).rejects.toThrow('queriers');
  });
});

describe('match over many batches', () => {
  const asked = people(0, 2600).map(({ id }) => raw(id));
  const tables = { ant: people(0, 50), bee: people(2500, 2550) };
  const known = (matches: readonly { readonly holders: readonly string[] }[], holder: string): number =>
    matches.filter(({ holders }) => holders.includes(holder)).length;

  it('loses nothing that was paid for when a holder fails half-way: the quota is exactly enough', async () => {
    const quota = { elementsPerDay: 2600, elementsPerEpoch: 2600 };
    const federation = await openFederation({ tables, policies: { ant: granting(quota), bee: granting(quota) } });
    let failing = true;
    let requests = 0;
    const querier = await federation.openQuerier({
      fetch: async (request, deliver) => {
        const isMatch = request.url.includes('ant') && request.url.endsWith('/match');
        const number = isMatch ? ++requests : 0;
        const response = await deliver(request);
        // The first is answered; of the second the answer gets lost, when it was paid for; the third finds the holder broken.
        if (failing && number === 2) throw new TypeError('the line is cut');
        if (failing && number === 3) return new Response('', { status: 502 });
        return response;
      },
    });
    unwrap(await querier.sync()());
    const first = unwrap(await querier.match({ scheme: SCHEME, subjects: asked })());
    expect(first.failures).toMatchObject([{ holder: 'ant', fault: { _tag: expect.stringMatching(/HolderDown|HolderRefused/) } }]);
    expect(first.holders).toEqual(['bee']);
    expect([known(first.matches, 'ant'), known(first.matches, 'bee')]).toEqual([0, 50]);

    failing = false;
    requests = 0;
    const second = unwrap(await querier.match({ scheme: SCHEME, subjects: asked })());
    expect(second.failures).toEqual([]);
    expect([known(second.matches, 'ant'), known(second.matches, 'bee')]).toEqual([50, 50]);
    expect(requests).toBe(2);
    // Whoever was asked about is known: another call costs nothing, a new subject would.
    const third = unwrap(await querier.match({ scheme: SCHEME, subjects: asked.slice(0, 100) })());
    expect([third.failures, known(third.matches, 'ant'), requests]).toEqual([[], 50, 2]);
    const more = unwrap(await querier.match({ scheme: SCHEME, subjects: [raw(9999)] })());
    expect(more.failures).toMatchObject([
      { holder: 'ant', fault: { _tag: 'HolderRefused', problem: 'QuotaSpent', remaining: 0 } },
      { holder: 'bee', fault: { problem: 'QuotaSpent' } },
    ]);
  });

  it('nor when the bureau itself breaks down, with batches on their way', async () => {
    const quota = { elementsPerDay: 2600, elementsPerEpoch: 2600 };
    const federation = await openFederation({ tables, policies: { ant: granting(quota), bee: granting(quota) } });
    const disk = memoryKv();
    const open = async (fetch: NonNullable<Parameters<typeof federation.openQuerier>[0]>['fetch']) => {
      const kv = { ...disk, close: async () => undefined };
      const unlock = { key: new Secret(new Uint8Array(32).fill(6)) };
      const store = createQuerierStore({ kv, keyring: unwrap(await openKeyring({ kv, unlock })()) });
      const querier = await federation.openQuerier({ store, ...(fetch ? { fetch } : {}) });
      unwrap(await querier.sync()());
      return querier;
    };
    let requests = 0;
    // The holders evaluate, and no answer ever comes: as for a process that was killed.
    const first = await open(async (request, deliver) => {
      const response = await deliver(request);
      if (!request.url.endsWith('/match') || ++requests <= 2) return response;
      throw new TypeError('killed');
    });
    unwrap(await first.match({ scheme: SCHEME, subjects: asked })());
    const stored = disk.read((reader) => [...reader.range('sent-batches')]);
    expect(stored.length).toBeGreaterThan(2);
    const someone = Buffer.from(raw(7).national_id);
    for (const { value } of stored) expect(Buffer.from(value).includes(someone)).toBe(false);

    const again = await open(undefined);
    const result = unwrap(await again.match({ scheme: SCHEME, subjects: asked })());
    expect([result.failures, known(result.matches, 'ant'), known(result.matches, 'bee')]).toEqual([[], 50, 50]);
  });

  it('keeps several batches on the way, tells its progress, and asks about a subject once', async () => {
    const federation = await openFederation({ tables });
    let running = 0;
    let most = 0;
    const querier = await federation.openQuerier({
      fetch: async (request, deliver) => {
        running++;
        most = Math.max(most, running);
        const response = await deliver(request);
        running--;
        return response;
      },
    });
    unwrap(await querier.sync()());
    most = 0;
    const seen: number[] = [];
    const result = unwrap(
      await querier.match({ scheme: SCHEME, subjects: [...asked, ...asked], onProgress: ({ done }) => seen.push(done) })(),
    );
    expect(most).toBeGreaterThanOrEqual(4);
    expect(seen.at(-1)).toBe(2 * 2 * asked.length);
    expect(known(result.matches, 'ant')).toBe(100);
    const elements = federation.exchanges.filter(({ route }) => route === '/v1/match').reduce((sum, { sent }) => sum + sent, 0);
    expect(elements).toBeLessThan(2 * 32 * asked.length + 6 * 200);
  });

  it('stops when asked, and goes on where it stopped', async () => {
    const quota = { elementsPerDay: 2600, elementsPerEpoch: 2600 };
    const federation = await openFederation({ tables, policies: { ant: granting(quota), bee: granting(quota) } });
    const { querier } = federation;
    unwrap(await querier.sync()());
    const stop = new AbortController();
    const onProgress = ({ done }: { readonly done: number }): void => {
      if (done >= 1000) stop.abort();
    };
    const stopped = await querier.match({ scheme: SCHEME, subjects: asked, signal: stop.signal, onProgress })();
    expect(stopped).toMatchObject({ left: { _tag: 'Aborted' } });
    const result = unwrap(await querier.match({ scheme: SCHEME, subjects: asked })());
    expect([result.failures, known(result.matches, 'ant')]).toEqual([[], 50]);
  });
});

describe('a holder that uses another key for this bureau', () => {
  const tables = { ant: people(0, 30), bee: people(10, 40) };
  const subjects = [raw(1), raw(2)];

  it('to evaluate is caught by the proof, and nothing of its answer is used', async () => {
    const federation = await openFederation({ tables });
    const other = unwrap(await federation.openHolder('ant'));
    unwrap(await other.load()());
    const querier = await federation.openQuerier({
      fetch: (request, deliver) =>
        request.url.includes('ant') && request.url.endsWith('/match') ? other.fetch(request) : deliver(request),
    });
    unwrap(await querier.sync()());
    const result = unwrap(await querier.match({ scheme: SCHEME, subjects })());
    expect(result.failures).toMatchObject([{ holder: 'ant', fault: { _tag: 'BadProof' } }]);
    expect(result.holders).toEqual(['bee']);
  });

  it('in a new index of the same epoch is caught by the pin', async () => {
    const federation = await openFederation({ tables });
    const other = unwrap(await federation.openHolder('ant'));
    unwrap(await other.load()());
    const kv = memoryKv();
    const open = async (manifest?: typeof other) => {
      const lasting = { ...kv, close: async () => undefined };
      const unlock = { key: new Secret(new Uint8Array(32).fill(6)) };
      const store = createQuerierStore({ kv: lasting, keyring: unwrap(await openKeyring({ kv: lasting, unlock })()) });
      return federation.openQuerier({
        store,
        fetch: (request, deliver) =>
          manifest && request.url.includes('ant') && request.url.includes('/manifest')
            ? manifest.fetch(request)
            : deliver(request),
      });
    };
    unwrap(await (await open()).sync()());
    const refused = await (await open(other)).sync()();
    expect(refused).toMatchObject({
      left: {
        holders: [{ holder: 'ant', fault: { _tag: 'IndexRolledBack', message: expect.stringContaining('another tag index') } }],
      },
    });
    expect(E.isRight(await (await open()).sync()())).toBe(true);
  });
});
