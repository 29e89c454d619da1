import { type Command, Option } from '@commander-js/extra-typings';
import { priceArgument, wholeArgument } from '../arguments.ts';
import { type Act, helpAfter, JSON_FLAG } from '../command.ts';
import { FOLDER, PASSPHRASE_FILE, QUIET } from '../member/options.ts';
import { PASSPHRASE_HELP } from '../passphrase.ts';
import { namesArgument, schemeOption } from './options.ts';

/** `bureau quote` */
export const defineBureauQuote = (parent: Command, act: Act): void => {
  parent
    .command('quote')
    .description('would every lender answer this, what would it cost, and what would be left? Costs nothing')
    .requiredOption('--purpose <purpose>', 'for which purpose')
    .requiredOption('--columns <names>', 'which columns, with commas between them', namesArgument)
    .addOption(
      new Option('--kind <kind>', 'what would be asked').choices(['aggregate', 'signal'] as const).default('aggregate' as const),
    )
    .option('--epsilon <number>', 'an aggregate’s privacy price (default: 1)', priceArgument)
    .option('--rho <number>', 'the same in ρ, in its place', priceArgument)
    .option('--people <n>', 'about how many people', wholeArgument(1, 1e9), 1000)
    .option(...FOLDER)
    .addOption(schemeOption())
    .option(...PASSPHRASE_FILE)
    .option(...QUIET)
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      helpAfter(
        [
          'vouchsafe bureau quote --folder bureau --purpose credit-application --columns present,outstanding --epsilon 1 --people 500',
          'vouchsafe bureau quote --folder bureau --kind signal --purpose credit-application --columns openLoans',
        ],
        'Exit code 0: everybody would answer; 4: a policy or a budget is against it; 3: a lender could not be asked.',
        PASSPHRASE_HELP,
      ),
    )
    .action((options) =>
      act(async (world) => {
        const { askQuote } = await import('./ask-quote.ts');
        return askQuote(options, world);
      }),
    );
};
