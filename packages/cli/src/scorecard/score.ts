import { type Command, Option } from '@commander-js/extra-typings';
import { CARRY, OUT } from '../bureau/options.ts';
import { type Act, helpAfter, JSON_FLAG } from '../command.ts';
import { DATA_HELP } from './fit.ts';

/** `scorecard score` */
export const defineScore = (parent: Command, act: Act): void => {
  parent
    .command('score')
    .description('score the rows of a file')
    .argument('<rows>', 'the rows: CSV, Parquet or JSON lines')
    .requiredOption('--model <file>', 'the scorecard')
    .option(
      '--reasons <file>',
      'also give reasons: plain names of the columns, JSON such as {"owed": {"en": "amount owed", "zh": "欠款金额"}}; "builtin" for signal totals',
    )
    .addOption(
      new Option('--method <method>', 'what lost points are measured against')
        .choices(['maximum', 'median', 'mean'] as const)
        .default('maximum' as const),
    )
    .option(...CARRY)
    .option(...OUT)
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      helpAfter(
        ['vouchsafe scorecard score applicants.csv --model scorecard.json --carry id --out scores.csv'],
        DATA_HELP,
        'The results have the number of the row (from 1), what is carried, the score, the probability of bad, why there is no score, and the codes of up to four reasons.',
      ),
    )
    .action((rows, options) =>
      act(async (world) => {
        const { scoreRows } = await import('./score-rows.ts');
        return scoreRows({ rows, ...options }, world);
      }),
    );
};
