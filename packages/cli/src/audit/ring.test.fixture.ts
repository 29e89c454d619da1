import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { LOG_TABLES, readCheckpoint } from '@vouchsafe/audit';
import { createSigner, E, type Either, type Kv, memoryKv, Secret } from '@vouchsafe/core';
import { type MemberSecrets, memberKeys, newMemberSecrets, openKeyring } from '@vouchsafe/core/at-rest';
import { createHolder, createHolderStore, fromIterable, type Holder } from '@vouchsafe/holder';
import { type Federation, type SignedFederation, signFederation } from '@vouchsafe/protocol';
import { createQuerier, type Querier } from '@vouchsafe/querier';
import { seededRng, syntheticRid } from '@vouchsafe/testkit';
import { afterAll } from 'vitest';

/** A federation of real holders, each served over HTTP on loopback. */
export interface Ring {
  readonly file: SignedFederation;
  /** 64 hexadecimal digits. */
  readonly auditorKey: string;
  readonly secretsOf: (id: string) => MemberSecrets;
  /** The bureau asks everybody once more: each log gets an entry for a query, and the first time those of the sealing. */
  readonly ask: () => Promise<void>;
  /** The bureau's answer to the auditor's request. */
  readonly open: (request: Uint8Array) => Promise<Uint8Array>;
  /** A signed checkpoint of the holder, as somebody else saw it. */
  readonly seen: (holder: string) => Uint8Array;
  /** Changes a byte of an entry behind the holder's back. */
  readonly tamper: (holder: string, index: number) => Promise<void>;
  /** Puts an empty store under the holder: its log begins anew. */
  readonly rollBack: (holder: string) => Promise<void>;
  /** Stops or restarts its server, at the same address. */
  readonly stop: (holder: string) => Promise<void>;
  readonly restart: (holder: string) => Promise<void>;
  /** What answers in the holder's place until the next call; undefined: the holder. */
  readonly standIn: (holder: string, handler: ((request: Request) => Response | Promise<Response>) | undefined) => void;
}

const PURPOSE = 'credit-application';
const NAMES = ['ant', 'bee', 'cat'];

const unwrap = <A>(result: Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(result)) throw new Error(result.left.message);
  return result.right;
};

interface Served {
  holder: Holder;
  kv: Kv;
  standIn: ((request: Request) => Response | Promise<Response>) | undefined;
  server: Server | undefined;
  port: number;
}

export const openRing = async (): Promise<Ring> => {
  const secretsOf = (id: string): MemberSecrets => newMemberSecrets(seededRng(id));
  const publicOf = (id: string) => memberKeys(secretsOf(id));
  const served = new Map<string, Served>();
  const start = async (name: string, port = 0): Promise<void> => {
    const one = served.get(name)!;
    one.server = serve({
      fetch: (request) => (one.standIn ?? one.holder.fetch)(request),
      port,
      hostname: '127.0.0.1',
    }) as Server;
    if (!one.server.listening) await once(one.server, 'listening');
    one.port = (one.server.address() as AddressInfo).port;
  };
  const stop = async (name: string): Promise<void> => {
    const { server } = served.get(name)!;
    served.get(name)!.server = undefined;
    server?.closeAllConnections();
    if (server) await new Promise((resolve) => server.close(resolve));
  };
  for (const name of NAMES) {
    served.set(name, { holder: undefined as unknown as Holder, kv: memoryKv(), standIn: undefined, server: undefined, port: 0 });
    await start(name);
  }
  afterAll(async () => {
    for (const name of NAMES) await stop(name);
  });

  const document: Federation = {
    version: 1,
    id: 'ring',
    serial: 1,
    schemes: ['cn-rid'],
    catalogue: { cohortCap: 1000, columns: [{ kind: 'flag', name: 'late' }] },
    members: [
      { id: 'bank', role: 'auditor', signKey: publicOf('bank').signKey },
      { id: 'bureau', role: 'bureau', signKey: publicOf('bureau').signKey },
      ...NAMES.map((id) => ({
        id,
        role: 'holder' as const,
        url: `http://127.0.0.1:${served.get(id)!.port}/v`,
        ...publicOf(id),
      })),
    ],
    epochs: [{ number: 1, roster: NAMES.map((holder) => ({ holder, boxKey: publicOf(holder).boxKey! })) }],
  };
  const file = signFederation(document, createSigner(secretsOf('bank').signSeed));
  const auditorKey = publicOf('bank').signKey;
  const totals = {
    purposes: [PURPOSE],
    columns: ['present', 'late'],
    aggregate: { epsilonPerQuery: 10, epsilonPerEpoch: 1000 },
  };
  const openHolder = async (name: string): Promise<void> => {
    const one = served.get(name)!;
    const kv = { ...one.kv, close: async () => undefined };
    const keyring = unwrap(await openKeyring({ kv, unlock: { key: new Secret(new Uint8Array(32).fill(5)) } })());
    one.holder = unwrap(
      await createHolder({
        federation: file,
        auditorKey,
        id: name,
        secrets: secretsOf(name),
        policy: { version: 1, minimumCohort: 20, queriers: [{ bureau: 'bureau', totals }] },
        source: fromIterable(() =>
          Array.from({ length: 30 }, (_, i) => ({
            row: i + 1,
            identifier: { national_id: syntheticRid(i) },
            values: { late: false },
          })),
        ),
        padTo: 8,
        store: createHolderStore({ kv, keyring }),
      })(),
    );
    unwrap(await one.holder.load()());
  };
  for (const name of NAMES) await openHolder(name);

  const querier: Querier = unwrap(
    await createQuerier({ federation: file, auditorKey, id: 'bureau', secrets: secretsOf('bureau') })(),
  );
  let asked = 0;
  const cohort = Array.from({ length: 30 }, (_, i) => ({ national_id: syntheticRid(i) }));
  return {
    file,
    auditorKey,
    secretsOf,
    ask: async () => {
      if (asked === 0) unwrap(await querier.sync()());
      const question = { scheme: 'cn-rid', purpose: PURPOSE, cohort, columns: ['present'], epsilon: 1, repeat: asked++ };
      unwrap(await querier.aggregate(question)());
    },
    open: async (request) => unwrap(await querier.open(request)()),
    seen: (name) =>
      served
        .get(name)!
        .kv.read((reader) => readCheckpoint(reader))!
        .slice(),
    tamper: (name, index) =>
      served.get(name)!.kv.commit((writer) => {
        const { key, value } = [...writer.range(LOG_TABLES.leaves, { limit: index + 1 })][index]!;
        const changed = value.slice();
        changed[changed.length - 1]! ^= 1;
        writer.put(LOG_TABLES.leaves, key, changed);
      }),
    rollBack: async (name) => {
      served.get(name)!.kv = memoryKv();
      await openHolder(name);
    },
    stop,
    restart: (name) => start(name, served.get(name)!.port),
    standIn: (name, handler) => {
      served.get(name)!.standIn = handler;
    },
  };
};
