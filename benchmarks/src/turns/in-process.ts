import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSigner, E, type Either, Secret } from '@vouchsafe/core';
import { type MemberSecrets, memberKeys } from '@vouchsafe/core/at-rest';
import { createHolder, type Holder, loansView } from '@vouchsafe/holder';
import { type Federation, LOANS_COLUMNS, signFederation } from '@vouchsafe/protocol';
import { createQuerier, type Querier } from '@vouchsafe/querier';
import { loansCsv, seededRng, syntheticLenders, syntheticPopulation } from '@vouchsafe/testkit';

const SEED = 'turns';
const AS_OF = '2026-06-30';
const NAMES = ['holder-a', 'holder-b'] as const;
export const SCHEME = 'cn-rid';
export const PURPOSE = 'benchmark';

/** Two holders with a file of loans each and a bureau, all on one event loop: requests are handed over, not sent. */
export interface InProcess {
  readonly holders: readonly Holder[];
  readonly querier: Querier;
}

/** The people of the files, and a way to set the federation up anew. */
export interface Setting {
  readonly subjects: readonly { readonly national_id: string }[];
  readonly open: () => Promise<InProcess>;
  readonly tidy: () => Promise<void>;
}

export const unwrap = <A>(result: Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(result)) throw new RangeError(result.left.message);
  return result.right;
};

const policy = {
  version: 1,
  minimumCohort: 20,
  queriers: [
    {
      bureau: 'bureau',
      match: { elementsPerDay: 1_000_000, elementsPerEpoch: 1_000_000 },
      totals: {
        purposes: [PURPOSE],
        columns: ['present', ...LOANS_COLUMNS.map(({ name }) => name)],
        aggregate: { epsilonPerQuery: 1, epsilonPerEpoch: 100 },
        signal: { consent: 'notRequired', queriesPerEpoch: 100 },
      },
      matchAndTotals: 'accepted',
    },
  ],
};

/** Makes the files. @param customers of each holder */
export const makeSetting = async (customers: number): Promise<Setting> => {
  const population = syntheticPopulation({ seed: SEED, people: 2 * customers });
  const lenders = syntheticLenders({ population, lenders: NAMES.length, customersPerLender: customers, seed: SEED, asOf: AS_OF });
  const folder = await mkdtemp(join(tmpdir(), 'vouchsafe-turns-'));
  const parties = NAMES.map((id, i) => ({
    id,
    file: join(folder, `${id}.csv`),
    loans: lenders[i]!.loans,
  }));
  for (const { file, loans } of parties) await writeFile(file, loansCsv(loans), { mode: 0o600 });
  const publicOf = (id: string) => memberKeys(secretsOf(id));
  const document: Federation = {
    version: 1,
    id: 'turns',
    serial: 1,
    schemes: [SCHEME],
    catalogue: { cohortCap: 20_000, columns: LOANS_COLUMNS },
    members: [
      { id: 'auditor', role: 'auditor', signKey: publicOf('auditor').signKey },
      { id: 'bureau', role: 'bureau', signKey: publicOf('bureau').signKey },
      ...parties.map(({ id }) => ({ id, role: 'holder' as const, url: `http://${id}.test`, ...publicOf(id) })),
    ],
    epochs: [{ number: 1, roster: NAMES.map((holder) => ({ holder, boxKey: publicOf(holder).boxKey })) }],
  };
  const auditorKey = publicOf('auditor').signKey;
  const federation = signFederation(document, createSigner(secretsOf('auditor').signSeed));
  const open = async (): Promise<InProcess> => {
    const holders: Holder[] = [];
    for (const { id, file } of parties) {
      const source = loansView({ file, asOf: AS_OF, currency: 'CNY' });
      holders.push(unwrap(await createHolder({ federation, auditorKey, id, secrets: secretsOf(id), policy, source })()));
    }
    const querier = await createQuerier({
      federation,
      auditorKey,
      id: 'bureau',
      secrets: secretsOf('bureau'),
      fetch: (request) => holders[NAMES.findIndex((id) => request.url.includes(`//${id}.`))]!.fetch(request),
    })();
    return { holders, querier: unwrap(querier) };
  };
  const subjects = population.map(({ national_id }) => ({ national_id }));
  return { subjects, open, tidy: () => rm(folder, { recursive: true }) };
};

/** A member's secrets, made anew each time: whoever takes them over wipes them. */
const secretsOf = (id: string): MemberSecrets => {
  const rng = seededRng(`${SEED} ${id}`);
  return { signSeed: new Secret(rng(32)), boxSecret: new Secret(rng(32)) };
};
