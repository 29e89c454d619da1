import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Founded } from './parties.test.fixture.ts';

/** What a process of the test is told. */
export type Order =
  | { readonly tag: 'open'; readonly founded: Founded; readonly id: string; readonly port: number }
  | { readonly tag: 'memory' }
  | { readonly tag: 'sync'; readonly founded: Founded }
  | { readonly tag: 'ask'; readonly ms: number }
  | { readonly tag: 'probe'; readonly url: string; readonly ms: number };

/** What it says. */
export type Said =
  | { readonly tag: 'open'; readonly metricsPort: number | undefined }
  | { readonly tag: 'memory'; readonly rss: number; readonly peak: number }
  | { readonly tag: 'synced' }
  | Asked
  | Probed;

/** How those who mean well fared. */
export interface Asked {
  readonly tag: 'asked';
  readonly answered: number;
  readonly wrong: number;
  readonly failed: number;
  /** The first one that failed. */
  readonly failure?: string | undefined;
}

/** How a supervisor fared that asks whether the holder is alive. */
export interface Probed {
  readonly tag: 'probed';
  readonly probes: number;
  readonly healthP99Ms: number;
  readonly healthMaxMs: number;
}

/** A process of the test, as built: Node 20 cannot load TypeScript. */
export interface Party {
  readonly ask: <T extends Said['tag']>(order: Order, answer: T) => Promise<Extract<Said, { tag: T }>>;
  readonly stop: () => Promise<void>;
}

export const startParty = (program: 'holder' | 'honest'): Party => {
  const path = fileURLToPath(new URL(`../dist/hostile.test.${program}.js`, import.meta.url));
  const child: ChildProcess = fork(path, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], execArgv: ['--expose-gc'] });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    ask: (order, answer) =>
      new Promise((resolve, reject) => {
        const hear = (said: Said): void => {
          if (said.tag !== answer) return;
          child.off('message', hear);
          resolve(said as Extract<Said, { tag: typeof answer }>);
        };
        child.on('message', hear);
        void gone.then(() => reject(new Error(`the ${program} process has ended`)));
        child.send(order);
      }),
    stop: async () => {
      if (child.connected) child.disconnect();
      await gone;
    },
  };
};
