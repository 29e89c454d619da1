import type { Command } from '@commander-js/extra-typings';
import { nameArgument } from '../arguments.ts';
import { type Act, helpAfter, JSON_FLAG } from '../command.ts';
import { FOLDER, PASSPHRASE_FILE, QUIET } from '../member/options.ts';
import { PASSPHRASE_HELP } from '../passphrase.ts';
import { momentArgument } from '../statement/moment.ts';

/** `bureau statement` */
export const defineBureauStatement = (parent: Command, act: Act): void => {
  parent
    .command('statement')
    .description(
      'what a lender answered this bureau in a period: from the bureau’s receipts, from the lender’s log, and where they differ',
    )
    .requiredOption('--holder <name>', 'the lender', nameArgument)
    .requiredOption('--from <day>', 'from when on, e.g. 2026-06-01 (UTC)', momentArgument)
    .requiredOption('--to <day>', 'until before when, e.g. 2026-07-01', momentArgument)
    .option(...FOLDER)
    .option(...PASSPHRASE_FILE)
    .option(...QUIET)
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      helpAfter(
        ['vouchsafe bureau statement --folder bureau --holder lender-a --from 2026-06-01 --to 2026-07-01'],
        'Counter-signatures that the lender does not have yet are delivered first. Exit code 1: the two differ.',
        PASSPHRASE_HELP,
      ),
    )
    .action((options) =>
      act(async (world) => {
        const { compareStatement } = await import('./compare-statement.ts');
        return compareStatement(options, world);
      }),
    );
};
