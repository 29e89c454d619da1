import type { Command } from '@commander-js/extra-typings';
import { type Act, helpAfter, JSON_FLAG } from '../command.ts';
import { DATA_HELP } from './fit.ts';

/** `scorecard report` */
export const defineReport = (parent: Command, act: Act): void => {
  parent
    .command('report')
    .description('show a scorecard, and measure it on rows whose outcome is known')
    .requiredOption('--model <file>', 'the scorecard')
    .option('--data <file>', 'rows whose outcome is known, best those that it was not fitted on')
    .option('--outcome <column>', 'the column that says good or bad')
    .option('--bad <value>', 'what a bad is called there', '1')
    .option('--out <file>', 'write a report there, as one HTML page that loads nothing')
    .option('--svg <folder>', 'write each chart there, as SVG')
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      helpAfter(
        [
          'vouchsafe scorecard report --model scorecard.json',
          'vouchsafe scorecard report --model scorecard.json --data later.csv --outcome late --bad yes --out report.html --svg charts',
        ],
        DATA_HELP,
        'Without --data the counts of the sample that the model was fitted on are shown.',
      ),
    )
    .action((options) =>
      act(async (world) => {
        const { reportModel } = await import('./report-model.ts');
        return reportModel(options, world);
      }),
    );
};
