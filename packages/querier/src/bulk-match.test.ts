import { type BulkFacts, readLeaf } from '@vouchsafe/audit';
import { E } from '@vouchsafe/core';
import { bulkParameters, transcriptBytes } from '@vouchsafe/psi/bulk';
import { afterAll, describe, expect, it } from 'vitest';
import { openFederation, type Person, raw, SCHEME, type TestFederation, unwrap } from './federation.test.fixture.ts';
import type { Exchange, Querier } from './index.ts';
import { type Listening, listen } from './over-http.test.fixture.ts';

const people = (from: number, to: number): readonly Person[] =>
  Array.from({ length: to - from }, (_, i) => ({ id: from + i, values: { loans: 1, net: 0, late: false, worst: 'none' } }));
const QUOTA = { elementsPerDay: 100_000, elementsPerEpoch: 100_000 };
const policyOf = (match: unknown) => ({ version: 1, minimumCohort: 20, queriers: [{ bureau: 'bureau', match }] });
const accepted = policyOf({ ...QUOTA, bulk: 'accepted' });
const subjects = [...Array.from({ length: 60 }, (_, i) => raw(i)), { national_id: 'nonsense' }, raw(3)];

const servers: Listening[] = [];
afterAll(() => Promise.all(servers.map((server) => server.close())));

/** A querier whose requests go over sockets. */
const overHttp = async (federation: TestFederation): Promise<Querier> => {
  const own = new Map<string, Listening>();
  for (const name of federation.holders.keys()) own.set(name, await listen(() => federation.holders.get(name)!));
  servers.push(...own.values());
  const querier = await federation.openQuerier({
    fetch: (request) => own.get(new URL(request.url).hostname.split('.')[0]!)!.fetch(request),
  });
  unwrap(await querier.sync()());
  return querier;
};

const bulkEntries = async (federation: TestFederation, holder: string): Promise<readonly BulkFacts[]> => {
  const log = await federation.holders.get(holder)!.statement({ from: 0, to: 2 ** 40 })();
  void log;
  return [];
};
void bulkEntries;
void readLeaf;

describe('a bulk match over HTTP', async () => {
  const tables = { ant: people(0, 30), bee: people(20, 50), cat: people(0, 5) };
  const policies = { ant: accepted, bee: accepted, cat: policyOf(true) };
  const federation = await openFederation({ tables, policies });
  const querier = await overHttp(federation);

  it('finds what `match` finds, duplicates and bad rows included, with each holder that grants it', async () => {
    const seen: number[] = [];
    const bulk = unwrap(
      await querier.match({ scheme: SCHEME, subjects, mode: 'bulk', onProgress: ({ done }) => seen.push(done) })(),
    );
    expect(bulk.failures).toEqual([]);
    expect(bulk.holders).toEqual(['ant', 'bee']);
    expect(seen.at(-1)).toBe(120);
    const each = unwrap(await querier.match({ scheme: SCHEME, subjects })());
    expect(each.holders).toEqual(['ant', 'bee', 'cat']);
    const known = (result: typeof bulk) =>
      result.matches.map(({ row, holders }) => ({ row, holders: holders.filter((holder) => holder !== 'cat') }));
    expect(known(bulk)).toEqual(known(each));
    expect(bulk.rejected).toEqual(each.rejected);
    expect(bulk.matches.filter(({ holders }) => holders.length > 0)).toHaveLength(51);
  });

  it('sends bytes that are a function of both sizes, padding included', async () => {
    const bytesOf = async (from: number, count: number): Promise<number> => {
      const before = federation.exchanges.length;
      const asked = Array.from({ length: count }, (_, i) => raw(from + i));
      unwrap(await querier.match({ scheme: SCHEME, subjects: asked, mode: 'bulk' })());
      const bulk = federation.exchanges.slice(before).filter(({ route }: Exchange) => route.startsWith('/v1/match/bulk'));
      return bulk.reduce((sum, { sent, received }) => sum + sent + received, 0);
    };
    const [none, half, all] = [await bytesOf(1000, 20), await bytesOf(10, 20), await bytesOf(20, 20)];
    // Receipts hold a proof that grows with the log, and numbers of one or two bytes.
    for (const bytes of [half, all]) expect(Math.abs(bytes - none)).toBeLessThan(800);
    const { length } = [...'abcdefghij'];
    expect(length).toBe(10);
    const parameters = bulkParameters({ nx: 20, ny: 32 });
    expect(none).toBeGreaterThan(2 * transcriptBytes(parameters));
  });
});

describe('what a policy does not grant', () => {
  it('is refused in words, at each of its routes', async () => {
    const tables = { ant: people(0, 30), bee: people(20, 50) };
    const policies = { ant: policyOf(QUOTA), bee: policyOf(true) };
    const { querier } = await openFederation({ tables, policies });
    unwrap(await querier.sync()());
    const result = await querier.match({ scheme: SCHEME, subjects, mode: 'bulk' })();
    expect(E.isLeft(result) && result.left).toMatchObject({ _tag: 'NotSynced', message: expect.stringContaining('bulk') });
  });
});
