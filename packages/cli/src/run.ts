import { readFile } from 'node:fs/promises';
import { CommanderError } from '@commander-js/extra-typings';
import { E, type Either } from '@vouchsafe/core';
import { createAct } from './command.ts';
import { EXIT, type Exit, type Failure } from './exit.ts';
import type { Outcome } from './outcome.ts';
import { PASSPHRASE_VARIABLE } from './passphrase.ts';
import { createProgram } from './program.ts';
import type { World } from './world.ts';

/** Runs one call. @param args without the program's name. @returns the exit code */
export const run = async (args: readonly string[], world: World): Promise<Exit> => {
  const json = args.includes('--json');
  let result: Either<Failure, Outcome> | undefined;
  const act = createAct(world, (ended) => {
    result = ended;
  });
  try {
    await createProgram(world, act, await versionOf()).parseAsync(args, { from: 'user' });
  } catch (error) {
    // Commander has said it in words already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : misused(error, { json, world });
    result = E.left(bug(error, world));
  }
  if (result === undefined) return EXIT.fine;
  return E.isLeft(result) ? failed(result.left, { json, world }) : succeeded(result.right, { json, world });
};

interface Telling {
  readonly json: boolean;
  readonly world: World;
}

const succeeded = ({ exit, text, json: data }: Outcome, { json, world }: Telling): Exit => {
  world.print(json ? `${JSON.stringify({ ok: exit === EXIT.fine, ...data })}\n` : `${text}\n`);
  return exit;
};

const failed = (failure: Failure, { json, world }: Telling): Exit => {
  world.stderr.write(`vouchsafe: ${failure.message}\n`);
  if (json) world.print(failureJson(failure));
  return failure.exit;
};

const misused = (error: CommanderError, { json, world }: Telling): Exit => {
  const message = error.code === 'commander.help' ? 'a command is missing' : error.message.replace(/^error: /, '');
  // The value that stood behind it is in this shell's history now.
  if (error.code === 'commander.unknownOption' && error.message.includes("'--passphrase'"))
    world.stderr.write(
      `A passphrase is never an argument: choose another one, and put it into a file for --passphrase-file or into the variable ${PASSPHRASE_VARIABLE}\n`,
    );
  if (json) world.print(failureJson({ _tag: 'BadCall', message, exit: EXIT.usage }));
  return EXIT.usage;
};

const failureJson = ({ _tag, message, exit }: Failure): string =>
  `${JSON.stringify({ ok: false, error: { tag: _tag, message }, exit })}\n`;

/** Nothing that a user did. Its message can hold data, so only its name is told, and the rest on demand. */
const bug = (error: unknown, { env, stderr }: World): Failure => {
  if (env['VOUCHSAFE_DEBUG'] === '1' && error instanceof Error) stderr.write(`${error.stack}\n`);
  const name = error instanceof Error ? error.name : 'an unknown error';
  return {
    _tag: 'Bug',
    message: `this is a bug in vouchsafe (${name}): please report it; VOUCHSAFE_DEBUG=1 shows where`,
    exit: EXIT.bug,
  };
};

const versionOf = async (): Promise<string> => {
  const manifest: unknown = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
  return String((manifest as { readonly version: unknown }).version);
};
