import type { Command } from '@commander-js/extra-typings';
import { wholeArgument } from '../arguments.ts';
import { type Act, helpAfter, JSON_FLAG } from '../command.ts';
import { FOLDER, PASSPHRASE_FILE, QUIET } from '../member/options.ts';
import { PASSPHRASE_HELP } from '../passphrase.ts';

/** `holder load` */
export const defineHolderLoad = (parent: Command, act: Act): void => {
  parent
    .command('load')
    .description('read the records for the newest epoch, and say what became of each row')
    .option(...FOLDER)
    .option('--check', 'only read and report: nothing is kept, and neither keys nor passphrase are needed')
    .option('--show <rows>', 'how many rejected rows are listed', wholeArgument(0, 10_000), 20)
    .option('--rejected <file>', 'write the rejected rows there (.csv, .jsonl or .parquet): row, column, reason; never a value')
    .option(...PASSPHRASE_FILE)
    .option(...QUIET)
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      helpAfter(
        [
          'vouchsafe holder load --folder lender-a --check',
          'vouchsafe holder load --folder lender-a --check --rejected rejected.csv',
          'vouchsafe holder load --folder lender-a',
        ],
        'What is read, and by which view or SQL, stands in [records] of holder.toml. Rows that cannot be used are left out and the others count; an epoch’s records are read once, so check\nbefore. Fresh records come in with the next epoch. Further reading of the same epoch shows the report again.',
        PASSPHRASE_HELP,
      ),
    )
    .action((options) =>
      act(async (world) => {
        const { loadHolder } = await import('./load-records.ts');
        return loadHolder(options, world);
      }),
    );
};
