import { LOG_TABLES, openCheckpoint, verifyConsistency, verifyInclusion } from '@vouchsafe/audit';
import { createMerkleRoot, createSigner, E, type Kv, leafHash, memoryKv, Secret } from '@vouchsafe/core';
import { openKeyring } from '@vouchsafe/core/at-rest';
import { createHolderStore, type Holder, type HolderStore } from '@vouchsafe/holder';
import { LogConsistency, LogEntries, LogInclusion, readEnvelope, readProblem, signRequest, tagOf } from '@vouchsafe/protocol';
import { describe, expect, it } from 'vitest';
import { openFederation, type Person, PURPOSE, raw, SCHEME, unwrap } from './federation.test.fixture.ts';
import { createAuditor, createQuerierStore, logOf, type Querier } from './index.ts';

const people = (from: number, to: number): readonly Person[] =>
  Array.from({ length: to - from }, (_, i) => ({ id: from + i, values: { loans: 1, net: 0, late: false, worst: 'none' } }));
const tables = { ant: people(0, 30), bee: people(10, 40) };
const cohort = people(0, 40).map(({ id }) => raw(id));
const ask = (querier: Querier, repeat = 0) =>
  querier.aggregate({ scheme: SCHEME, purpose: PURPOSE, cohort, columns: ['present'], epsilon: 1, repeat })();

/** A Kv that outlives its store, with the store's keyring. */
const onDisk = async (kv: Kv) => {
  const lasting = { ...kv, close: async () => undefined };
  return {
    kv: lasting,
    keyring: unwrap(await openKeyring({ kv: lasting, unlock: { key: new Secret(new Uint8Array(32).fill(5)) } })()),
  };
};

/** A holder's store over a given Kv; the Kv outlives it, as a disk outlives a process. */
const storeOn = async (kv: Kv): Promise<HolderStore> => createHolderStore(await onDisk(kv));

/** Status and tag of a refusal. */
const refusalOf = async (response: Response): Promise<readonly [number, string]> => [
  response.status,
  tagOf(unwrap(readProblem(await response.text()))),
];

describe('the signature of a request', async () => {
  const kv = memoryKv();
  const federation = await openFederation({ tables, stores: { ant: await storeOn(kv) } });
  const { holders, secretsOf } = federation;
  const body = new Uint8Array([1, 2, 3]);
  const url = 'http://ant.test/vouchsafe/v1/match';
  const signed = (change: { readonly now?: () => number; readonly url?: string; readonly by?: string } = {}) =>
    signRequest(
      { signer: createSigner(secretsOf(change.by ?? 'bureau').signSeed), now: change.now },
      { method: 'POST', url: change.url ?? url, body },
    ).message as unknown as Readonly<Record<string, string>>;
  const send = (
    headers: Readonly<Record<string, string>>,
    { sent = body, to = url, holder = holders.get('ant')! }: { sent?: typeof body; to?: string; holder?: Holder } = {},
  ) => holder.fetch(new Request(to, { method: 'POST', headers, body: sent }));

  it.each([
    ['none', () => send({}), [401, 'Unsigned']],
    ['a stranger’s', () => send(signed({ by: 'stranger' })), [401, 'UnknownKey']],
    [
      'another member’s under this one’s key',
      () => send({ ...signed(), signature: signed({ by: 'other-bureau' })['signature']! }),
      [401, 'BadSignature'],
    ],
    ['for another path', () => send(signed({ url: url.replace('match', 'query') })), [401, 'BadSignature']],
    ['for another query part', () => send(signed(), { to: `${url}?epoch=1` }), [401, 'BadSignature']],
    ['of six minutes ago', () => send(signed({ now: () => Date.now() - 360_000 })), [401, 'SignatureExpired']],
    ['of a minute from now', () => send(signed({ now: () => Date.now() + 60_000 })), [401, 'SignatureExpired']],
    [
      'for another holder',
      () => send(signed({ url: url.replace('ant', 'bee') }), { to: url.replace('ant', 'bee') }),
      [421, 'WrongAddressee'],
    ],
    ['of another body', () => send(signed(), { sent: new Uint8Array([1, 2, 4]) }), [400, 'DigestMismatch']],
    ['of a longer body', () => send(signed(), { sent: new Uint8Array([1, 2]) }), [400, 'DigestMismatch']],
  ] as const)('%s is a problem of its own', async (_, response, expected) => {
    expect(await refusalOf(await response())).toEqual(expected);
  });

  it('is good once: a replay is refused, also by a holder that was restarted on its store', async () => {
    const headers = signed();
    expect(await refusalOf(await send(headers))).toEqual([400, 'BadFrame']);
    expect(await refusalOf(await send(headers))).toEqual([409, 'Replayed']);
    const restarted = unwrap(await federation.openHolder('ant', { store: await storeOn(kv) }));
    expect(await refusalOf(await send(headers, { holder: restarted }))).toEqual([409, 'Replayed']);
  });

  it('may be half a minute off by the holder’s clock', async () => {
    for (const skew of [-29_000, 29_000])
      expect(await refusalOf(await send(signed({ now: () => Date.now() + skew })))).toEqual([400, 'BadFrame']);
  });
});

