import type { Command } from '@commander-js/extra-typings';
import { type Act, helpAfter, JSON_FLAG } from '../command.ts';
import { FOLDER, PASSPHRASE_FILE, QUIET } from '../member/options.ts';
import { PASSPHRASE_HELP } from '../passphrase.ts';
import { PEOPLE_HELP } from '../rows/people.ts';
import { CARRY, COLUMN, OUT, READY_HELP, STRICT, schemeOption } from './options.ts';

/** `bureau match` */
export const defineBureauMatch = (parent: Command, act: Act): void => {
  parent
    .command('match')
    .description('which lenders know which of these people? A lender learns how many were asked, and nothing else')
    .argument('<people>', 'the list of people')
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
          'vouchsafe bureau match applicants.csv --folder bureau --out known.csv',
          'vouchsafe bureau match applicants.parquet --folder bureau --column ID_NO --carry customer --out known.parquet',
        ],
        PEOPLE_HELP,
        'The results have the number of the row in the list (from 1), the columns that are carried, and for each lender true, false, or nothing when it failed. Without --out only sums are shown.',
        `${READY_HELP} Lenders that fail are named, and the exit code says why; what the others answered is kept: the same list asks for the rest only, and nothing is paid twice.`,
        PASSPHRASE_HELP,
      ),
    )
    .action((people, options) =>
      act(async (world) => {
        const { matchPeople } = await import('./match-people.ts');
        return matchPeople({ people, ...options }, world);
      }),
    );
};
