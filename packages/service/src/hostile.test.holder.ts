import { writeSync } from 'node:fs';
import { E } from '@vouchsafe/core';
import type { Order, Said } from './hostile.test.processes.ts';
import { createLog, createService, serve } from './index.ts';
import { openHolder } from './parties.test.fixture.ts';

// A holder as a service, in a process of its own, whose memory is what is measured.

const say = (said: Said): void => void process.send?.(said);
/** Bytes that stay: what can be collected is, first. */
const memory = (): number => {
  globalThis.gc?.();
  return process.memoryUsage.rss();
};
let peak = 0;
setInterval(() => {
  peak = Math.max(peak, process.memoryUsage.rss());
}, 50).unref();

process.on('message', async (order: Order) => {
  if (order.tag === 'open') {
    const holder = await openHolder(order.founded, order.id, { signals: 1_000_000 });
    const loaded = await holder.load()();
    if (E.isLeft(loaded)) throw new Error(loaded.left.message);
    // Where lines go does not matter here, that they are written does.
    const log = createLog({ stream: { write: (line) => void writeSync(2, line) } });
    const serving = await serve(createService({ holder, log }), { port: order.port, metricsPort: 0 })();
    if (E.isLeft(serving)) throw new Error(serving.left.message);
    return say({ tag: 'open', metricsPort: serving.right.metricsPort });
  }
  if (order.tag === 'memory') {
    const rss = memory();
    say({ tag: 'memory', rss, peak: Math.max(peak, rss) });
    peak = rss;
  }
});
process.on('disconnect', () => process.exit(0));
