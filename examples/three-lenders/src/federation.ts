import { bytesToHex } from '@vouchsafe/core';
import { LOANS_COLUMNS } from '@vouchsafe/holder';
import type { Federation } from '@vouchsafe/protocol';
import nacl from 'tweetnacl';
import type { Lender } from './lenders.ts';

export const BUREAU = 'bureau';
export const SCHEME = 'cn-rid';
export const PURPOSE = 'credit-application';

/** The federation of the demo: its document, and each lender's secret key. */
export const foundFederation = (
  lenders: readonly Lender[],
): { readonly federation: Federation; readonly boxSecrets: ReadonlyMap<string, string> } => {
  const keys = lenders.map(({ id, port }) => ({ id, port, ...nacl.box.keyPair() }));
  return {
    federation: {
      version: 1,
      id: 'demo',
      epoch: 1,
      schemes: [SCHEME],
      catalogue: { cohortCap: 10_000, columns: LOANS_COLUMNS },
      members: [
        { id: BUREAU, role: 'bureau' },
        ...keys.map(({ id, port, publicKey }) => ({
          id,
          role: 'holder' as const,
          url: `http://127.0.0.1:${port}`,
          boxKey: bytesToHex(publicKey),
        })),
      ],
      roster: lenders.map(({ id }) => id),
    },
    boxSecrets: new Map(keys.map(({ id, secretKey }) => [id, bytesToHex(secretKey)])),
  };
};

/** What each lender lets the bureau ask. Match and totals together are a choice that a policy has to spell out, since a bureau with both can read some single figures. */
export const demoPolicy: unknown = {
  version: 1,
  minimumCohort: 50,
  queriers: [
    {
      bureau: BUREAU,
      match: true,
      totals: {
        purposes: [PURPOSE],
        columns: ['present', ...LOANS_COLUMNS.map(({ name }) => name)],
        aggregate: { epsilonPerQuery: 1, epsilonPerEpoch: 4 },
        signal: { consent: 'notRequired', queriesPerEpoch: 10 },
      },
      matchAndTotals: 'accepted',
    },
  ],
};
