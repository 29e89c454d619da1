import { Command } from '@commander-js/extra-typings';
import { defineAudit } from './audit/index.ts';
import type { Act } from './command.ts';
import { EXIT_CODES_HELP } from './exit.ts';
import { defineFederation } from './federation/index.ts';
import { defineHolder } from './holder/index.ts';
import { defineKeys } from './keys/index.ts';
import { defineStatement } from './statement/index.ts';
import type { World } from './world.ts';

/** All commands. It throws commander's error where a call makes no sense, or only help was asked for. */
export const createProgram = ({ print, stderr }: World, act: Act, version: string): Command => {
  const program = new Command('vouchsafe')
    .description('Privacy-preserving federated credit scoring: member keys, the federation file, the auditor’s checks.')
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: print,
      writeErr: (text) => void stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'vouchsafe: ')),
    })
    .showHelpAfterError('(add --help to see what can be said)')
    .addHelpText('after', `\nAdd --help to any command for its options and examples.\n\n${EXIT_CODES_HELP}`);
  for (const define of [defineKeys, defineFederation, defineHolder, defineAudit, defineStatement]) define(program, act);
  return program;
};
