import { E, type Either, Secret } from '@vouchsafe/core';
import { memberSecretsFromHex } from '@vouchsafe/protocol';
import { createQuerier, createQuerierStore, type Querier } from '@vouchsafe/querier';
import { openStore } from '@vouchsafe/store-lmdb';
import { syntheticRid } from '@vouchsafe/testkit';
import { HOLDERS, PURPOSE, SCHEME } from './federation.ts';
import type { Figures, Order, Said } from './messages.ts';
import { meteredGroup, watchMemory } from './metered.ts';

// The bureau in a process of its own: a durable store, one worker thread.

const memory = watchMemory();
const { group, backend, kernelSeconds } = meteredGroup();
let querier: Querier | undefined;
let wire = 0;
/** Bytes and exchanges since the last order began; exchanges with the measured holder, whose answers the bureau waits for. */
let traffic = { sent: 0, received: 0, turns: 0 };

const right = <A>(result: Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(result)) throw new Error(result.left.message);
  return result.right;
};
const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
};
const quantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]!;

const open = async ({ founded, folder }: Extract<Order, { tag: 'open' }>): Promise<Figures> => {
  const store = right(await openStore({ folder, use: 'bureau', unlock: { key: new Secret(new Uint8Array(32).fill(2)) } })());
  querier = right(
    await createQuerier({
      federation: founded.file,
      auditorKey: founded.auditorKey,
      id: 'bureau',
      secrets: right(memberSecretsFromHex(founded.secrets['bureau']!)),
      store: createQuerierStore(store),
      group,
      timeoutMs: 600_000,
      onExchange: ({ holder, sent, received }) => {
        wire += sent + received;
        traffic = {
          sent: traffic.sent + sent,
          received: traffic.received + received,
          turns: traffic.turns + (holder === HOLDERS[0] ? 1 : 0),
        };
      },
    })(),
  );
  return {};
};

const sync = async (): Promise<Figures> => {
  wire = 0;
  startTraffic();
  let told = 0;
  const start = performance.now();
  let firstStreamSeconds = 0;
  let streams: Figures = {};
  const onProgress = ({ task, done, total }: { task: string; done: number; total: number }): void => {
    if (task === `seal ${HOLDERS[0]}` && done === total / 2) firstStreamSeconds = (performance.now() - start) / 1000;
    // Both streams are done with the holder that is measured: what comes now is the proof.
    if (task === `seal ${HOLDERS[0]}` && done === total) {
      streams = {
        streamSeconds: (performance.now() - start) / 1000,
        firstStreamSeconds,
        streamWire: wire,
        streamKernelSeconds: kernelSeconds(),
        streamRss: memory.peak(),
        ...traffic,
      };
    }
    if (performance.now() - told < 5000) return;
    told = performance.now();
    console.error(`  ${task}: ${done} of ${total}`);
  };
  const seconds = await timed(async () => right(await querier!.sync({ onProgress })()));
  return { seconds, wire, ...traffic, ...streams };
};

const startTraffic = (): void => {
  traffic = { sent: 0, received: 0, turns: 0 };
};

const cohort = async ({ size, rounds }: Extract<Order, { tag: 'cohort' }>): Promise<Figures> => {
  const times: number[] = [];
  startTraffic();
  for (let round = 0; round < rounds; round++) {
    // Every other subject is known.
    const subjects = Array.from({ length: size }, (_, i) => ({ national_id: syntheticRid(i % 2 === 0 ? i : 50_000_000 + i) }));
    const question = {
      scheme: SCHEME,
      purpose: PURPOSE,
      cohort: subjects,
      columns: ['present', 'column1'],
      epsilon: 1,
      repeat: round,
    };
    times.push(await timed(async () => right(await querier!.aggregate(question)())));
  }
  times.sort((a, b) => a - b);
  return { cohortSeconds: quantile(times, 0.5), ...spread(times, rounds) };
};

const signals = async ({ from, count }: Extract<Order, { tag: 'signals' }>): Promise<Figures> => {
  const times: number[] = [];
  startTraffic();
  for (let i = 0; i < count; i++) {
    const subject = { national_id: syntheticRid(from + i) };
    const question = { scheme: SCHEME, purpose: PURPOSE, subject, columns: ['column1', 'column2'] };
    times.push(1000 * (await timed(async () => right(await querier!.signal(question)()))));
  }
  times.sort((a, b) => a - b);
  return { signalP50Ms: quantile(times, 0.5), signalP99Ms: quantile(times, 0.99), ...spread(times, count) };
};

/** The ends of sorted times, and the traffic of one of so many calls. */
const spread = (sorted: readonly number[], calls: number): Figures => ({
  rss: memory.peak(),
  least: sorted[0]!,
  most: sorted.at(-1)!,
  ...Object.fromEntries(Object.entries(traffic).map(([name, total]) => [name, total / calls])),
});

const obey = (order: Order): Promise<Figures> | Figures => {
  if (order.tag === 'open') return open(order);
  if (order.tag === 'sync') return sync();
  if (order.tag === 'cohort') return cohort(order);
  if (order.tag === 'signals') return signals(order);
  return { kernelSeconds: kernelSeconds(), rss: memory.peak() };
};

const say = (said: Said): void => void process.send?.(said);
process.on('message', async (order: Order) => {
  try {
    say({ tag: 'done', backend, figures: await obey(order) });
  } catch (error) {
    say({ tag: 'failed', message: error instanceof Error ? error.message : 'failed' });
  }
});
// A store that writes while its process exits would wait for ever for the thread that ends.
process.on('disconnect', () => void (querier?.close() ?? Promise.resolve()).finally(() => process.exit(0)));
