import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Case } from '../report.ts';
import { type Founded, found, HOLDERS } from '../seal/federation.ts';
import { type Party, startParty } from './processes.ts';
import { soak } from './soak.ts';

/** Requests on the way at once: more than two cores can work on, so that the holder is never idle. */
const AT_ONCE = 8;
const SIGNALS = 6000;
const WARM_UP = 500;

/**
 * Signed signals to a holder that stands alone, over loopback: the whole way of an answer but TLS, with its durable commit, its figures and its log. Requests are blinded and signed before, in the process
 * that sends them, so that it does nothing but send meanwhile.
 */
export const service: Case = async ({ rows = 100_000, slots = 8, folder, minutes }) => {
  const place = folder ?? (await mkdtemp(join(tmpdir(), 'vouchsafe-bench-')));
  const { founded, ports } = await foundIn(place, slots);
  const flags = process.env['VOUCHSAFE_BENCH_FLAGS']?.split(' ') ?? [];
  const holders = HOLDERS.map((_, i) => startParty('holder', i === 0 ? flags : []));
  const bureau = startParty('bureau');
  try {
    console.error(`  loading ${rows} records`);
    for (const [i, id] of HOLDERS.entries())
      await holders[i]!.ask({
        ...{ tag: 'serve', id, founded, slots, port: ports[i]!, folder: join(place, id) },
        rows: i === 0 ? rows : 100,
      });
    const { syncSeconds } = await bureau.ask({ tag: 'sync', founded, folder: join(place, 'bureau') });
    const [ant] = holders as [Party];
    const load = async (count: number, perSecond?: number) => {
      await bureau.ask({ tag: 'prepare', count, rows, port: ports[0]! });
      return bureau.ask({ tag: 'send', atOnce: AT_ONCE, perSecond });
    };
    await load(WARM_UP);
    const { sent, seconds, failed, p50Ms, p99Ms, maxMs } = await load(SIGNALS);
    const figures = {
      ...{ rows, slots, atOnce: AT_ONCE, syncSeconds: syncSeconds! },
      ...{ signalsPerSecond: sent! / seconds!, p50Ms: p50Ms!, p99Ms: p99Ms!, maxMs: maxMs!, failed: failed! },
    };
    const soaked = minutes === undefined ? {} : await soak({ minutes, heap: () => ant.ask({ tag: 'heap' }), load });
    return { backend: ant.backend(), figures: { ...figures, ...soaked }, ratios: {} };
  } finally {
    for (const party of [...holders, bureau]) await party.stop();
    if (folder === undefined) await rm(place, { recursive: true });
  }
};

interface FoundedAt {
  readonly founded: Founded;
  readonly ports: readonly number[];
}

/** The federation of a folder: a table that is sealed there can be asked again. */
const foundIn = async (folder: string, slots: number): Promise<FoundedAt> => {
  const path = join(folder, 'founded.json');
  await mkdir(folder, { recursive: true });
  const before = await readFile(path, 'utf8').catch(() => undefined);
  if (before !== undefined) return JSON.parse(before);
  const ports = [await freePort(), await freePort()];
  const made = { founded: found(slots, ports), ports };
  await writeFile(path, JSON.stringify(made), { mode: 0o600 });
  return made;
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
};
