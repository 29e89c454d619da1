import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { FromLender, StartLender } from './lender-messages.ts';

/** A lender's process. */
export interface Lender {
  readonly id: string;
  readonly port: number;
  /** Tells it everything and waits until it has read its records. @returns its report on them */
  readonly start: (message: StartLender, onProgress: (done: number, total: number) => void) => Promise<readonly string[]>;
  /** Ends it; its store is free when the promise resolves. */
  readonly stop: () => Promise<void>;
}

/** Starts one process a lender; each picks a port of its own. */
export const startLenders = (names: readonly string[]): Promise<readonly Lender[]> => Promise.all(names.map(startLender));

/** Starts one. */
export const startLender = async (id: string): Promise<Lender> => {
  const child = fork(fileURLToPath(new URL('lender.js', import.meta.url)), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const listening = await next(child, 'listening', () => undefined);
  return {
    id,
    port: listening.port,
    start: async (message, onProgress) => {
      child.send(message);
      return (await next(child, 'ready', onProgress)).report;
    },
    stop: async () => {
      if (child.exitCode !== null || !child.connected) return;
      const gone = once(child, 'exit');
      child.disconnect();
      await gone;
    },
  };
};

/** The lender's next message of that kind; a failure or the end of the process rejects. */
const next = <T extends FromLender['tag']>(
  child: ChildProcess,
  tag: T,
  onProgress: (done: number, total: number) => void,
): Promise<Extract<FromLender, { tag: T }>> =>
  new Promise((resolve, reject) => {
    const end = (): void => finish(() => reject(new Error('a lender’s process ended')));
    const hear = (message: FromLender): void => {
      if (message.tag === 'progress') onProgress(message.done, message.total);
      if (message.tag === 'failed') finish(() => reject(new Error(message.message)));
      if (message.tag === tag) finish(() => resolve(message as Extract<FromLender, { tag: T }>));
    };
    const finish = (then: () => void): void => {
      child.off('message', hear);
      child.off('exit', end);
      then();
    };
    child.on('message', hear);
    child.on('exit', end);
  });
