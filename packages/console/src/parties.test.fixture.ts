import { createSigner, E, type Either } from '@vouchsafe/core';
import { type MemberSecrets, memberKeys, newMemberSecrets } from '@vouchsafe/core/at-rest';
import { createHolder, fromIterable, type Holder, type HolderStore, NO_TICK } from '@vouchsafe/holder';
import { type Federation, signFederation } from '@vouchsafe/protocol';
import { createQuerier, type Querier } from '@vouchsafe/querier';
import { syntheticRid } from '@vouchsafe/testkit';

export const SCHEME = 'cn-rid';
export const HOLDERS = ['ant', 'bee'] as const;
const BUREAUS = ['bureau', 'slow-bureau'] as const;
export const raw = (id: number): { readonly national_id: string } => ({ national_id: syntheticRid(id) });

export const unwrap = <A>(result: Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(result)) throw new Error(result.left.message);
  return result.right;
};

const POLICY = {
  version: 1,
  minimumCohort: 20,
  queriers: [
    {
      bureau: 'bureau',
      match: { elementsPerDay: 500, elementsPerEpoch: 5000 },
      matchAndTotals: 'accepted',
      totals: {
        purposes: ['credit-application', 'account-review'],
        columns: ['present', 'loans'],
        aggregate: { epsilonPerQuery: 5, epsilonPerEpoch: 20, rhoPerQuery: '0.5', rhoPerEpoch: 2 },
        signal: { consent: 'notRequired', queriesPerEpoch: 3 },
      },
    },
    {
      bureau: 'slow-bureau',
      totals: {
        purposes: ['credit-application'],
        columns: ['present'],
        signal: { consent: 'notRequired', queriesPerEpoch: 5 },
      },
    },
  ],
};

/** A bureau and two lenders of thirty people each in one process. The second bureau never seals its table. */
export interface Parties {
  readonly holder: Holder;
  readonly querier: Querier;
  /** Everything that a page must not show: raw identifiers, keys, secrets. */
  readonly hidden: readonly string[];
  /** Three signals, one of them refused for its purpose and one for its budget; totals in ε and in ρ; a match; a stranger. */
  readonly live: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** @param store of the first lender */
export const openParties = async (store?: HolderStore): Promise<Parties> => {
  const secrets = new Map<string, MemberSecrets>(
    ['auditor', ...BUREAUS, ...HOLDERS].map((id) => [id, newMemberSecrets()] as const),
  );
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
  const publicOf = (id: string) => memberKeys(secrets.get(id)!);
  const hidden = [
    ...Array.from({ length: 100 }, (_, i) => raw(i).national_id),
    ...[...secrets].flatMap(([id, { signSeed, boxSecret }]) => [
      ...Object.values(publicOf(id)),
      ...[signSeed, boxSecret].map((secret) => hex(secret.reveal())),
    ]),
  ];
  const document: Federation = {
    version: 1,
    id: 'console-test',
    serial: 1,
    schemes: [SCHEME],
    catalogue: { cohortCap: 1000, columns: [{ kind: 'count', name: 'loans', max: 100 }] },
    members: [
      { id: 'auditor', role: 'auditor', signKey: publicOf('auditor').signKey },
      ...BUREAUS.map((id) => ({ id, role: 'bureau' as const, signKey: publicOf(id).signKey })),
      ...HOLDERS.map((id) => ({ id, role: 'holder' as const, url: `http://${id}.test`, ...publicOf(id) })),
    ],
    epochs: [{ number: 3, roster: HOLDERS.map((holder) => ({ holder, boxKey: publicOf(holder).boxKey })) }],
  };
  const federation = signFederation(document, createSigner(secrets.get('auditor')!.signSeed));
  const auditorKey = publicOf('auditor').signKey;
  const member = (id: string) => ({ federation, auditorKey, id, secrets: secrets.get(id)! });
  const source = fromIterable(() =>
    Array.from({ length: 30 }, (_, i) => ({ row: i + 1, identifier: raw(i), values: { loans: i % 5 } })),
  );
  const holders = new Map<string, Holder>();
  for (const id of HOLDERS) {
    const own = id === HOLDERS[0] ? { store } : {};
    holders.set(id, unwrap(await createHolder({ ...member(id), policy: POLICY, source, padTo: 8, tick: NO_TICK, ...own })()));
  }
  const [holder] = [...holders.values()] as [Holder];
  const fetch = (request: Request): Promise<Response> =>
    holders.get(new URL(request.url).hostname.split('.')[0]!)!.fetch(request);
  const querier = unwrap(await createQuerier({ ...member('bureau'), fetch })());
  return {
    holder,
    querier,
    hidden,
    live: async () => {
      for (const one of holders.values()) unwrap(await one.load()());
      unwrap(await querier.sync()());
      const question = { scheme: SCHEME, purpose: 'credit-application', columns: ['loans'] };
      for (const id of [1, 2, 3]) unwrap(await querier.signal({ ...question, subject: raw(id) })());
      const cohort = Array.from({ length: 30 }, (_, i) => raw(i));
      unwrap(await querier.aggregate({ ...question, cohort, epsilon: 5 })());
      unwrap(await querier.aggregate({ ...question, purpose: 'account-review', cohort, rho: '0.5' })());
      unwrap(await querier.match({ scheme: SCHEME, subjects: [raw(1), raw(77)] })());
      await querier.signal({ ...question, subject: raw(4) })();
      await querier.signal({ ...question, purpose: 'marketing', subject: raw(5) })();
      await holder.fetch(new Request(`http://${HOLDERS[0]}.test/v1/query`, { method: 'POST', body: 'hello' }));
    },
    close: async () => {
      await querier.close();
      for (const one of holders.values()) await one.close();
    },
  };
};
