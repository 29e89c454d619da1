import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { found, HOLDERS } from './federation.ts';
import type { Figures, Order, Said } from './messages.ts';

/** The processes of a federation: two holders and a bureau, each with a store in the folder. */
export interface Parties {
  /** Tells a party what to do and waits for what it measured. */
  readonly ask: (party: string, order: Order) => Promise<Figures>;
  readonly backend: () => string;
  /** Bytes of a party's store. */
  readonly stored: (party: string) => Promise<number>;
  readonly stop: () => Promise<void>;
  /** Seconds that `ant` took to load its records. */
  readonly loadSeconds: number;
}

/** Parties run as the page on operations advises for large tables: the engine's space for what is short-lived would else take a third of their memory. */
const start = (program: string): ChildProcess =>
  fork(fileURLToPath(new URL(program, import.meta.url)), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: [...process.execArgv, '--max-semi-space-size=8'],
  });

const next = <T extends Said['tag']>(child: ChildProcess, tag: T): Promise<Extract<Said, { tag: T }>> =>
  new Promise((resolve, reject) => {
    const end = (code: number | null): void => finish(() => reject(new Error(`a party’s process ended with code ${code}`)));
    const hear = (said: Said): void => {
      if (said.tag === 'failed') finish(() => reject(new Error(said.message)));
      if (said.tag === tag) finish(() => resolve(said as Extract<Said, { tag: T }>));
    };
    const finish = (then: () => void): void => {
      child.off('message', hear);
      child.off('exit', end);
      then();
    };
    child.on('message', hear);
    child.on('exit', end);
  });

/** Starts all parties and loads the holders’ records. @param rows of the measured holder */
export const startParties = async ({ rows, slots }: { readonly rows: number; readonly slots: number }): Promise<Parties> => {
  const folder = await mkdtemp(join(tmpdir(), 'vouchsafe-bench-'));
  const children = new Map<string, ChildProcess>();
  let backend = '';
  const ask: Parties['ask'] = async (party, order) => {
    const child = children.get(party)!;
    child.send(order);
    const said = await next(child, 'done');
    backend = said.backend ?? backend;
    return said.figures;
  };
  const ports: number[] = [];
  for (const id of HOLDERS) {
    const child = start('holder.js');
    children.set(id, child);
    ports.push((await next(child, 'listening')).port);
  }
  children.set('bureau', start('bureau.js'));
  const founded = found(slots, ports);
  const load = (id: string, count: number) => ask(id, { tag: 'load', id, founded, folder: join(folder, id), rows: count, slots });
  await load('bee', 100);
  console.error(`  loading ${rows} records`);
  const { seconds } = await load('ant', rows);
  await ask('bureau', { tag: 'open', founded, folder: join(folder, 'bureau') });
  return {
    ask,
    backend: () => backend,
    loadSeconds: seconds!,
    stored: async (party) => {
      const own = join(folder, party);
      const sizes = await Promise.all((await readdir(own)).map(async (name) => (await stat(join(own, name))).size));
      return sizes.reduce((sum, size) => sum + size, 0);
    },
    stop: async () => {
      // The bureau first: it has answers of the holders to acknowledge.
      for (const child of [...children.values()].reverse()) {
        const gone = new Promise((resolve) => child.once('exit', resolve));
        child.disconnect();
        await gone;
      }
      await rm(folder, { recursive: true });
    },
  };
};
