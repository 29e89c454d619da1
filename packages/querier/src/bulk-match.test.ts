import { KvFailure, kvKey, memoryKv } from '@vouchsafe/core';
import { ROUTES, readProblem, tagOf } from '@vouchsafe/protocol';
import { bulkParameters, closeBulkThreads } from '@vouchsafe/psi/bulk';
import { afterAll, describe, expect, it } from 'vitest';
import { accepting, frameOf, matchesIn, people, policyOf, storeOn } from './bulk-match.test.fixture.ts';
import { openFederation, raw, SCHEME, type TestFederation, unwrap } from './federation.test.fixture.ts';
import type { Fetch, Querier } from './index.ts';
import { type Listening, listen } from './over-http.test.fixture.ts';
import { resigned } from './resigned.test.fixture.ts';

const subjects = [...Array.from({ length: 60 }, (_, i) => raw(i)), { national_id: 'nonsense' }, raw(3)];
const tables = { ant: people(0, 30), bee: people(20, 50) };
/** Of 60 subjects against 30 people, padded to 32. */
const { bound } = bulkParameters({ nx: 60, ny: 32 });
const asked = { scheme: SCHEME, subjects, mode: 'bulk' } as const;

const servers: Listening[] = [];
afterAll(async () => {
  await Promise.all(servers.map((server) => server.close()));
  closeBulkThreads();
});

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

/** A querier of which some requests go wrong. */
const interfering = async (
  federation: TestFederation,
  fetch: (request: Request, deliver: Fetch, count: number) => Promise<Response>,
): Promise<Querier> => {
  let count = 0;
  const querier = await federation.openQuerier({
    fetch: (request, deliver) =>
      request.url.includes(ROUTES.bulkOpen) && request.url.includes('ant') ? fetch(request, deliver, count++) : deliver(request),
  });
  unwrap(await querier.sync()());
  return querier;
};

describe('a bulk match over HTTP', async () => {
  const policies = { ant: accepting(), bee: accepting(), cat: policyOf(true) };
  const federation = await openFederation({ tables: { ...tables, cat: people(0, 5) }, policies });
  const querier = await overHttp(federation);

  it('finds what `match` finds, duplicates and bad rows included, with each holder that grants it', async () => {
    const seen: number[] = [];
    const bulk = unwrap(await querier.match({ ...asked, onProgress: ({ done }) => seen.push(done) })());
    expect(bulk.failures).toEqual([]);
    expect(bulk.holders).toEqual(['ant', 'bee']);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(120);
    const each = unwrap(await querier.match({ scheme: SCHEME, subjects })());
    expect(each.holders).toEqual(['ant', 'bee', 'cat']);
    const known = (result: typeof bulk) =>
      result.matches.map(({ row, holders }) => ({ row, holders: holders.filter((holder) => holder !== 'cat') }));
    expect(known(bulk)).toEqual(known(each));
    expect(bulk.rejected).toEqual(each.rejected);
    expect(bulk.matches.filter(({ holders }) => holders.length > 0)).toHaveLength(51);
  });

  it('is in the holder’s log, with what was asked, what it went against and what it cost', async () => {
    const [leaf] = await matchesIn(federation, 'ant');
    expect(leaf).toMatchObject({ querier: 'bureau', scheme: SCHEME, epoch: 7, elements: 60 });
    expect(leaf!.bulk).toEqual({ rows: 32, charged: bound, outcome: 'answered' });
    expect(bound).toBeGreaterThan(60);
    // The bureau has the receipt, and counter-signs the entry when it asks again.
    unwrap(await querier.match({ scheme: SCHEME, subjects: [raw(1)] })());
    const always = { from: 0, to: 2 ** 40 };
    await expect
      .poll(async () => unwrap(await federation.holders.get('ant')!.statement(always)()).statement.lines)
      .toMatchObject([{ kind: 'match', subjects: expect.any(Number) }]);
    const [line] = unwrap(await federation.holders.get('ant')!.statement(always)()).statement.lines;
    expect(line!.subjects).toBeGreaterThanOrEqual(60);
  });

  it('sends bytes that do not depend on who is in either set', async () => {
    const sizesOf = async (from: number): Promise<readonly (readonly [string, number, number])[]> => {
      const before = federation.exchanges.length;
      unwrap(await querier.match({ ...asked, subjects: Array.from({ length: 20 }, (_, i) => raw(from + i)) })());
      return federation.exchanges
        .slice(before)
        .flatMap(({ route, sent, received, holder }) =>
          holder === 'ant' && route.startsWith(ROUTES.bulkOpen) ? [[route, sent, received] as const] : [],
        );
    };
    const [none, half, all] = [await sizesOf(1000), await sizesOf(20), await sizesOf(0)];
    expect(none.map(([route]) => route)).toEqual([
      ROUTES.bulkOpen,
      ...Array.from({ length: 4 }, () => ROUTES.bulkStep),
      ROUTES.bulkMasks,
      ROUTES.bulkEnd,
    ]);
    // But for the last step's answer, which carries a receipt: its proof grows with the log.
    const comparable = (list: typeof none) => list.filter((_, i) => i !== 4);
    expect(comparable(half)).toEqual(comparable(none));
    expect(comparable(all)).toEqual(comparable(none));
    expect(half[4]![1]).toBe(none[4]![1]);
    expect(Math.abs(half[4]![2] - none[4]![2])).toBeLessThan(200);
  });
});

