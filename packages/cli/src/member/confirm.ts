import { createInterface } from 'node:readline';
import { E } from '@vouchsafe/core';
import { badInput, interrupted } from '../exit.ts';
import type { Result } from '../outcome.ts';
import type { World } from '../world.ts';

/** Asks on the terminal whether to go on. Where none is, somebody has to have said so before, with `--yes`. @param question what happens, without a question mark */
export const confirm = async (
  { question, yes = false }: { readonly question: string; readonly yes?: boolean | undefined },
  world: World,
): Result<void> => {
  if (yes) return E.right(undefined);
  const { input, stderr, signal } = world;
  if (input.isTTY !== true) return E.left(badInput(`${question}: if that is right, say so with --yes`));
  const answer = await new Promise<string | undefined>((resolve) => {
    const terminal = createInterface({ input, output: stderr });
    const stop = (): void => terminal.close();
    signal.addEventListener('abort', stop);
    terminal.on('SIGINT', stop);
    terminal.on('close', () => {
      signal.removeEventListener('abort', stop);
      resolve(undefined);
    });
    terminal.question(`${question}. Go on? (yes/no) `, (typed) => {
      resolve(typed);
      terminal.close();
    });
    if (signal.aborted) stop();
  });
  if (answer === undefined) return E.left(interrupted);
  return /^y(es)?$/i.test(answer.trim()) ? E.right(undefined) : E.left(badInput('nothing was done'));
};
