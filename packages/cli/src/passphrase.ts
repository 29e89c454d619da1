import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { E, type Either } from '@vouchsafe/core';
import { badInput, type Failure, interrupted } from './exit.ts';
import { readText } from './read-file.ts';
import type { World } from './world.ts';

/** Where a passphrase may stand for a script. */
export const PASSPHRASE_VARIABLE = 'VOUCHSAFE_PASSPHRASE';

const MAX_PASSPHRASE_BYTES = 1024;

/** For `--help`. */
export const PASSPHRASE_HELP: string = `The passphrase comes from the file of --passphrase-file, else from the variable ${PASSPHRASE_VARIABLE}, else it is
asked for when standard input is a terminal. It is never an argument: those can be seen by every user of the machine.`;

/**
 * The passphrase of a key file: from the file, else from the environment, else from the terminal without an echo.
 * @param what is named in the question, e.g. `auditor.key`
 * @param twice asks a second time: for a new file, where nothing would show a slip
 */
export const passphraseFor = async (
  { what, file, twice = false }: { readonly what: string; readonly file?: string | undefined; readonly twice?: boolean },
  world: World,
): Promise<Either<Failure, string>> => {
  if (file !== undefined) return fromFile(file);
  const given = world.env[PASSPHRASE_VARIABLE];
  if (given !== undefined) return checked(given, `the variable ${PASSPHRASE_VARIABLE}`);
  if (world.input.isTTY !== true)
    return E.left(
      badInput(
        `the passphrase of ${what} is missing: put it into a file for --passphrase-file or into the variable ${PASSPHRASE_VARIABLE}, or start the command from a terminal`,
      ),
    );
  const first = await asked(twice ? `New passphrase for ${what}: ` : `Passphrase of ${what}: `, world);
  if (E.isLeft(first) || !twice) return E.isLeft(first) ? first : checked(first.right, 'what was typed');
  const second = await asked('The same once more: ', world);
  if (E.isLeft(second)) return second;
  return first.right === second.right
    ? checked(first.right, 'what was typed')
    : E.left(badInput('the two passphrases differ: nothing was written'));
};

const fromFile = async (path: string): Promise<Either<Failure, string>> => {
  const text = await readText(path, MAX_PASSPHRASE_BYTES);
  // An editor ends the line; that is not part of the passphrase.
  return E.isLeft(text) ? text : checked(text.right.replace(/\r?\n$/, ''), path);
};

const checked = (passphrase: string, where: string): Either<Failure, string> =>
  passphrase === '' ? E.left(badInput(`the passphrase is empty: look at ${where}`)) : E.right(passphrase);

/** Asks on the terminal. What is typed is not shown, not even its length. */
const asked = (prompt: string, { input, stderr, signal }: World): Promise<Either<Failure, string>> =>
  new Promise((resolve) => {
    const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
    const terminal = createInterface({ input, output: nowhere, terminal: true, historySize: 0 });
    // Only now, with the echo off: somebody may type, or paste, at once.
    stderr.write(prompt);
    let settled = false;
    const settle = (answer: Either<Failure, string>): void => {
      if (settled) return;
      settled = true;
      signal.removeEventListener('abort', stop);
      terminal.close();
      stderr.write('\n');
      resolve(answer);
    };
    const stop = (): void => settle(E.left(interrupted));
    terminal.on('line', (line) => settle(E.right(line)));
    // In raw mode Ctrl-C is a key; Ctrl-D closes.
    terminal.on('SIGINT', stop);
    terminal.on('close', stop);
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
  });
