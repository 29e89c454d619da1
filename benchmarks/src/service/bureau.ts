import { Agent, request } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { E, type Either, Secret } from '@vouchsafe/core';
import { openBackend } from '@vouchsafe/group';
import { FRAME_TYPE, memberSecretsFromHex, ROUTES } from '@vouchsafe/protocol';
import { createQuerier, createQuerierStore, type Querier } from '@vouchsafe/querier';
import { openStore } from '@vouchsafe/store-lmdb';
import { syntheticRid } from '@vouchsafe/testkit';
import { PURPOSE, SCHEME } from '../seal/federation.ts';
import type { Figures } from '../seal/messages.ts';
import type { Order } from './messages.ts';
import { obeying } from './processes.ts';

// The bureau: seals the tables, makes requests ahead, and then only sends them.

/** A request as the querier made it: blinded, signed, not sent. */
interface Prepared {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

let querier: Querier | undefined;
let prepared: Prepared[] = [];
let target = { port: 0 };
let next = 0;
/** While requests are made ahead they go here instead. */
let keep: ((request: Request) => Promise<void>) | undefined;

const right = <A>(result: Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(result)) throw new Error(result.left.message);
  return result.right;
};

const sync = async ({ founded, folder }: Extract<Order, { tag: 'sync' }>): Promise<Figures> => {
  const store = right(await openStore({ folder, use: 'bureau', unlock: { key: new Secret(new Uint8Array(32).fill(2)) } })());
  querier = right(
    await createQuerier({
      federation: founded.file,
      auditorKey: founded.auditorKey,
      id: 'bureau',
      secrets: right(memberSecretsFromHex(founded.secrets['bureau']!)),
      store: createQuerierStore(store),
      timeoutMs: 600_000,
      fetch: async (given) => {
        if (!keep) return fetch(given);
        await keep(given);
        throw new Error('kept for later');
      },
    })(),
  );
  let told = 0;
  const began = performance.now();
  right(
    await querier.sync({
      onProgress: ({ task, done, total }) => {
        if (performance.now() - told < 5000) return;
        told = performance.now();
        console.error(`  ${task}: ${done} of ${total}`);
      },
    })(),
  );
  return { syncSeconds: (performance.now() - began) / 1000 };
};

/** Every other subject is known to the holder; nobody is asked about twice. */
const prepare = async ({ count, rows, port }: Extract<Order, { tag: 'prepare' }>): Promise<Figures> => {
  target = { port };
  prepared = [];
  const began = performance.now();
  keep = async (given) => {
    const url = new URL(given.url);
    if (!url.pathname.endsWith(ROUTES.query) || Number(url.port) !== port) return;
    prepared.push({ headers: Object.fromEntries(given.headers), body: new Uint8Array(await given.arrayBuffer()) });
  };
  try {
    while (prepared.length < count) {
      await Promise.all(
        Array.from({ length: 16 }, () => {
          const i = next++;
          const subject = { national_id: syntheticRid(i % 2 === 0 ? (i / 2) % rows : 50_000_000 + i) };
          return querier!.signal({ scheme: SCHEME, purpose: PURPOSE, subject, columns: ['column1', 'column2'] })();
        }),
      );
    }
  } finally {
    keep = undefined;
  }
  return { prepareSeconds: (performance.now() - began) / 1000 };
};

const post = (agent: Agent, { headers, body }: Prepared): Promise<boolean> =>
  new Promise((resolve) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port: target.port,
        path: ROUTES.query,
        method: 'POST',
        agent,
        headers: { ...headers, 'content-length': body.length },
      },
      (response) => {
        const good = response.statusCode === 200 && response.headers['content-type'] === FRAME_TYPE;
        response.resume().once('end', () => resolve(good));
        response.once('error', () => resolve(false));
      },
    );
    outgoing.once('error', () => resolve(false));
    outgoing.end(body);
  });

/** @param atOnce requests on the way at most; with `perSecond` they start at that rate, and what comes late counts as late */
const sendAll = async ({ atOnce, perSecond }: Extract<Order, { tag: 'send' }>): Promise<Figures> => {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const times: number[] = [];
  let [at, failed] = [0, 0];
  const began = performance.now();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (at < prepared.length) {
        const i = at++;
        const due = perSecond === undefined ? performance.now() : began + (1000 * i) / perSecond;
        const wait = due - performance.now();
        if (wait > 1) await setTimeout(wait);
        if (!(await post(agent, prepared[i]!))) failed += 1;
        times.push(performance.now() - due);
      }
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  agent.destroy();
  times.sort((a, b) => a - b);
  const quantile = (q: number): number => times[Math.min(times.length - 1, Math.floor(q * times.length))]!;
  return { sent: times.length, failed, seconds, p50Ms: quantile(0.5), p99Ms: quantile(0.99), maxMs: quantile(1) };
};

obeying(async (order) => {
  if (order.tag === 'sync') return sync(order);
  if (order.tag === 'prepare') return prepare(order);
  if (order.tag === 'send') return sendAll(order);
  throw new Error(`the bureau does not ${order.tag}`);
}, openBackend()?.name ?? 'noble');
process.on('disconnect', () => process.exit(0));