describe('a federation document', async () => {
  const { document, openHolder, openQuerier } = await openFederation({ tables });
  const kv = memoryKv();

  it.each([
    ['an older one', { serial: 4 }, 'BadSuccession'],
    ['the same serial with other content', { schemes: ['e164', SCHEME] }, 'BadSuccession'],
    ['another roster inside the epoch', { serial: 6, epochs: [{ ...document.epochs[0]!, roster: [] }] }, 'BadFederation'],
  ])('that may not follow the one before keeps a holder and a querier from starting: %s', async (_, change, tag) => {
    const current = { ...document, serial: 5 };
    unwrap(await openHolder('ant', { store: await storeOn(kv), document: current }));
    const refused = await openHolder('ant', { store: await storeOn(kv), document: { ...current, ...change } });
    expect(refused).toMatchObject({ left: { _tag: tag, message: expect.stringMatching(/federation document/) } });
    unwrap(await openHolder('ant', { store: await storeOn(kv), document: { ...current } }));
  });

  it('is not taken from a stranger, nor with keys that are not in it', async () => {
    const refused = await openHolder('ant', {
      document: { ...document, members: document.members.filter(({ id }) => id !== 'ant') },
    });
    expect(refused).toMatchObject({ left: { _tag: 'BadFederation' } });
    const rotated = document.members.map((member) => (member.id === 'ant' ? { ...member, signKey: 'ab'.repeat(32) } : member));
    expect(await openHolder('ant', { document: { ...document, members: rotated } })).toMatchObject({
      left: { _tag: 'NotThisMember' },
    });
    await expect(
      openQuerier({ document: { ...document, members: document.members.filter(({ id }) => id !== 'bureau') } }),
    ).rejects.toThrow(/no bureau/);
  });
});

