import type { Command } from '@commander-js/extra-typings';
import { type Act, helpAfter, JSON_FLAG } from '../command.ts';
import { FOLDER, PASSPHRASE_FILE, QUIET } from '../member/options.ts';
import { PASSPHRASE_HELP } from '../passphrase.ts';
import { PEOPLE_HELP } from '../rows/people.ts';
import { CARRY, COLUMN, namesArgument, OUT, READY_HELP, STRICT, schemeOption } from './options.ts';

export const CONSENT = [
  '--consent <path>',
  'the issuer’s receipt that the person agrees; for several people a folder with 1.receipt, 2.receipt, … by their rows',
] as const;

/** `bureau signal` */
export const defineBureauSignal = (parent: Command, act: Act): void => {
  parent
    .command('signal')
    .description('exact totals of one person over all lenders, or of several people')
    .argument('<people>', 'the list: one person, or several')
    .requiredOption('--purpose <purpose>', 'one of those that the lenders’ policies grant')
    .requiredOption('--columns <names>', 'columns of the catalogue, with commas between them', namesArgument)
    .option(...CONSENT)
    .option(...FOLDER)
    .addOption(schemeOption())
    .option(...COLUMN)
    .option(...CARRY)
    .option(...STRICT)
    .option(...OUT)
    .option(...PASSPHRASE_FILE)
    .option(...QUIET)
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      helpAfter(
        [
          'vouchsafe bureau signal person.txt --folder bureau --purpose credit-application --columns openLoans,outstanding,worstStatus --consent person.receipt',
          'vouchsafe bureau signal sample.csv --folder bureau --purpose model-development --columns openLoans,pastDue --consent receipts --carry bad --out totals.csv',
        ],
        PEOPLE_HELP,
        '--out writes a row a person: its number in the list, what is carried, the totals by column; a bucket column also as column:bucket, the lenders in each bucket. A scorecard is fitted on such a file.',
        'The same question again gets the same answer, and its receipt stays good for it. Exit code 4: a policy, a budget or a receipt is against it.',
        READY_HELP,
        PASSPHRASE_HELP,
      ),
    )
    .action((people, options) =>
      act(async (world) => {
        const { askSignals } = await import('./ask-signals.ts');
        return askSignals({ people, ...options }, world);
      }),
    );
};
