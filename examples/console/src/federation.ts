import { createSigner, E, type Either } from '@vouchsafe/core';
import { type MemberSecrets, memberKeys, newMemberSecrets } from '@vouchsafe/core/at-rest';
import { createHolder, fromIterable, type Holder, NO_TICK } from '@vouchsafe/holder';
import { type Federation, signFederation } from '@vouchsafe/protocol';
import { createQuerier, type Querier } from '@vouchsafe/querier';
import { syntheticRid } from '@vouchsafe/testkit';

// A federation of three bureaus and two lenders with made-up people, all in this process.

export const SCHEME = 'cn-rid';
export const LENDERS = ['lender-a', 'lender-b'] as const;
export const BUREAUS = ['bureau', 'rent-bureau', 'new-bureau'] as const;
const PEOPLE = 60;

export const raw = (id: number): { readonly national_id: string } => ({ national_id: syntheticRid(id) });

export const unwrap = <A>(result: Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(result)) throw new Error(result.left.message);
  return result.right;
};

/** What the lenders answer: totals in ε and in ρ, exact figures, and `match`, to each bureau something else. */
const POLICY = {
  version: 1,
  minimumCohort: 20,
  queriers: [
    {
      bureau: 'bureau',
      match: { elementsPerDay: 500, elementsPerEpoch: 5000 },
      matchAndTotals: 'accepted',
      totals: {
        purposes: ['credit-application', 'account-review', 'model-development'],
        columns: ['present', 'loans'],
        aggregate: { epsilonPerQuery: 1, epsilonPerEpoch: 10, rhoPerQuery: '0.1', rhoPerEpoch: '0.5' },
        signal: { consent: 'notRequired', queriesPerEpoch: 200 },
      },
    },
    {
      bureau: 'rent-bureau',
      totals: {
        purposes: ['tenant-screening'],
        columns: ['present'],
        aggregate: { epsilonPerQuery: 1, epsilonPerEpoch: 2 },
        signal: { consent: 'notRequired', queriesPerEpoch: 12 },
      },
    },
    {
      bureau: 'new-bureau',
      totals: {
        purposes: ['credit-application'],
        columns: ['present', 'loans'],
        aggregate: { epsilonPerQuery: 1, epsilonPerEpoch: 5 },
      },
    },
  ],
};

export interface Founded {
  readonly holders: ReadonlyMap<string, Holder>;
  readonly queriers: ReadonlyMap<string, Querier>;
  readonly close: () => Promise<void>;
}

/** @param clock of everybody, milliseconds since 1970 */
export const found = async (clock: () => number): Promise<Founded> => {
  const secrets = new Map<string, MemberSecrets>(
    ['auditor', ...BUREAUS, ...LENDERS].map((id) => [id, newMemberSecrets()] as const),
  );
  const publicOf = (id: string) => memberKeys(secrets.get(id)!);
  const document: Federation = {
    version: 1,
    id: 'console-example',
    serial: 1,
    schemes: [SCHEME],
    catalogue: { cohortCap: 1000, columns: [{ kind: 'count', name: 'loans', max: 100 }] },
    members: [
      { id: 'auditor', role: 'auditor', signKey: publicOf('auditor').signKey },
      ...BUREAUS.map((id) => ({ id, role: 'bureau' as const, signKey: publicOf(id).signKey })),
      ...LENDERS.map((id) => ({ id, role: 'holder' as const, url: `http://${id}.test`, ...publicOf(id) })),
    ],
    epochs: [{ number: 7, roster: LENDERS.map((holder) => ({ holder, boxKey: publicOf(holder).boxKey })) }],
  };
  const federation = signFederation(document, createSigner(secrets.get('auditor')!.signSeed));
  const auditorKey = publicOf('auditor').signKey;
  const member = (id: string) => ({ federation, auditorKey, id, secrets: secrets.get(id)!, clock });

  const holders = new Map<string, Holder>();
  for (const id of LENDERS) {
    const source = fromIterable(() =>
      Array.from({ length: PEOPLE }, (_, i) => ({ row: i + 1, identifier: raw(i), values: { loans: i % 7 } })),
    );
    const holder = unwrap(await createHolder({ ...member(id), policy: POLICY, source, padTo: 8, tick: NO_TICK })());
    unwrap(await holder.load()());
    holders.set(id, holder);
  }
  const fetch = (request: Request): Promise<Response> =>
    holders.get(new URL(request.url).hostname.split('.')[0]!)!.fetch(request);
  const queriers = new Map<string, Querier>();
  for (const id of BUREAUS) queriers.set(id, unwrap(await createQuerier({ ...member(id), fetch })()));
  return {
    holders,
    queriers,
    close: async () => {
      for (const querier of queriers.values()) await querier.close();
      for (const holder of holders.values()) await holder.close();
    },
  };
};
