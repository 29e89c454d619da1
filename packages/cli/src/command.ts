import type { Command } from '@commander-js/extra-typings';
import { E, type Either } from '@vouchsafe/core';
import { EXIT_CODES_HELP, type Failure } from './exit.ts';
import type { Outcome, Result } from './outcome.ts';
import type { World } from './world.ts';

/** What a command's action hands its work to. */
export type Act = (work: (world: World) => Result) => Promise<void>;

/** Defines commands below a parent. */
export type Define = (parent: Command, act: Act) => void;

/** Runs a work in a world and passes its result on. */
export const createAct =
  (world: World, finish: (result: Either<Failure, Outcome>) => void): Act =>
  async (work) =>
    finish(await work(world));

/** The end of a command's help: examples, remarks, exit codes. */
export const helpAfter = (examples: readonly string[], ...remarks: readonly string[]): string =>
  [`\nExamples:\n${examples.map((example) => `  $ ${example}`).join('\n')}`, ...remarks, EXIT_CODES_HELP].join('\n\n');

/** What every command takes. */
export const JSON_FLAG = ['--json', 'print one JSON object as the last line of standard output, and nothing else there'] as const;

/** A command that found everything in order. */
export const fine = (text: string, json: Readonly<Record<string, unknown>>): Either<never, Outcome> =>
  E.right({ exit: 0, text, json });

/** A group of commands shows them when none, or one that it does not have, was named. To be called last: what is defined later would show its whole help after each error. */
export const showCommandsAfterError = (group: Command): void => {
  group.showHelpAfterError();
};
