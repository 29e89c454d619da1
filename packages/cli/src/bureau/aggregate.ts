import type { Command } from '@commander-js/extra-typings';
import { priceArgument, wholeArgument } from '../arguments.ts';
import { type Act, helpAfter, JSON_FLAG } from '../command.ts';
import { FOLDER, PASSPHRASE_FILE, QUIET } from '../member/options.ts';
import { PASSPHRASE_HELP } from '../passphrase.ts';
import { PEOPLE_HELP } from '../rows/people.ts';
import { COLUMN, namesArgument, OUT, READY_HELP, STRICT, schemeOption } from './options.ts';

/** `bureau aggregate` */
export const defineBureauAggregate = (parent: Command, act: Act): void => {
  parent
    .command('aggregate')
    .description('noisy totals of columns over a list of people, over all lenders together')
    .argument('<people>', 'the list of people')
    .requiredOption('--purpose <purpose>', 'one of those that the lenders’ policies grant')
    .requiredOption(
      '--columns <names>',
      'columns of the catalogue, and "present" for the number of relationships, with commas between them',
      namesArgument,
    )
    .option('--epsilon <number>', 'privacy price of the whole query at each lender: the larger, the less noise', priceArgument)
    .option(
      '--rho <number>',
      'the same as zero-concentrated ρ, where the policies grant it: noise with thinner tails',
      priceArgument,
    )
    .option('--repeat <n>', 'one more for each repetition that shall have fresh noise, paid for again', wholeArgument(0, 1e6), 0)
    .option(...FOLDER)
    .addOption(schemeOption())
    .option(...COLUMN)
    .option(...STRICT)
    .option(...OUT)
    .option(...PASSPHRASE_FILE)
    .option(...QUIET)
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      helpAfter(
        [
          'vouchsafe bureau quote --folder bureau --purpose credit-application --columns present,outstanding --epsilon 1 --people 500',
          'vouchsafe bureau aggregate applicants.csv --folder bureau --purpose credit-application --columns present,outstanding --epsilon 1',
        ],
        PEOPLE_HELP,
        'The same question again gets the same answer and costs nothing, also after it was interrupted. Exit code 4: a lender’s policy or what is left of a budget does not allow it.',
        READY_HELP,
        PASSPHRASE_HELP,
      ),
    )
    .action((people, options) =>
      act(async (world) => {
        const { askAggregate } = await import('./ask-aggregate.ts');
        return askAggregate({ people, ...options }, world);
      }),
    );
};
