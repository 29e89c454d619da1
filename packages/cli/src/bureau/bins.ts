import type { Command } from '@commander-js/extra-typings';
import { priceArgument, wholeArgument } from '../arguments.ts';
import { type Act, helpAfter, JSON_FLAG } from '../command.ts';
import { FOLDER, PASSPHRASE_FILE, QUIET } from '../member/options.ts';
import { PASSPHRASE_HELP } from '../passphrase.ts';
import { PEOPLE_HELP } from '../rows/people.ts';
import { COLUMN, namesArgument, OUT, READY_HELP, STRICT, schemeOption } from './options.ts';

/** `bureau bins` */
export const defineBureauBins = (parent: Command, act: Act): void => {
  parent
    .command('bins')
    .description(
      'how well does a column tell goods from bads? Weights of evidence and information value, with what the noise leaves',
    )
    .argument('<sample>', 'a list of people with a column that says who was good and who bad')
    .requiredOption('--outcome <column>', 'that column; people for whom it is empty are left out')
    .option('--bad <value>', 'its value for a bad', '1')
    .requiredOption('--purpose <purpose>', 'one of those that the lenders’ policies grant')
    .requiredOption('--columns <names>', 'columns of the catalogue that have buckets, with commas between them', namesArgument)
    .requiredOption(
      '--epsilon <number>',
      'privacy price of each of the two questions, over the goods and over the bads',
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
          'vouchsafe bureau bins sample.csv --outcome bad --folder bureau --purpose model-development --columns worstStatus --epsilon 1 --out bins.csv',
        ],
        PEOPLE_HELP,
        'It asks two aggregates, so it costs twice the price: over the goods and over the bads. Each list has to have as many people as the policies’ minimum. The same question again gets the same answer and costs nothing.',
        READY_HELP,
        PASSPHRASE_HELP,
      ),
    )
    .action((people, options) =>
      act(async (world) => {
        const { askBins } = await import('./ask-bins.ts');
        return askBins({ people, ...options }, world);
      }),
    );
};
