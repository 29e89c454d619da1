import { bytesToHex, type Column, createSigner } from '@vouchsafe/core';
import { type MemberSecrets, memberKeys, newMemberSecrets } from '@vouchsafe/core/at-rest';
import { type Federation, type SignedFederation, signFederation } from '@vouchsafe/protocol';

export const SCHEME = 'cn-rid';
export const PURPOSE = 'benchmark';
/** The holder that is measured, and a second one, since a roster has two. */
export const HOLDERS = ['ant', 'bee'] as const;

export interface Hex {
  readonly signSeed: string;
  readonly boxSecret: string;
}

/** A federation of one bureau and two holders. */
export interface Founded {
  readonly file: SignedFederation;
  readonly auditorKey: string;
  readonly secrets: Readonly<Record<string, Hex>>;
}

/** @param slots V, `present` included */
export const found = (slots: number, ports: readonly number[]): Founded => {
  const columns = Array.from({ length: slots - 1 }, (_, i): Column => ({ kind: 'count', name: `column${i + 1}`, max: 1000 }));
  const secrets = Object.fromEntries(['auditor', 'bureau', ...HOLDERS].map((id) => [id, newMemberSecrets()]));
  const publicOf = (id: string) => memberKeys(secrets[id]!);
  const federation: Federation = {
    version: 1,
    id: 'benchmark',
    serial: 1,
    schemes: [SCHEME],
    catalogue: { cohortCap: 10_000, columns },
    members: [
      { id: 'auditor', role: 'auditor', signKey: publicOf('auditor').signKey },
      { id: 'bureau', role: 'bureau', signKey: publicOf('bureau').signKey },
      ...HOLDERS.map((id, i) => ({ id, role: 'holder' as const, url: `http://127.0.0.1:${ports[i]}`, ...publicOf(id) })),
    ],
    epochs: [{ number: 1, roster: HOLDERS.map((holder) => ({ holder, boxKey: publicOf(holder).boxKey })) }],
  };
  return {
    file: signFederation(federation, createSigner(secrets['auditor']!.signSeed)),
    auditorKey: publicOf('auditor').signKey,
    secrets: Object.fromEntries(Object.entries(secrets).map(([id, own]) => [id, hexOf(own)])),
  };
};

const hexOf = ({ signSeed, boxSecret }: MemberSecrets): Hex => ({
  signSeed: bytesToHex(signSeed.reveal()),
  boxSecret: bytesToHex(boxSecret.reveal()),
});

/** Everything granted, with room: what is measured is not the policy. */
export const policyOf = (slots: number): unknown => ({
  version: 1,
  minimumCohort: 20,
  queriers: [
    {
      bureau: 'bureau',
      totals: {
        purposes: [PURPOSE],
        columns: ['present', ...Array.from({ length: slots - 1 }, (_, i) => `column${i + 1}`)],
        aggregate: { epsilonPerQuery: 10, epsilonPerEpoch: 100_000 },
        signal: { consent: 'notRequired', queriesPerEpoch: 1_000_000 },
      },
    },
  ],
});
