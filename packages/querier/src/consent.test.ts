import { readLeaf } from '@vouchsafe/audit';
import { createIssuer, decodeConsent, encodeConsent, type Issuer } from '@vouchsafe/consent';
import { createSigner, domain, E, encodeCanonical, memoryKv, rational, Secret } from '@vouchsafe/core';
import { openKeyring } from '@vouchsafe/core/at-rest';
import { createHolderStore } from '@vouchsafe/holder';
import { LogEntries, readEnvelope } from '@vouchsafe/protocol';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  generous,
  openFederation,
  type Person,
  PURPOSE,
  raw,
  SCHEME,
  type TestFederation,
  unwrap,
} from './federation.test.fixture.ts';
import type { Querier } from './index.ts';

const people = (from: number, to: number): readonly Person[] =>
  Array.from({ length: to - from }, (_, i) => ({ id: from + i, values: { loans: 2, net: 0, late: false, worst: 'none' } }));

/** As {@link generous}, but a signal needs the word of "app". */
const strict = (change: { readonly queriesPerEpoch?: number; readonly notRequiredFor?: readonly string[] } = {}): unknown => {
  const policy = structuredClone(generous()) as { queriers: { totals: { purposes: string[]; signal: unknown } }[] };
  const { queriesPerEpoch = 100, ...rest } = change;
  policy.queriers[0]!.totals.purposes = [PURPOSE, 'marketing', 'fraud'];
  policy.queriers[0]!.totals.signal = { consent: { issuers: ['app'], ...rest }, queriesPerEpoch };
  return policy;
};

const tags = (result: E.Either<unknown, unknown>): readonly string[] => {
  if (E.isRight(result)) return [];
  const error = result.left as { _tag: string; holders?: readonly ({ fault: { _tag: string; problem?: string } } | string)[] };
  return (
    error.holders?.map((one) => (typeof one === 'string' ? error._tag : (one.fault.problem ?? one.fault._tag))) ?? [error._tag]
  );
};

