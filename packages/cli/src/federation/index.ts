import type { Command } from '@commander-js/extra-typings';
import { type Act, showCommandsAfterError } from '../command.ts';
import { defineAdd } from './add.ts';
import { defineNew } from './new.ts';
import { defineRemove } from './remove.ts';
import { defineSign } from './sign.ts';
import { defineVerify } from './verify.ts';

/** `federation …` */
export const defineFederation = (program: Command, act: Act): void => {
  const federation = program
    .command('federation')
    .description('the federation file: who takes part, what is asked, in which epochs');
  for (const define of [defineNew, defineAdd, defineRemove, defineSign, defineVerify]) define(federation, act);
  showCommandsAfterError(federation);
};
