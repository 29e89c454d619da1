import { type Command, Option } from '@commander-js/extra-typings';
import { wholeArgument } from '../arguments.ts';
import { type Act, helpAfter, JSON_FLAG } from '../command.ts';
import { FOLDER, PASSPHRASE_FILE, QUIET } from '../member/options.ts';
import { PASSPHRASE_HELP } from '../passphrase.ts';
import { PEOPLE_HELP } from '../rows/people.ts';
import { CARRY, COLUMN, OUT, READY_HELP, STRICT, schemeOption } from './options.ts';
import { CONSENT } from './signal.ts';

/** `bureau score` */
export const defineBureauScore = (parent: Command, act: Act): void => {
  parent
    .command('score')
    .description('the credit score of one person with points and reasons, or of several people')
    .argument('<people>', 'the list: one person, or several')
    .requiredOption('--model <file>', 'a scorecard of "vouchsafe scorecard fit", fitted on signal totals')
    .requiredOption('--purpose <purpose>', 'one of those that the lenders’ policies grant')
    .option(...CONSENT)
    .option(
      '--reasons <file>',
      'plain names of the model’s columns, for reasons: JSON such as {"pastDue": {"en": "amount past due", "zh": "逾期金额"}}',
    )
    .addOption(
      new Option('--method <method>', 'what lost points are measured against')
        .choices(['maximum', 'median', 'mean'] as const)
        .default('maximum' as const),
    )
    .option('--limit <n>', 'how many reasons at most', wholeArgument(0, 4), 4)
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
          'vouchsafe bureau score person.txt --folder bureau --model scorecard.json --purpose credit-application --consent person.receipt',
        ],
        PEOPLE_HELP,
        'The lenders learn neither the model nor the score. The receipt is for the model’s columns: "vouchsafe consent request --model" asks for them. Somebody whom no lender knows has no score, never a low\none. The built-in texts are for the columns of the loans view; for others give --reasons.',
        READY_HELP,
        PASSPHRASE_HELP,
      ),
    )
    .action((people, options) =>
      act(async (world) => {
        const { scorePeople } = await import('./score-people.ts');
        return scorePeople({ people, ...options }, world);
      }),
    );
};