describe('the quota of a bulk match', () => {
  it('is debited by what a deviating querier could have bound, in one account with `match`, and outlives the holder', async () => {
    const kv = memoryKv();
    const federation = await openFederation({
      tables,
      policies: { ant: accepting(2 * bound + 5) },
      stores: { ant: await storeOn(kv) },
    });
    const { querier } = federation;
    unwrap(await querier.sync()());
    expect(unwrap(await querier.match(asked)()).holders).toEqual(['ant']);
    federation.holders.set('ant', unwrap(await federation.openHolder('ant', { store: await storeOn(kv) })));
    expect(unwrap(await querier.match(asked)()).holders).toEqual(['ant']);
    const third = unwrap(await querier.match(asked)());
    expect(third.failures).toMatchObject([
      { holder: 'ant', fault: { _tag: 'HolderRefused', problem: 'QuotaSpent', status: 429, remaining: 5 } },
    ]);
    const five = await querier.match({ scheme: SCHEME, subjects: subjects.slice(0, 5) })();
    expect(unwrap(five).holders).toContain('ant');
    const sixth = unwrap(await querier.match({ scheme: SCHEME, subjects: [raw(99)] })());
    expect(sixth.failures).toMatchObject([{ holder: 'ant', fault: { problem: 'QuotaSpent', remaining: 0 } }]);
    expect((await matchesIn(federation, 'ant')).map(({ bulk }) => bulk?.charged)).toEqual([bound, bound, undefined]);
  });

  it('is exact when two matches are under way at once: one is answered', async () => {
    const federation = await openFederation({ tables, policies: { ant: accepting(bound + 10) } });
    const { querier } = federation;
    unwrap(await querier.sync()());
    const both = await Promise.all([querier.match(asked)(), querier.match(asked)()]);
    const results = both.map(unwrap);
    expect(results.flatMap(({ holders }) => holders)).toEqual(['ant']);
    expect(results.flatMap(({ failures }) => failures)).toMatchObject([{ fault: { problem: 'QuotaSpent', remaining: 10 } }]);
    expect(await matchesIn(federation, 'ant')).toHaveLength(1);
  });
});

describe('a holder whose disk is full when the masks are charged', () => {
  it('sends none, charges nothing, and logs nothing', async () => {
    const kv = memoryKv();
    let full = false;
    const commit: typeof kv.commit = (work) =>
      kv.commit((writer) => {
        const result = work(writer);
        // Debit and log entry are written in this transaction; it does not come to its end.
        if (full && writer.get('match-days', kvKey('bureau'))) throw new KvFailure('StoreFull', 'no room on the disk');
        return result;
      });
    const stores = { ant: await storeOn({ ...kv, commit }) };
    const federation = await openFederation({ tables, policies: { ant: accepting(bound) }, stores, onError: () => {} });
    const { querier } = federation;
    unwrap(await querier.sync()());
    full = true;
    const first = unwrap(await querier.match(asked)());
    expect(first.failures).toMatchObject([{ holder: 'ant', fault: { problem: 'InternalError', status: 500 } }]);
    expect(kv.read((reader) => reader.get('match-days', kvKey('bureau')))).toBeUndefined();
    full = false;
    expect(await matchesIn(federation, 'ant')).toEqual([]);
    expect(unwrap(await querier.match(asked)()).holders).toEqual(['ant']);
  });
});

