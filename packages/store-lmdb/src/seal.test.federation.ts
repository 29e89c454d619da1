import { createSigner } from '@vouchsafe/core';
import { type MemberKeys, memberKeys, newMemberSecrets } from '@vouchsafe/core/at-rest';
import { type SignedFederation, signFederation } from '@vouchsafe/protocol';
import { seededRng } from '@vouchsafe/testkit';

export const SCHEME = 'cn-rid';
export const PURPOSE = 'test';
/** Customers of each holder. */
export const ROWS = 1000;
/** The sum of the column `loans` over one holder. */
export const LOANS: number = Array.from({ length: ROWS }, (_, i) => i % 7).reduce((sum, loans) => sum + loans, 0);

export interface Place {
  readonly id: string;
  readonly url: string;
}

export const policy: unknown = {
  version: 1,
  minimumCohort: 20,
  queriers: [
    {
      bureau: 'bureau',
      totals: { purposes: [PURPOSE], columns: ['loans'], aggregate: { epsilonPerQuery: 1e12, epsilonPerEpoch: 1e13 } },
    },
  ],
};

export const auditorKey = (): string => keysOf('auditor').signKey;

const keysOf = (id: string): MemberKeys => memberKeys(newMemberSecrets(seededRng(id)));

/** The file of a federation of a bureau and holders at these places. */
export const federationAt = (holders: readonly Place[]): SignedFederation =>
  signFederation(
    {
      version: 1,
      id: 'test',
      serial: 1,
      schemes: [SCHEME],
      catalogue: { cohortCap: ROWS, columns: [{ kind: 'count', name: 'loans', max: 20 }] },
      members: [
        { id: 'auditor', role: 'auditor', signKey: keysOf('auditor').signKey },
        { id: 'bureau', role: 'bureau', signKey: keysOf('bureau').signKey },
        ...holders.map(({ id, url }) => ({ id, role: 'holder' as const, url, ...keysOf(id) })),
      ],
      epochs: [{ number: 1, roster: holders.map(({ id }) => ({ holder: id, boxKey: keysOf(id).boxKey })) }],
    },
    createSigner(newMemberSecrets(seededRng('auditor')).signSeed),
  );