describe('consent', () => {
  let federation: TestFederation;
  let querier: Querier;
  const now = Date.now();
  const policy = strict({ notRequiredFor: ['fraud'] });
  const question = { scheme: SCHEME, purpose: PURPOSE, columns: ['loans'] };
  const issuerOf = (id: string, clock = () => now): Issuer =>
    unwrap(
      createIssuer({
        federation: federation.signed(federation.document),
        auditorKey: federation.auditorKey,
        id,
        secrets: federation.secretsOf(id),
        clock,
      }),
    );
  const requestFor = async (id: number, change = {}): Promise<Uint8Array> =>
    unwrap(await querier.requestConsent({ ...question, ...change, subject: raw(id) })());
  const receiptFor = async (id: number, change = {}, issuer = issuerOf('app')): Promise<Uint8Array> =>
    unwrap(await issuer.issue({ request: await requestFor(id, change), subject: raw(id), validForSeconds: 600 })());
  const signal = (id: number, consent?: Uint8Array, change = {}) =>
    querier.signal({ ...question, ...change, subject: raw(id), ...(consent ? { consent } : {}) })();

  beforeAll(async () => {
    federation = await openFederation({
      tables: { ant: people(0, 30), bee: people(10, 40) },
      policies: { ant: policy, bee: policy },
      clocks: { ant: () => now, bee: () => now },
    });
    querier = federation.querier;
    unwrap(await querier.sync()());
  });

  it('lets the signal through, once: the same query again gets the stored answer, another one is refused', async () => {
    const consent = await receiptFor(15);
    const first = unwrap(await signal(15, consent));
    expect(first.columns.map((column) => 'total' in column && column.total)).toEqual([2, 4]);
    expect(unwrap(await signal(15, consent))).toEqual(first);
    // Fewer columns are covered, but they are another query.
    expect(tags(await signal(15, consent, { columns: [] }))).toEqual(['ConsentUsed', 'ConsentUsed']);
    const page = await federation.send('ant', '/v1/log/entries?from=0&count=50', { member: 'auditor' });
    const { entries } = unwrap(readEnvelope(LogEntries, new Uint8Array(await page.arrayBuffer())));
    const logged = entries.map((entry) => unwrap(readLeaf(entry))).filter((leaf) => leaf.leaf === 'query');
    expect(logged).toHaveLength(1);
    expect(logged[0]).toMatchObject({ consent: { issuer: 'app' } });
  });

  it.each<readonly [string, string, () => Promise<E.Either<unknown, unknown>>]>([
    ['missing', 'ConsentMissing', () => signal(16)],
    ['no receipt at all', 'BadConsent', () => signal(16, new Uint8Array([1, 2, 3]))],
    ['another subject’s', 'ConsentForOtherSubject', async () => signal(16, await receiptFor(17))],
    ['for another purpose', 'ConsentForOtherPurpose', async () => signal(16, await receiptFor(16, { purpose: 'marketing' }))],
    ['for fewer columns', 'ConsentForOtherColumns', async () => signal(16, await receiptFor(16), { columns: ['loans', 'net'] })],
    [
      'of an issuer that is not trusted',
      'ConsentFromStranger',
      async () => signal(16, await receiptFor(16, {}, issuerOf('other-app'))),
    ],
    [
      'changed by the bureau',
      'ConsentForged',
      async () => {
        const { terms, signature } = unwrap(decodeConsent(await receiptFor(16)));
        return signal(16, encodeConsent({ terms: { ...terms, notAfter: terms.notAfter + 1 }, signature }));
      },
    ],
    [
      'signed by the bureau itself in the issuer’s name',
      'ConsentForged',
      async () => {
        const { terms } = unwrap(decodeConsent(await receiptFor(16)));
        const signer = createSigner(federation.secretsOf('bureau').signSeed);
        const message = new Uint8Array([...domain('consent'), ...encodeCanonical(terms)]);
        return signal(16, encodeConsent({ terms, signature: signer.sign(message) }));
      },
    ],
    [
      'not valid yet',
      'ConsentNotYetValid',
      async () =>
        signal(
          16,
          await receiptFor(
            16,
            {},
            issuerOf('app', () => now + 60_000),
          ),
        ),
    ],
    [
      'expired',
      'ConsentExpired',
      async () =>
        signal(
          16,
          await receiptFor(
            16,
            {},
            issuerOf('app', () => now - 600_000),
          ),
        ),
    ],
  ])('%s: refused as %s, and nothing is charged or logged', async (_, tag, ask) => {
    const before = await querier.quote({ ...question, kind: 'signal', epsilon: rational(0), cohortSize: 1 })();
    const result = await ask();
    expect(new Set(tags(result))).toEqual(new Set([tag]));
    expect(await querier.quote({ ...question, kind: 'signal', epsilon: rational(0), cohortSize: 1 })()).toEqual(before);
  });

  it('of a key of another epoch or scheme is refused: the pseudonym would be another', async () => {
    const other = await openFederation({ tables: { ant: people(0, 30), bee: people(10, 40) } });
    unwrap(await other.querier.sync()());
    // The same names and keys, other seeds: another KB and U.
    const request = unwrap(await other.querier.requestConsent({ ...question, subject: raw(16) })());
    const consent = unwrap(await issuerOf('app').issue({ request, subject: raw(16), validForSeconds: 600 })());
    expect(tags(await signal(16, consent))).toEqual(['ConsentForOtherBureauKey', 'ConsentForOtherBureauKey']);
  });

  it('is not needed for a purpose that the policy excepts; one that comes is checked all the same', async () => {
    expect(E.isRight(await signal(18, undefined, { purpose: 'fraud' }))).toBe(true);
    expect(tags(await signal(19, await receiptFor(20, { purpose: 'fraud' }), { purpose: 'fraud' }))).toContain(
      'ConsentForOtherSubject',
    );
  });

  it('one receipt under two queries at once: each holder answers one of them', async () => {
    const consent = await receiptFor(23, { columns: ['loans', 'net'] });
    const results = await Promise.all([signal(23, consent, { columns: ['loans'] }), signal(23, consent, { columns: ['net'] })]);
    expect(results.flatMap(tags)).toEqual(['ConsentUsed', 'ConsentUsed']);
  });

  it('is used up on disk: after a restart another query is still refused', async () => {
    const kv = memoryKv();
    const lasting = { ...kv, close: async () => undefined };
    const open = async () =>
      createHolderStore({
        kv: lasting,
        keyring: unwrap(await openKeyring({ kv: lasting, unlock: { key: new Secret(new Uint8Array(32).fill(5)) } })()),
      });
    const own = await openFederation({
      tables: { ant: people(0, 30), bee: people(10, 40) },
      policies: { ant: policy, bee: policy },
      stores: { ant: await open() },
    });
    unwrap(await own.querier.sync()());
    const request = unwrap(await own.querier.requestConsent({ ...question, columns: ['loans', 'net'], subject: raw(12) })());
    const consent = unwrap(await issuerOf('app', Date.now).issue({ request, subject: raw(12), validForSeconds: 600 })());
    unwrap(await own.querier.signal({ ...question, subject: raw(12), consent })());
    await own.holders.get('ant')!.close();
    own.holders.set('ant', unwrap(await own.openHolder('ant', { store: await open() })));
    const again = await own.querier.signal({ ...question, columns: ['net'], subject: raw(12), consent })();
    expect(tags(again)).toEqual(['ConsentUsed', 'ConsentUsed']);
    expect(E.isRight(await own.querier.signal({ ...question, subject: raw(12), consent })())).toBe(true);
  });

  it('an issuer grants nothing for another person, another bureau’s name, or a bad column', async () => {
    const issuer = issuerOf('app');
    const request = await requestFor(21);
    const grant = (own: Uint8Array, id = 21) => issuer.issue({ request: own, subject: raw(id), validForSeconds: 60 })();
    expect(tags(await grant(request, 22))).toEqual(['NotThisSubject']);
    expect(unwrap(issuer.read(request))).toEqual({ bureau: 'bureau', purpose: PURPOSE, columns: ['present', 'loans'] });
    const foreign = await federation.openQuerier({ id: 'other-bureau' });
    expect(tags(await foreign.requestConsent({ ...question, subject: raw(21) })())).toContain('NotSynced');
    const changed = request.slice();
    changed[changed.length - 1]! ^= 1;
    expect(['RequestForged', 'BadConsentRequest']).toContain(tags(await grant(changed))[0]);
    expect(tags(await querier.requestConsent({ ...question, columns: ['nothing'], subject: raw(21) })())).toEqual([
      'UnknownColumn',
    ]);
  });
});
