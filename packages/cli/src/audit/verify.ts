import type { Command } from '@commander-js/extra-typings';
import { wholeArgument } from '../arguments.ts';
import { type Act, helpAfter, JSON_FLAG } from '../command.ts';
import { auditorKeyOption } from '../federation/verify.ts';
import { PASSPHRASE_HELP } from '../passphrase.ts';

/** `audit verify` */
export const defineAuditVerify = (parent: Command, act: Act): void => {
  parent
    .command('verify')
    .description('fetch the logs of the holders and check every entry against what they signed')
    .requiredOption('--federation <file>', 'the federation file')
    .addOption(auditorKeyOption())
    .requiredOption('--keys <file>', 'the auditor’s key file: holders show their logs to the auditor only')
    .option('--holder <name...>', 'these holders only')
    .option('--known <file...>', 'checkpoints that others saw, e.g. a bureau: a holder that showed it another log is found out')
    .option(
      '--save <folder>',
      'keep the checkpoints seen now, and check against those kept before: a log that shrank or changed since is found out',
    )
    .option('--timeout <seconds>', 'after how long without an answer a holder counts as down', wholeArgument(1, 3600), 60)
    .option('--passphrase-file <file>', 'where the passphrase of the key file stands')
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      helpAfter(
        [
          'vouchsafe audit verify --federation federation.json --auditor-key 3f2a… --keys auditor.key --save checkpoints',
          'vouchsafe audit verify --federation federation.json --auditor-key 3f2a… --keys auditor.key --holder lender-a --known seen-by-bureau.note',
        ],
        PASSPHRASE_HELP,
        'Exit code 1: a log is broken, whatever the others are. 3: none is broken, but some could not be checked.',
      ),
    )
    .action((options) =>
      act(async (world) => {
        // Only now: it brings the whole of the querier, which takes a while to load.
        const { auditVerify } = await import('./verify-logs.ts');
        return auditVerify(options, world);
      }),
    );
};
