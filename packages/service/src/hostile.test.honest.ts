import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { E } from '@vouchsafe/core';
import type { Querier } from '@vouchsafe/querier';
import type { Asked, Order, Said } from './hostile.test.processes.ts';
import { openQuerier, PURPOSE, raw, SCHEME, unwrap } from './parties.test.fixture.ts';

// Those who mean well, each in a process of its own: a bureau that asks one signal after the other, a supervisor that asks whether the holder is alive.

const say = (said: Said): void => void process.send?.(said);
let querier: Querier | undefined;

const quantile = (all: readonly number[], q: number): number => {
  const sorted = [...all].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
};

let asked = 0;

/** One signal after the other, each about somebody else; the first thirty are known to both holders. With a breath between, so that it is the attack that the machine is busy with. */
const askSignals = async (until: number): Promise<Omit<Asked, 'tag'>> => {
  let [answered, wrong] = [0, 0];
  const failures: string[] = [];
  while (performance.now() < until) {
    const id = asked++;
    const signal = await querier!.signal({ scheme: SCHEME, purpose: PURPOSE, subject: raw(id), columns: ['loans'] })();
    if (E.isLeft(signal)) failures.push(`${signal.left._tag}: ${signal.left.message}`);
    else if (
      signal.right.columns.some((one) => one.column === 'loans' && 'total' in one && one.total !== (id < 30 ? 2 * (id % 5) : 0))
    )
      wrong += 1;
    else answered += 1;
    await setTimeout(100);
  }
  return { answered, wrong, failed: failures.length, failure: failures[0] };
};

/** A fresh connection each time, as a supervisor makes them. */
const askHealth = async (url: string, until: number): Promise<readonly number[]> => {
  const times: number[] = [];
  while (performance.now() < until) {
    const began = performance.now();
    const alive = await fetch(`${url}/healthz`, { headers: { connection: 'close' } }).then(
      (response) => response.ok,
      () => false,
    );
    times.push(alive ? performance.now() - began : Number.POSITIVE_INFINITY);
    await setTimeout(50);
  }
  return times;
};

process.on('message', async (order: Order) => {
  if (order.tag === 'sync') {
    querier = await openQuerier(order.founded);
    unwrap(await querier.sync()());
    return say({ tag: 'synced' });
  }
  if (order.tag === 'ask') return say({ tag: 'asked', ...(await askSignals(performance.now() + order.ms)) });
  if (order.tag === 'probe') {
    const times = await askHealth(order.url, performance.now() + order.ms);
    say({ tag: 'probed', probes: times.length, healthP99Ms: quantile(times, 0.99), healthMaxMs: quantile(times, 1) });
  }
});
process.on('disconnect', () => process.exit(0));
