import { once } from 'node:events';
import { createServer } from 'node:net';
import { createSigner, E, type Either } from '@vouchsafe/core';
import { type MemberSecrets, memberKeys, newMemberSecrets } from '@vouchsafe/core/at-rest';
import { createHolder, fromIterable, type Holder } from '@vouchsafe/holder';
import { type Federation, type SignedFederation, signFederation } from '@vouchsafe/protocol';
import { createQuerier, type Querier } from '@vouchsafe/querier';
import { syntheticRid } from '@vouchsafe/testkit';

// A federation of one bureau and two lenders with made-up people, below the path /vouchsafe of each lender's server.

export const SCHEME = 'cn-rid';
export const PURPOSE = 'credit-application';
export const raw = (id: number): { readonly national_id: string } => ({ national_id: syntheticRid(id) });

export interface Founded {
  readonly file: SignedFederation;
  readonly auditorKey: string;
  readonly secretsOf: (id: string) => MemberSecrets;
  readonly ports: readonly [number, number];
}

export const unwrap = <A>(result: Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(result)) throw new Error(result.left.message);
  return result.right;
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
};

export const found = async (): Promise<Founded> => {
  const lenders = ['lender-a', 'lender-b'];
  const ports = [await freePort(), await freePort()] as const;
  const secrets = new Map(['bank', 'bureau', ...lenders].map((id) => [id, newMemberSecrets()]));
  const publicOf = (id: string) => memberKeys(secrets.get(id)!);
  const federation: Federation = {
    version: 1,
    id: 'mount-example',
    serial: 1,
    schemes: [SCHEME],
    catalogue: { cohortCap: 1000, columns: [{ kind: 'count', name: 'loans', max: 100 }] },
    members: [
      { id: 'bank', role: 'auditor', signKey: publicOf('bank').signKey },
      { id: 'bureau', role: 'bureau', signKey: publicOf('bureau').signKey },
      ...lenders.map((id, i) => ({
        ...{ id, role: 'holder' as const, url: `http://127.0.0.1:${ports[i]}/vouchsafe` },
        ...publicOf(id),
      })),
    ],
    epochs: [{ number: 1, roster: lenders.map((holder) => ({ holder, boxKey: publicOf(holder).boxKey })) }],
  };
  const file = signFederation(federation, createSigner(secrets.get('bank')!.signSeed));
  return { file, auditorKey: publicOf('bank').signKey, secretsOf: (id) => secrets.get(id)!, ports };
};

/** A lender that knows thirty people, each with as many loans as its number. */
export const openHolder = async ({ file, auditorKey, secretsOf }: Founded, id: string): Promise<Holder> => {
  const totals = {
    purposes: [PURPOSE],
    columns: ['present', 'loans'],
    signal: { consent: 'notRequired', queriesPerEpoch: 10 },
  };
  const holder = unwrap(
    await createHolder({
      ...{ federation: file, auditorKey, id, secrets: secretsOf(id) },
      policy: { version: 1, minimumCohort: 20, queriers: [{ bureau: 'bureau', totals }] },
      source: fromIterable(() =>
        Array.from({ length: 30 }, (_, i) => ({ row: i + 1, identifier: raw(i), values: { loans: i } })),
      ),
      padTo: 8,
    })(),
  );
  unwrap(await holder.load()());
  return holder;
};

export const openQuerier = async ({ file, auditorKey, secretsOf }: Founded): Promise<Querier> =>
  unwrap(await createQuerier({ federation: file, auditorKey, id: 'bureau', secrets: secretsOf('bureau') })());
