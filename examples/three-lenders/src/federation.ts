import { bytesToHex, createSigner } from '@vouchsafe/core';
import { type MemberSecrets, memberKeys, newMemberSecrets } from '@vouchsafe/core/at-rest';
import { LOANS_COLUMNS } from '@vouchsafe/holder';
import { type Federation, type SignedFederation, signFederation } from '@vouchsafe/protocol';
import type { Lender } from './lenders.ts';

export const BUREAU = 'bureau';
export const AUDITOR = 'auditor';
/** The app in which people apply. */
export const ISSUER = 'super-app';
export const SCHEME = 'cn-rid';
export const PURPOSE = 'credit-application';

/** A federation that was just founded: its file, signed by the auditor, and every member's secrets. In life each member keeps its own. */
export interface Founded {
  readonly file: SignedFederation;
  /** The auditor's public key, 64 hexadecimal digits. */
  readonly auditorKey: string;
  readonly secrets: ReadonlyMap<string, MemberSecrets>;
}

/** Secrets in hexadecimal digits, to hand over to a process of one's own. */
export const hexOf = ({ signSeed, boxSecret }: MemberSecrets): { readonly signSeed: string; readonly boxSecret: string } => ({
  signSeed: bytesToHex(signSeed.reveal()),
  boxSecret: bytesToHex(boxSecret.reveal()),
});

/** The columns of the loans view that somebody here asks for: each slot more takes its time in every row. */
const COLUMNS = LOANS_COLUMNS.filter(({ name }) => name !== 'limit');

/** Keys for everybody, and the document that the auditor signs. */
export const foundFederation = (lenders: readonly Lender[]): Founded => {
  const secrets = new Map([AUDITOR, BUREAU, ISSUER, ...lenders.map(({ id }) => id)].map((id) => [id, newMemberSecrets()]));
  const publicOf = (id: string) => memberKeys(secrets.get(id)!);
  const federation: Federation = {
    version: 1,
    id: 'demo',
    serial: 1,
    schemes: [SCHEME],
    catalogue: { cohortCap: 10_000, columns: COLUMNS },
    members: [
      { id: AUDITOR, role: 'auditor', signKey: publicOf(AUDITOR).signKey },
      { id: BUREAU, role: 'bureau', signKey: publicOf(BUREAU).signKey },
      { id: ISSUER, role: 'issuer', signKey: publicOf(ISSUER).signKey },
      ...lenders.map(({ id, port }) => ({
        id,
        role: 'holder' as const,
        url: `http://127.0.0.1:${port}`,
        ...publicOf(id),
      })),
    ],
    epochs: [{ number: 1, roster: lenders.map(({ id }) => ({ holder: id, boxKey: publicOf(id).boxKey })) }],
  };
  const file = signFederation(federation, createSigner(secrets.get(AUDITOR)!.signSeed));
  return { file, auditorKey: publicOf(AUDITOR).signKey, secrets };
};

/** People that a total is about at least. */
export const MINIMUM_COHORT = 50;

/** What each lender lets the bureau ask. Match and totals together are a choice that a policy has to spell out, since a bureau with both can read some single figures. */
export const demoPolicy: unknown = {
  version: 1,
  minimumCohort: MINIMUM_COHORT,
  queriers: [
    {
      bureau: BUREAU,
      match: { elementsPerDay: 100_000, elementsPerEpoch: 300_000, bulk: 'accepted' },
      totals: {
        purposes: [PURPOSE],
        columns: ['present', ...COLUMNS.map(({ name }) => name)],
        aggregate: { epsilonPerQuery: 1, epsilonPerEpoch: 4 },
        signal: { consent: { issuers: [ISSUER] }, queriesPerEpoch: 5_000 },
      },
      matchAndTotals: 'accepted',
    },
  ],
};