describe('the log', () => {
  it('tells the skew of the holder’s clock with every answer', async () => {
    const { querier, exchanges } = await openFederation({ tables, clocks: { bee: () => Date.now() + 20_000 } });
    unwrap(await querier.sync()());
    const skews = (holder: string) =>
      exchanges.filter((one) => one.holder === holder).flatMap(({ skewSeconds }) => skewSeconds ?? []);
    expect(Math.min(...skews('bee'))).toBeGreaterThanOrEqual(19);
    expect(Math.max(...skews('ant').map(Math.abs))).toBeLessThanOrEqual(5);
  });

  it('holds an entry for everything that was answered, and the auditor finds them all', async () => {
    const { querier, signed, document, auditorKey, secretsOf, holders } = await openFederation({ tables });
    unwrap(await querier.sync()());
    unwrap(await ask(querier));
    unwrap(await querier.match({ scheme: SCHEME, subjects: cohort })());
    const auditor = unwrap(
      createAuditor({
        federation: signed(document),
        auditorKey,
        secrets: secretsOf('auditor'),
        fetch: (request) => holders.get(new URL(request.url).hostname.split('.')[0]!)!.fetch(request),
      }),
    );
    const verdicts = unwrap(await auditor.verifyLogs()());
    expect(verdicts.map(({ holder }) => holder)).toEqual(['ant', 'bee']);
    for (const { holder, checkpoint } of verdicts)
      expect(unwrap(openCheckpoint(checkpoint!, logOf(document, holder))).size).toBe(4);
    const stop = new AbortController();
    const stopped = auditor.verifyLogs({ signal: stop.signal, onProgress: () => stop.abort() })();
    expect(await stopped).toMatchObject({ left: { _tag: 'Aborted' } });
    // A signal before the first request, too.
    expect(await auditor.verifyLogs({ signal: stop.signal })()).toMatchObject({ left: { _tag: 'Aborted' } });
    for (const { result } of verdicts)
      expect(unwrap(result)).toMatchObject({
        size: 4,
        asked: expect.arrayContaining([
          { querier: 'bureau', kind: 'aggregate', purpose: PURPOSE, requests: 1, subjects: 40 },
          expect.objectContaining({ querier: 'bureau', kind: 'match', requests: 1, subjects: 40 }),
        ]),
        sealed: [
          { querier: 'bureau', stage: 'sealed', leaves: 1 },
          { querier: 'bureau', stage: 'sent', leaves: 1 },
        ],
      });
  });

  it('that was rolled back or changed is found by the querier, also after its restart, and by the auditor through its checkpoint', async () => {
    const disk = memoryKv();
    const bureau = memoryKv();
    const querierStore = async () => createQuerierStore(await onDisk(bureau));
    const federation = await openFederation({ tables, stores: { ant: await storeOn(disk) } });
    const { holders, openHolder, openQuerier, document, signed, auditorKey, secretsOf } = federation;
    const querier = await openQuerier({ store: await querierStore() });
    unwrap(await querier.sync()());
    unwrap(await ask(querier));
    const seen = (await (await querierStore()).checkpoint('ant'))!;
    const size = unwrap(
      openCheckpoint(seen, { origin: 'test/ant', publicKeys: [createSigner(secretsOf('ant').signSeed).publicKey] }),
    ).size;
    expect(size).toBe(3);
    expect(E.isRight(await openHolder('ant', { store: await storeOn(disk) }))).toBe(true);

    // The holder goes back to the state of an old backup: here, to none. Its log is flawless, but not the one that was seen.
    const rolledBack = unwrap(await openHolder('ant', { store: await storeOn(memoryKv()) }));
    unwrap(await rolledBack.load()());
    holders.set('ant', rolledBack);
    const again = await openQuerier({ store: await querierStore() });
    expect(await again.sync()()).toMatchObject({
      left: {
        _tag: 'HoldersFailed',
        holders: [{ holder: 'ant', fault: { _tag: 'LogRolledBack' } }],
      },
    });
    const auditor = unwrap(
      createAuditor({
        federation: signed(document),
        auditorKey,
        secrets: secretsOf('auditor'),
        fetch: (request) => holders.get(new URL(request.url).hostname.split('.')[0]!)!.fetch(request),
      }),
    );
    const [verdict] = unwrap(await auditor.verifyLogs({ holders: ['ant'], known: new Map([['ant', [seen]]]) })());
    expect(verdict!.result).toMatchObject({ left: { _tag: 'LogRolledBack' } });
  });

  it('proves over HTTP that an entry is in it, and that it continues an earlier one; numbers that make no sense are refused', async () => {
    const { querier, send, holders } = await openFederation({ tables });
    unwrap(await querier.sync()());
    unwrap(await ask(querier));
    expect(holders.size).toBe(2);
    const get = async (path: string) => send('ant', `/v1/log/${path}`, { member: 'auditor' });
    const bytesOf = async (path: string) => new Uint8Array(await (await get(path)).arrayBuffer());
    const page = unwrap(readEnvelope(LogEntries, await bytesOf('entries?from=0&count=9')));
    expect(page.entries).toHaveLength(3);
    const root = (size: number) => {
      const tree = createMerkleRoot();
      for (const entry of page.entries.slice(0, size)) tree.append(entry);
      return tree.root();
    };
    const { hashes: proof } = unwrap(readEnvelope(LogInclusion, await bytesOf('inclusion?index=1&size=3')));
    const leaf = leafHash(page.entries[1]!);
    expect(verifyInclusion({ index: 1, size: 3, leafHash: leaf, proof, root: root(3) })).toBe(true);
    const { hashes } = unwrap(readEnvelope(LogConsistency, await bytesOf('consistency?from=2&to=3')));
    expect(verifyConsistency({ first: 2, second: 3, firstRoot: root(2), secondRoot: root(3), proof: hashes })).toBe(true);
    for (const [path, expected] of [
      ['inclusion?index=3&size=3', [404, 'NotInLog']],
      ['inclusion?index=0&size=4', [404, 'NotInLog']],
      ['inclusion?index=-1&size=3', [400, 'BadShape']],
      ['consistency?from=3&to=2', [404, 'NotInLog']],
      ['consistency?from=1&to=1e9', [400, 'BadShape']],
      ['entries?from=9&count=1', [404, 'NotInLog']],
      ['entries?count=1', [400, 'BadShape']],
    ] as const)
      expect(await refusalOf(await get(path))).toEqual(expected);
  });

  it('that was changed on the disk keeps the holder from starting', async () => {
    const disk = memoryKv();
    const { querier, openHolder } = await openFederation({ tables, stores: { ant: await storeOn(disk) } });
    unwrap(await querier.sync()());
    await disk.commit((writer) => {
      const [first] = [...writer.range(LOG_TABLES.leaves, { limit: 1 })];
      const value = first!.value.slice();
      value[5]! ^= 1;
      writer.put(LOG_TABLES.leaves, first!.key, value);
    });
    expect(await openHolder('ant', { store: await storeOn(disk) })).toMatchObject({ left: { _tag: 'LogBroken' } });
  });
});
