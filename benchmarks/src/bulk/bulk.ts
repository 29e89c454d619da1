import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { measurement } from '../measurement.ts';
import type { Case } from '../report.ts';
import { median } from '../rounds.ts';
import type { Order, Said, Side } from './messages.ts';
import { peerSeconds } from './peer.ts';

/** Elements of the peer's match: it is extrapolated by the element. */
const PEER_ELEMENTS = 10_000;
const WARM_ROUNDS = 5;

const ask = async (child: ChildProcess, order: Order): Promise<Said> => {
  child.send(order);
  const [said] = (await once(child, 'message')) as [Said];
  if (said.tag === 'failed') throw new Error(said.message);
  return said;
};

/**
 * A set of 2^log2 identifiers against one that has half of them, between two processes over loopback. Cold: the first match of two fresh processes. Warm: the median of the
 * next five. CPU-seconds an element stand beside those of @openmined/psi.js at n = 10,000.
 */
export const bulk: Case = async ({ log2 = 20, rounds }) => {
  const warmRounds = Math.min(WARM_ROUNDS, rounds);
  const start = (side: Side): ChildProcess =>
    fork(new URL('./party.js', import.meta.url), [side], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const [receiver, sender] = [start('receiver'), start('sender')];
  try {
    const { port } = await ask(sender, { tag: 'prepare', log2 });
    const { backend } = await ask(receiver, { tag: 'prepare', log2, port: port! });
    const times: number[] = [];
    let [cpu, sent, received, turns, rss, rssFirst] = [[] as number[], 0, 0, 0, 0, 0];
    for (let round = 0; round <= warmRounds; round++) {
      const began = performance.now();
      const both = await Promise.all([ask(receiver, { tag: 'match' }), ask(sender, { tag: 'match' })]);
      times.push((performance.now() - began) / 1000);
      if (both[0].correct !== true) throw new Error('the match is not the intersection of the sets');
      cpu = [...cpu, both[0].cpu! + both[1].cpu!];
      [sent, received, turns] = [both[0].sent!, both[1].sent!, both[0].turns!];
      rss = Math.max(both[0].rss!, both[1].rss!);
      if (round === 0) rssFirst = rss;
      console.error(`  match ${round}: ${times[round]!.toFixed(2)} s`);
    }
    const n = Math.round(2 ** log2);
    const cpuSeconds = median(cpu.slice(1));
    const peerElements = Math.min(PEER_ELEMENTS, n);
    console.error(`  @openmined/psi.js with ${peerElements} elements`);
    const peer = await peerSeconds(peerElements);
    return {
      backend: backend!,
      figures: {
        log2,
        warmSeconds: median(times.slice(1)),
        coldSeconds: times[0]!,
        bytesPerElement: (sent + received) / n,
        rssMax: rss,
        rssFirst,
        cpuSeconds,
        cpuMicrosPerElement: (1e6 * cpuSeconds) / n,
        peerElements,
        peerCpuMicrosPerElement: (1e6 * peer) / peerElements,
      },
      // Extrapolated: the peer's seconds an element at 10,000, ours at 2^log2.
      ratios: { 'bulk/psi.js': peer / peerElements / (cpuSeconds / n) },
      measurements: [
        measurement({
          name: 'bulk',
          backend: backend!,
          n,
          // One worker each of the two parties.
          threads: 2,
          warmUp: 1,
          seconds: times.slice(1),
          sent,
          received,
          turns,
          rssMiB: rss,
        }),
      ],
    };
  } finally {
    for (const child of [receiver, sender]) child.disconnect();
  }
};
