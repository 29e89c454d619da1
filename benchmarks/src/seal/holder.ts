import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { E, Secret } from '@vouchsafe/core';
import { createHolder, createHolderStore, DEFAULT_TICK, fromIterable, type Holder, NO_TICK } from '@vouchsafe/holder';
import { memberSecretsFromHex, ROUTES } from '@vouchsafe/protocol';
import { openStore } from '@vouchsafe/store-lmdb';
import { syntheticRid } from '@vouchsafe/testkit';
import { policyOf } from './federation.ts';
import type { Figures, Order, Said } from './messages.ts';
import { meteredGroup, watchMemory } from './metered.ts';

// A holder in a process of its own: synthetic rows, a durable store, one worker thread.

const memory = watchMemory();
const { group, backend, kernelSeconds } = meteredGroup();
let holder: Holder | undefined;
let answers: number[] = [];
/** Read at every query, so that one sealed table is asked with it and without. */
const tick = { ...DEFAULT_TICK };
/** What stood at the first chunk of the shuffle proof, when both streams were done. */
let streams: Figures = {};
const say = (said: Said): void => void process.send?.(said);

const answering = async (request: Request): Promise<Response> => {
  const start = performance.now();
  const { pathname } = new URL(request.url);
  if (pathname.endsWith(ROUTES.sealProof) && streams['streamRss'] === undefined)
    streams = { streamKernelSeconds: kernelSeconds(), streamRss: memory.peak() };
  const response = await holder!.fetch(request);
  if (pathname.endsWith(ROUTES.query)) answers.push((performance.now() - start) / 1000);
  return response;
};
serve({ fetch: answering, port: 0, hostname: '127.0.0.1' }, ({ port }: AddressInfo) => say({ tag: 'listening', port }));

const load = async ({ id, founded, folder, rows, slots }: Extract<Order, { tag: 'load' }>): Promise<Said> => {
  const store = await openStore({ folder, use: 'holder', unlock: { key: new Secret(new Uint8Array(32).fill(1)) } })();
  if (E.isLeft(store)) return { tag: 'failed', message: store.left.message };
  const secrets = memberSecretsFromHex(founded.secrets[id]!);
  if (E.isLeft(secrets)) return { tag: 'failed', message: secrets.left.message };
  function* records() {
    for (let i = 0; i < rows; i++) {
      const values = Object.fromEntries(Array.from({ length: slots - 1 }, (_, j) => [`column${j + 1}`, (i * (j + 3)) % 1000]));
      yield { row: i + 1, identifier: { national_id: syntheticRid(i) }, values };
    }
  }
  const created = await createHolder({
    federation: founded.file,
    auditorKey: founded.auditorKey,
    id,
    secrets: secrets.right,
    policy: policyOf(slots),
    source: fromIterable(records),
    store: createHolderStore(store.right),
    group,
    padTo: 1000,
    tick,
    onLate: () => undefined,
    onError: (error) => console.error(error),
  })();
  if (E.isLeft(created)) return { tag: 'failed', message: created.left.message };
  holder = created.right;
  const start = performance.now();
  const loaded = await holder.load()();
  if (E.isLeft(loaded)) return { tag: 'failed', message: loaded.left.message };
  return { tag: 'done', figures: { seconds: (performance.now() - start) / 1000 } };
};

process.on('message', async (order: Order) => {
  if (order.tag === 'load') return say(await load(order));
  if (order.tag === 'tick') Object.assign(tick, order.on ? DEFAULT_TICK : NO_TICK);
  const median = [...answers].sort((a, b) => a - b)[Math.floor(answers.length / 2)] ?? 0;
  answers = [];
  say({
    tag: 'done',
    backend,
    figures: { kernelSeconds: kernelSeconds(), rss: memory.peak(), answerSeconds: median, ...streams },
  });
});
// A store that writes while its process exits would wait for ever for the thread that ends.
process.on('disconnect', () => void (holder?.close() ?? Promise.resolve()).finally(() => process.exit(0)));
