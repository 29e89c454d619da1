import { type Command, Option } from '@commander-js/extra-typings';
import { nameArgument, priceArgument, wholeArgument } from '../arguments.ts';
import { type Act, helpAfter, JSON_FLAG, showCommandsAfterError } from '../command.ts';
import { FOLDER } from '../member/options.ts';

const columnsArgument = (given: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  ...given.split(/[,\s]+/).filter((name) => name !== ''),
];

/** `holder policy check` */
export const defineHolderPolicy = (parent: Command, act: Act): void => {
  const policy = parent.command('policy').description('the policy: what is answered, to whom');
  policy
    .command('check')
    .description('check the policy, show what it grants, and say whether it would let a query through and at which price')
    .option(...FOLDER)
    .option('--bureau <name>', 'who would ask', nameArgument)
    .addOption(
      new Option('--kind <kind>', 'what it would ask').choices(['aggregate', 'signal'] as const).default('aggregate' as const),
    )
    .option('--purpose <purpose>', 'for which purpose')
    .option('--columns <names>', 'for which columns, with commas between them', columnsArgument)
    .option('--epsilon <number>', 'an aggregate’s privacy price', priceArgument, '1')
    .option('--cohort <n>', 'about how many subjects', wholeArgument(1, 1e9), 1000)
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      helpAfter(
        [
          'vouchsafe holder policy check --folder lender-a',
          'vouchsafe holder policy check --folder lender-a --bureau bureau --purpose credit-application --columns present,outstanding --epsilon 0.5 --cohort 200',
          'vouchsafe holder policy check --folder lender-a --bureau bureau --kind signal --purpose credit-application --columns openLoans',
        ],
        'It reads the policy and the federation file only: neither keys nor state, and what was used up already does not count. What is left says "vouchsafe holder status".',
      ),
    )
    .action((options) =>
      act(async (world) => {
        const { checkPolicy } = await import('./policy-check.ts');
        return checkPolicy(options, world);
      }),
    );
  showCommandsAfterError(policy);
};
