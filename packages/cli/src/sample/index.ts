import type { Command } from '@commander-js/extra-typings';
import { wholeArgument } from '../arguments.ts';
import { type Act, helpAfter, JSON_FLAG } from '../command.ts';

/** `sample` */
export const defineSample = (program: Command, act: Act): void => {
  program
    .command('sample')
    .description('made-up records to try everything with: three lenders’ loans, and a bureau’s lists of people')
    .argument('<folder>', 'a folder that is new or empty')
    .option('--people <n>', 'how many people', wholeArgument(60, 100_000), 120)
    .option('--seed <text>', 'another seed makes up others', 'vouchsafe')
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      helpAfter(
        ['vouchsafe sample books'],
        'Identity numbers are valid in form and of an area that there is not: nobody has them. The same seed gives the same files: lender-a.csv, lender-b.csv and lender-c.csv (loans as of 2026-06-30), applicants.csv\n(customer, national_id), sample.csv (national_id and bad, an outcome that is already known) and person.txt (one of them).',
      ),
    )
    .action((folder, options) =>
      act(async () => {
        const { writeSample } = await import('./write-sample.ts');
        return writeSample(folder, options);
      }),
    );
};
