import type { Command } from '@commander-js/extra-typings';
import { nameArgument, wholeArgument } from '../arguments.ts';
import { type Act, helpAfter, JSON_FLAG } from '../command.ts';
import { auditorKeyOption } from '../federation/verify.ts';
import { PASSPHRASE_HELP } from '../passphrase.ts';

/** `audit sample` */
export const defineAuditSample = (parent: Command, act: Act): void => {
  parent
    .command('sample')
    .description('draw rows of a table that a holder sealed, and check persons and values against what its log committed to')
    .requiredOption('--federation <file>', 'the federation file')
    .addOption(auditorKeyOption())
    .requiredOption('--keys <file>', 'the auditor’s key file')
    .requiredOption('--holder <name>', 'whose table', nameArgument)
    .requiredOption('--querier <name>', 'the bureau that it was sealed for', nameArgument)
    .requiredOption('--scheme <name>', 'the identifier scheme')
    .requiredOption('--epoch <number>', 'the epoch', wholeArgument(1, 2 ** 32 - 1))
    .option('--rows <number>', 'how many rows', wholeArgument(1, 1000), 460)
    .option('--records <file>', 'your own reading of the raw records: JSON lines {"id": "cn-rid:…", "values": [1, …]}, in slots')
    .option('--out <file>', 'write the rows there as JSON lines, e.g. to compare them with the raw records by hand')
    .option('--timeout <seconds>', 'after how long without an answer a holder counts as down', wholeArgument(1, 3600), 600)
    .option('--passphrase-file <file>', 'where the passphrase of the key file stands')
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      helpAfter(
        [
          'vouchsafe audit sample --federation federation.json --auditor-key 3f2a… --keys auditor.key --holder lender-a --querier bureau --scheme cn-rid --epoch 3',
        ],
        PASSPHRASE_HELP,
        'The rows name people and say what the lender knows of them. The holder reads its records once more for it: it takes as long as loading them.',
        'Exit code 1: a row is not what was sealed, or not what the records say.',
      ),
    )
    .action((options) =>
      act(async (world) => {
        const { auditSample } = await import('./sample-table.ts');
        return auditSample(options, world);
      }),
    );
};
