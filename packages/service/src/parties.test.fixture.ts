import { once } from 'node:events';
import { createServer } from 'node:net';
import { bytesToHex, createSigner, E, type Either } from '@vouchsafe/core';
import { type MemberSecrets, memberKeys, newMemberSecrets } from '@vouchsafe/core/at-rest';
import { createHolder, fromIterable, type Holder, type HolderStore } from '@vouchsafe/holder';
import { type Federation, memberSecretsFromHex, type SignedFederation, signFederation } from '@vouchsafe/protocol';
import { createQuerier, type Querier, type QuerierStore } from '@vouchsafe/querier';
import { syntheticRid } from '@vouchsafe/testkit';

export const SCHEME = 'cn-rid';
export const PURPOSE = 'credit-application';
export const HOLDERS = ['ant', 'bee'] as const;
export const raw = (id: number): { readonly national_id: string } => ({ national_id: syntheticRid(id) });

/** A federation that can be handed to another process. */
export interface Founded {
  readonly file: SignedFederation;
  readonly auditorKey: string;
  readonly secrets: Readonly<Record<string, { readonly signSeed: string; readonly boxSecret: string }>>;
}

export const unwrap = <A>(result: Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(result)) throw new Error(result.left.message);
  return result.right;
};

/** A port that is free now. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
};

/** @param ports where each holder of {@link HOLDERS} listens */
export const found = (ports: readonly number[]): Founded => {
  const members = ['bank', 'bureau', 'app', ...HOLDERS];
  const secrets = new Map(members.map((id) => [id, newMemberSecrets()]));
  const publicOf = (id: string) => memberKeys(secrets.get(id)!);
  const federation: Federation = {
    version: 1,
    id: 'service-test',
    serial: 1,
    schemes: [SCHEME],
    catalogue: { cohortCap: 1000, columns: [{ kind: 'count', name: 'loans', max: 100 }] },
    members: [
      { id: 'bank', role: 'auditor', signKey: publicOf('bank').signKey },
      { id: 'bureau', role: 'bureau', signKey: publicOf('bureau').signKey },
      { id: 'app', role: 'issuer', signKey: publicOf('app').signKey },
      ...HOLDERS.map((id, i) => ({ id, role: 'holder' as const, url: `http://127.0.0.1:${ports[i]}`, ...publicOf(id) })),
    ],
    epochs: [{ number: 3, roster: HOLDERS.map((id) => ({ holder: id, boxKey: publicOf(id).boxKey })) }],
  };
  return {
    file: signFederation(federation, createSigner(secrets.get('bank')!.signSeed)),
    auditorKey: publicOf('bank').signKey,
    secrets: Object.fromEntries([...secrets].map(([id, own]) => [id, hexOf(own)])),
  };
};

const hexOf = ({ signSeed, boxSecret }: MemberSecrets) => ({
  signSeed: bytesToHex(signSeed.reveal()),
  boxSecret: bytesToHex(boxSecret.reveal()),
});

export const secretsOf = ({ secrets }: Founded, id: string): MemberSecrets => unwrap(memberSecretsFromHex(secrets[id]!));

/** Everything granted; signals as many as are said. */
export const policyOf = (signals: number): unknown => ({
  version: 1,
  minimumCohort: 20,
  queriers: [
    {
      bureau: 'bureau',
      match: { elementsPerDay: 10_000, elementsPerEpoch: 300_000, bulk: 'accepted' },
      totals: {
        purposes: [PURPOSE],
        columns: ['present', 'loans'],
        aggregate: { epsilonPerQuery: 5, epsilonPerEpoch: 20 },
        signal: { consent: 'notRequired', queriesPerEpoch: signals },
      },
      matchAndTotals: 'accepted',
    },
  ],
});

/** A holder with 30 people; its records are not loaded yet. */
export const openHolder = async (
  founded: Founded,
  id: string,
  {
    signals = 1000,
    store,
    onError = () => undefined,
  }: {
    readonly signals?: number;
    readonly store?: HolderStore;
    readonly onError?: (error: unknown) => void;
  } = {},
): Promise<Holder> =>
  unwrap(
    await createHolder({
      federation: founded.file,
      auditorKey: founded.auditorKey,
      id,
      secrets: secretsOf(founded, id),
      policy: policyOf(signals),
      source: fromIterable(() =>
        Array.from({ length: 30 }, (_, i) => ({ row: i + 1, identifier: raw(i), values: { loans: i % 5 } })),
      ),
      padTo: 8,
      store,
      onError,
    })(),
  );

export const openQuerier = async (
  founded: Founded,
  options: { readonly fetch?: (request: Request) => Promise<Response>; readonly store?: QuerierStore } = {},
): Promise<Querier> =>
  unwrap(
    await createQuerier({
      federation: founded.file,
      auditorKey: founded.auditorKey,
      id: 'bureau',
      secrets: secretsOf(founded, 'bureau'),
      timeoutMs: 30_000,
      ...options,
    })(),
  );
