import type { Command } from '@commander-js/extra-typings';
import { type Act, showCommandsAfterError } from '../command.ts';
import { defineHolderInit } from './init.ts';
import { defineHolderLoad } from './load.ts';
import { defineHolderPolicy } from './policy.ts';
import { defineHolderRotate } from './rotate.ts';
import { defineHolderSeal } from './seal.ts';
import { defineHolderServe } from './serve.ts';
import { defineHolderStatus } from './status.ts';

/** `holder …` */
export const defineHolder = (program: Command, act: Act): void => {
  const holder = program
    .command('holder')
    .description('a lender’s side: its records, its policy, the tables that are sealed from them');
  for (const define of [
    defineHolderInit,
    defineHolderLoad,
    defineHolderPolicy,
    defineHolderSeal,
    defineHolderServe,
    defineHolderStatus,
    defineHolderRotate,
  ])
    define(holder, act);
  showCommandsAfterError(holder);
};
