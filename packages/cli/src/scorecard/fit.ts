import { type Command, Option } from '@commander-js/extra-typings';
import { namesArgument } from '../bureau/options.ts';
import { type Act, helpAfter, JSON_FLAG } from '../command.ts';
import { QUIET } from '../member/options.ts';
import { shareArgument } from './share.ts';

export const DATA_HELP = `A sample is a CSV file (with a header line), a Parquet file or JSON lines, one subject a row. A column whose values are all numbers is taken as numbers, any other one as levels; empty cells are
missing values, which get a bin of their own.`;

/** `scorecard fit` */
export const defineFit = (parent: Command, act: Act): void => {
  parent
    .command('fit')
    .description('make a scorecard of a sample whose outcome is known: bins, selection, logistic regression, points')
    .argument('<sample>', 'the sample')
    .requiredOption('--outcome <column>', 'the column that says good or bad')
    .option('--bad <value>', 'what a bad is called there', '1')
    .requiredOption('--out <file>', 'where the scorecard goes, as JSON')
    .option(
      '--columns <names>',
      'characteristics to choose from, with commas between them; all other columns by default',
      namesArgument,
    )
    .option('--exclude <names>', 'columns that are no characteristics, e.g. a row’s number', namesArgument)
    .option('--name <name>', 'a name for the scorecard; by default the file’s')
    .option(
      '--presence <column>',
      'the column that counts the lenders who know a subject ("present" in signal totals); needed for "bureau score"',
    )
    .addOption(
      new Option('--unseen <what>', 'a level that the sample lacks: no score, or as a missing value')
        .choices(['noScore', 'missing'] as const)
        .default('noScore' as const),
    )
    .addOption(
      new Option('--empty-bin <what>', 'a bin that the sample lacks: no score, or no points either way')
        .choices(['noScore', 'neutral'] as const)
        .default('noScore' as const),
    )
    .option('--hold-out <share>', 'measure on so much of the sample, which is not fitted on, e.g. 0.25', shareArgument)
    .option('--seed <text>', 'another seed holds other rows out', 'vouchsafe')
    .option('--report <file>', 'write a report with charts there, as HTML')
    .option('--sql <file>', 'write the score as one SQL expression there')
    .option(...QUIET)
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      helpAfter(
        [
          'vouchsafe scorecard fit people.csv --outcome late --bad yes --exclude id --hold-out 0.25 --out scorecard.json --report report.html',
          'vouchsafe scorecard fit totals.csv --outcome bad --exclude row --presence present --out scorecard.json      # signal totals',
        ],
        DATA_HELP,
        'With --presence, rows whom no lender knows are left out. Every convention on which scorecards differ is written into the model.',
      ),
    )
    .action((sample, options) =>
      act(async (world) => {
        const { fitModel } = await import('./fit-model.ts');
        return fitModel({ sample, ...options }, world);
      }),
    );
};
