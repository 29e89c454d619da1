import { type Column, createSigner } from '@vouchsafe/core';
import { type MemberSecrets, memberKeys, newMemberSecrets } from '@vouchsafe/core/at-rest';
import { createHolder, fromIterable, type Holder } from '@vouchsafe/holder';
import { type Federation, signFederation } from '@vouchsafe/protocol';
import { createQuerier, type Querier } from '@vouchsafe/querier';
import { seededRng, syntheticRid } from '@vouchsafe/testkit';
import { NO_NOISE } from './noise.ts';
import { right } from './right.ts';

export const SCHEME = 'cn-rid';
export const PURPOSE = 'benchmark';
const NAMES = ['ant', 'bee', 'cat'] as const;

/** One row's bucket in each column. */
export interface BucketRow {
  readonly id: number;
  readonly values: Readonly<Record<string, string>>;
}

/** Somebody's identifier, made from the number of the row. */
export const identifierOf = (id: number): { readonly national_id: string } => ({ national_id: syntheticRid(id) });

/** A bureau and three holders in this process: the real SDKs, requests handed over instead of sent. */
export interface SmallFederation {
  readonly querier: Querier;
  readonly close: () => Promise<void>;
}

/** A member's secrets, made anew each time: whoever takes them over wipes them. */
const secretsOf = (id: string): MemberSecrets => newMemberSecrets(seededRng(`accuracy ${id}`));
const publicOf = (id: string) => memberKeys(secretsOf(id));

const policyOf = (columns: readonly Column[]): unknown => ({
  version: 1,
  minimumCohort: 20,
  queriers: [
    {
      bureau: 'bureau',
      totals: {
        purposes: [PURPOSE],
        columns: ['present', ...columns.map(({ name }) => name)],
        aggregate: { epsilonPerQuery: Number(NO_NOISE.num), epsilonPerEpoch: 10 * Number(NO_NOISE.num) },
        signal: { consent: 'notRequired', queriesPerEpoch: 10_000 },
      },
    },
  ],
});

/** Sets it up and syncs. @param rows dealt out to the holders in turn */
export const openSmallFederation = async (columns: readonly Column[], rows: readonly BucketRow[]): Promise<SmallFederation> => {
  const auditor = createSigner(secretsOf('auditor').signSeed);
  const document: Federation = {
    version: 1,
    id: 'accuracy',
    serial: 1,
    schemes: [SCHEME],
    catalogue: { cohortCap: 20_000, columns },
    members: [
      { id: 'auditor', role: 'auditor', signKey: publicOf('auditor').signKey },
      { id: 'bureau', role: 'bureau', signKey: publicOf('bureau').signKey },
      ...NAMES.map((id) => ({ id, role: 'holder' as const, url: `http://${id}.test`, ...publicOf(id) })),
    ],
    epochs: [{ number: 1, roster: NAMES.map((holder) => ({ holder, boxKey: publicOf(holder).boxKey })) }],
  };
  const member = { federation: signFederation(document, auditor), auditorKey: publicOf('auditor').signKey };
  const holders = new Map<string, Holder>();
  for (const [i, id] of NAMES.entries()) {
    const own = rows.filter((_, at) => at % NAMES.length === i);
    const source = fromIterable(() =>
      own.map((row, at) => ({ row: at + 1, identifier: identifierOf(row.id), values: row.values })),
    );
    const holder = right(
      await createHolder({ ...member, id, secrets: secretsOf(id), policy: policyOf(columns), source, padTo: 10 })(),
    );
    right(await holder.load()());
    holders.set(id, holder);
  }
  const querier = right(
    await createQuerier({
      ...member,
      id: 'bureau',
      secrets: secretsOf('bureau'),
      fetch: (request) => holders.get(new URL(request.url).hostname.split('.')[0]!)!.fetch(request),
    })(),
  );
  right(await querier.sync()());
  return {
    querier,
    close: async () => {
      await Promise.all([querier.close(), ...[...holders.values()].map((holder) => holder.close())]);
    },
  };
};
