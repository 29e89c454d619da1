import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { E, type Either } from '@vouchsafe/core';
import { type LmdbKv, type OpenStoreError, openLmdbKv } from './index.ts';

/** Node 20 cannot load TypeScript: children run what `npm test` has built. */
const program = (name: string): string => fileURLToPath(new URL(`../dist/${name}`, import.meta.url));

/** A child at work on a store. */
export interface Running {
  readonly child: ChildProcess;
  /** The lines that it has said so far. */
  readonly lines: readonly string[];
  /** Waits for a line that starts like this; rejects when the child ends without. */
  readonly says: (start: string) => Promise<string>;
  /** When it has ended and all its lines are here. */
  readonly ended: Promise<void>;
}

/** @param prefix a command that runs the program with a limit, e.g. a shell with `ulimit` */
export const run = (what: string, folder: string, prefix: readonly string[] = []): Running =>
  runProgram('store.test.child.js', [what, folder], prefix);

/** The same for any of the tests' programs. */
export const runProgram = (name: string, given: readonly string[], prefix: readonly string[] = []): Running => {
  const [command, ...args] = [...prefix, process.execPath, program(name), ...given];
  const child = spawn(command!, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  let text = '';
  let errors = '';
  let over = false;
  child.stdout!.setEncoding('utf8').on('data', (part: string) => {
    const parts = (text + part).split('\n');
    text = parts.pop()!;
    lines.push(...parts);
    for (const wake of waiting) wake();
  });
  child.stderr!.setEncoding('utf8').on('data', (part: string) => {
    errors += part;
  });
  const ended = new Promise<void>((resolve) => {
    child.on('close', () => {
      over = true;
      for (const wake of waiting) wake();
      resolve();
    });
  });
  const says = (start: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = lines.find((line) => line.startsWith(start));
        if (found === undefined && !over) return;
        waiting.delete(look);
        if (found !== undefined) resolve(found);
        else reject(new Error(`the child ended without saying ${start}: ${errors}`));
      };
      waiting.add(look);
      look();
    });
  return { child, lines, says, ended };
};

export const open = (folder: string): Promise<Either<OpenStoreError, LmdbKv>> =>
  openLmdbKv({ folder, format: { name: 'test', version: 1 } })();

/** The store of a folder. @throws when it does not open */
export const opened = async (folder: string): Promise<LmdbKv> => {
  const store = await open(folder);
  if (E.isLeft(store)) throw new Error(store.left.message);
  return store.right;
};

/** Runs a test with a folder of its own; the store in it is the test's to make. */
export const inFolder =
  (test: (folder: string) => Promise<void>): (() => Promise<void>) =>
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vouchsafe-store-'));
    try {
      await test(join(folder, 'store'));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
