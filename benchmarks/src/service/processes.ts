import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Figures } from '../seal/messages.ts';
import type { Order, Said } from './messages.ts';

/** A process of this case. */
export interface Party {
  readonly ask: (order: Order) => Promise<Figures>;
  readonly backend: () => string;
  readonly stop: () => Promise<void>;
}

/** @param flags of Node, e.g. a profile's */
export const startParty = (program: 'holder' | 'bureau', flags: readonly string[] = []): Party => {
  const child: ChildProcess = fork(fileURLToPath(new URL(`${program}.js`, import.meta.url)), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: ['--expose-gc', ...flags],
  });
  let backend = '';
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    ask: (order) =>
      new Promise((resolve, reject) => {
        const hear = (said: Said): void => {
          child.off('message', hear);
          if (said.tag === 'failed') reject(new Error(said.message));
          else {
            backend = said.backend ?? backend;
            resolve(said.figures);
          }
        };
        child.on('message', hear);
        void gone.then(() => reject(new Error(`the ${program}’s process has ended`)));
        child.send(order);
      }),
    backend: () => backend,
    stop: async () => {
      if (child.connected) child.disconnect();
      await gone;
    },
  };
};

/** Answers each order with what the work gives, or with why it failed. */
export const obeying = (obey: (order: Order) => Promise<Figures>, backend: string): void => {
  process.on('message', async (order: Order) => {
    const say = (said: Said): void => void process.send?.(said);
    try {
      say({ tag: 'done', backend, figures: await obey(order) });
    } catch (error) {
      say({ tag: 'failed', message: error instanceof Error ? error.message : 'failed' });
    }
  });
};
