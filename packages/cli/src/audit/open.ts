import type { Command } from '@commander-js/extra-typings';
import { wholeArgument } from '../arguments.ts';
import { type Act, helpAfter, JSON_FLAG } from '../command.ts';
import { auditorKeyOption } from '../federation/verify.ts';
import { PASSPHRASE_HELP } from '../passphrase.ts';

/** Places in a cohort, with commas between them. */
const placesArgument = (given: string): readonly number[] => given.split(',').map(wholeArgument(0, 1e9));

/** `audit open` */
export const defineAuditOpen = (parent: Command, act: Act): void => {
  parent
    .command('open')
    .description('see which person is behind a logged query: make a request for the bureau, then check its answer')
    .requiredOption('--federation <file>', 'the federation file')
    .addOption(auditorKeyOption())
    .requiredOption('--keys <file>', 'the auditor’s key file')
    .option('--holder <name>', 'in whose log the query stands')
    .option('--entry <number>', 'which entry of that log it is, from 0', wholeArgument(0, 2 ** 40))
    .option('--place <numbers>', 'which subjects of a cohort, by place, from 0', placesArgument, [0])
    .requiredOption('--request <file>', 'the request for the bureau: written without --answer, read with it')
    .option('--answer <file>', 'what the bureau answered')
    .option('--timeout <seconds>', 'after how long without an answer a holder counts as down', wholeArgument(1, 3600), 60)
    .option('--passphrase-file <file>', 'where the passphrase of the key file stands')
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      helpAfter(
        [
          'vouchsafe audit open --federation federation.json --auditor-key 3f2a… --keys auditor.key --holder lender-a --entry 17 --request open.request',
          'vouchsafe bureau open open.request --folder bureau --out open.answer      # the bureau',
          'vouchsafe audit open --federation federation.json --auditor-key 3f2a… --keys auditor.key --request open.request --answer open.answer',
        ],
        PASSPHRASE_HELP,
        'The holder logs that the auditor asked, and tells how many of the cohort it knew. The bureau’s answer names people: let it travel encrypted. Its proof convinces the owner of the auditor’s key and nobody else.',
      ),
    )
    .action((options) =>
      act(async (world) => {
        const { auditOpen } = await import('./open-query.ts');
        return auditOpen(options, world);
      }),
    );
};