describe('what a policy does not grant', () => {
  it('is not in the manifest, and is refused at the door', async () => {
    const quota = { elementsPerDay: 1000, elementsPerEpoch: 1000 };
    const { querier, send } = await openFederation({ tables, policies: { ant: policyOf(quota), bee: policyOf(true) } });
    unwrap(await querier.sync()());
    expect(await querier.match(asked)()).toMatchObject({
      left: { _tag: 'NotSynced', message: expect.stringContaining('no policy grants bulk matches') },
    });
    for (const [holder, member] of [
      ['ant', 'bureau'],
      ['bee', 'bureau'],
      ['ant', 'other-bureau'],
      ['ant', 'bee'],
    ] as const) {
      const body = frameOf({ epoch: 7, scheme: SCHEME }, new Uint8Array(38));
      const response = await send(holder, ROUTES.bulkOpen, { method: 'POST', body, member });
      expect([response.status, tagOf(unwrap(readProblem(await response.text())))]).toEqual([403, 'NotGranted']);
    }
  });

  it.each([true, 'yes', false])('bulk: %s is no grant', async (bulk) => {
    const match = { elementsPerDay: 1000, elementsPerEpoch: 1000, bulk };
    await expect(openFederation({ tables, policies: { ant: policyOf(match) } })).rejects.toThrow('queriers');
  });

  it('any more ends a match that is under way, before its masks', async () => {
    const federation = await openFederation({ tables, policies: { ant: accepting() } });
    const ant = federation.holders.get('ant')!;
    const querier = await interfering(federation, async (request, deliver, count) => {
      if (count === 3) unwrap(await ant.adopt({ federation: federation.signed(federation.document), policy: policyOf(true) })());
      return deliver(request);
    });
    const result = unwrap(await querier.match(asked)());
    expect(result.failures).toMatchObject([{ holder: 'ant', fault: { problem: 'NotGranted', status: 403 } }]);
    expect(await matchesIn(federation, 'ant')).toEqual([]);
  });

  it('yet is granted by a new policy once the records were loaded for it; what was loaded before stays as it is', async () => {
    const federation = await openFederation({ tables, policies: { ant: policyOf(true), bee: policyOf(true) } });
    const { querier, signed, document } = federation;
    unwrap(await querier.sync()());
    const ant = federation.holders.get('ant')!;
    unwrap(await ant.adopt({ federation: signed(document), policy: accepting() })());
    const before = federation.exchanges.length;
    const first = unwrap(await ant.load()());
    expect(first.schemes).toMatchObject([{ subjects: 30 }]);
    unwrap(await querier.sync()());
    expect(federation.exchanges.slice(before).some(({ route }) => route.includes('/index/'))).toBe(false);
    expect(unwrap(await querier.match(asked)()).holders).toEqual(['ant']);
  });
});

