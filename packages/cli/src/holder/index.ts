import type { Command } from '@commander-js/extra-typings';
import { type Act, showCommandsAfterError } from '../command.ts';
import { defineHolderServe } from './serve.ts';

/** `holder …` */
export const defineHolder = (program: Command, act: Act): void => {
  const holder = program.command('holder').description('a lender’s side: answer the federation’s requests');
  for (const define of [defineHolderServe]) define(holder, act);
  showCommandsAfterError(holder);
};
