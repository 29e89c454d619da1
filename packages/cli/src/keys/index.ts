import type { Command } from '@commander-js/extra-typings';
import { type Act, showCommandsAfterError } from '../command.ts';
import { defineNewKeys } from './new.ts';
import { defineShowKeys } from './show.ts';

/** `keys …` */
export const defineKeys = (program: Command, act: Act): void => {
  const keys = program.command('keys').description('a member’s own keys');
  defineNewKeys(keys, act);
  defineShowKeys(keys, act);
  showCommandsAfterError(keys);
};