describe('a session that breaks off', () => {
  const open = async () => {
    const federation = await openFederation({ tables, policies: { ant: accepting(bound) } });
    return { federation, spent: async () => (await matchesIn(federation, 'ant')).length };
  };

  it.each([0, 1, 3])('because the line is cut at request %i costs nothing, and the next one is a fresh one', async (at) => {
    const { federation, spent } = await open();
    let cut = true;
    const querier = await interfering(federation, async (request, deliver, count) => {
      const response = await deliver(request);
      if (cut && count === at) throw new TypeError('the line is cut');
      return response;
    });
    const first = unwrap(await querier.match(asked)());
    expect(first.failures).toMatchObject([{ holder: 'ant', fault: { _tag: 'HolderDown' } }]);
    expect(await spent()).toBe(0);
    cut = false;
    expect(unwrap(await querier.match(asked)()).holders).toEqual(['ant']);
  });

  it('after the masks were charged stays charged, and is not answered again', async () => {
    const { federation, spent } = await open();
    const querier = await interfering(federation, async (request, deliver) => {
      const response = await deliver(request);
      if (request.url.includes(ROUTES.bulkMasks)) throw new TypeError('the line is cut');
      return response;
    });
    const first = unwrap(await querier.match(asked)());
    expect(first.failures).toMatchObject([{ holder: 'ant', fault: { _tag: 'HolderDown' } }]);
    expect(await spent()).toBe(1);
    expect(unwrap(await querier.match(asked)()).failures).toMatchObject([{ fault: { problem: 'QuotaSpent', remaining: 0 } }]);
  });

  it.each([2, 5])('because the holder was restarted before request %i is lost by name', async (at) => {
    const kv = memoryKv();
    const federation = await openFederation({ tables, policies: { ant: accepting() }, stores: { ant: await storeOn(kv) } });
    const querier = await interfering(federation, async (request, deliver, count) => {
      if (count === at) {
        await federation.holders.get('ant')!.close();
        federation.holders.set('ant', unwrap(await federation.openHolder('ant', { store: await storeOn(kv) })));
      }
      return deliver(request);
    });
    const result = unwrap(await querier.match(asked)());
    expect(result.failures).toMatchObject([{ fault: { _tag: 'HolderRefused', problem: 'BulkSessionLost', status: 410 } }]);
    expect(await matchesIn(federation, 'ant')).toHaveLength(at === 5 ? 1 : 0);
    expect(unwrap(await querier.match(asked)()).holders).toEqual(['ant']);
  });

  it('by the caller’s abort is one', async () => {
    const { federation, spent } = await open();
    const stop = new AbortController();
    const querier = await interfering(federation, async (request, deliver, count) => {
      if (count === 3) stop.abort();
      return deliver(request);
    });
    expect(await querier.match({ ...asked, signal: stop.signal })()).toMatchObject({ left: { _tag: 'Aborted' } });
    expect(await spent()).toBe(0);
    expect(unwrap(await querier.match(asked)()).holders).toEqual(['ant']);
  });
});

describe('a holder that signs something else', () => {
  it.each([
    ['masks', ROUTES.bulkMasks, 40, 'WrongLeaf'],
    ['a receipt', ROUTES.bulkStep, 120, 'BadCheckpoint'],
  ] as const)('%s than its log says is not believed', async (_, route, place, tag) => {
    const federation = await openFederation({ tables, policies: { ant: accepting() } });
    let steps = 0;
    const querier = await interfering(federation, async (request, deliver) => {
      const response = await deliver(request.clone());
      if (!request.url.includes(route) || (route === ROUTES.bulkStep && ++steps < 4)) return response;
      const body = new Uint8Array(await response.arrayBuffer());
      body[body.length - place]! ^= 1;
      return resigned(new Response(body, { headers: response.headers }), request, federation.secretsOf('ant'));
    });
    const result = unwrap(await querier.match(asked)());
    expect(result.failures).toMatchObject([{ holder: 'ant', fault: { _tag: tag } }]);
    expect(result.matches.every(({ holders }) => holders.length === 0)).toBe(true);
  });
});

describe('a holder’s identifiers for bulk matches', () => {
  it('are encrypted on its disk, and gone with the epoch', async () => {
    const kv = memoryKv();
    const federation = await openFederation({ tables, policies: { ant: accepting() }, stores: { ant: await storeOn(kv) } });
    const stored = () => ['bulk-sets', 'bulk-ids'].map((table) => kv.read((reader) => [...reader.range(table)]));
    expect(stored().map((entries) => entries.length)).toEqual([1, 1]);
    const someone = Buffer.from(raw(7).national_id);
    for (const { value } of stored().flat()) expect(Buffer.from(value).includes(someone)).toBe(false);
    const { document, signed, holders } = federation;
    const [{ roster }] = document.epochs as [(typeof document.epochs)[0]];
    const next = { ...document, serial: 2, epochs: [...document.epochs, { number: 8, roster }] };
    unwrap(await holders.get('ant')!.adopt({ federation: signed(next) })());
    const last = { ...next, serial: 3, epochs: next.epochs.slice(1) };
    unwrap(await holders.get('ant')!.adopt({ federation: signed(last) })());
    expect(stored().flat()).toEqual([]);
  });
});
