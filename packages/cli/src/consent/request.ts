import type { Command } from '@commander-js/extra-typings';
import { COLUMN, namesArgument, READY_HELP, schemeOption } from '../bureau/options.ts';
import { type Act, helpAfter, JSON_FLAG } from '../command.ts';
import { FOLDER, PASSPHRASE_FILE, QUIET } from '../member/options.ts';
import { PASSPHRASE_HELP } from '../passphrase.ts';
import { PEOPLE_HELP } from '../rows/people.ts';

/** `consent request` */
export const defineConsentRequest = (parent: Command, act: Act): void => {
  parent
    .command('request')
    .description('the bureau: make the request that goes to the app in which the person applies')
    .argument('<people>', 'the list: one person, or several')
    .requiredOption('--purpose <purpose>', 'for which purpose')
    .option('--columns <names>', 'the columns that will be asked for, with commas between them', namesArgument)
    .option('--model <file>', 'the scorecard that will be used: asks for its columns')
    .requiredOption(
      '--out <path>',
      'where the request goes; for several people a folder, for 1.request, 2.request, … by their rows',
    )
    .option(...FOLDER)
    .addOption(schemeOption())
    .option(...COLUMN)
    .option(...PASSPHRASE_FILE)
    .option(...QUIET)
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      helpAfter(
        [
          'vouchsafe consent request person.txt --folder bureau --purpose credit-application --columns openLoans,outstanding --out person.request',
          'vouchsafe consent request person.txt --folder bureau --purpose credit-application --model scorecard.json --out person.request',
        ],
        PEOPLE_HELP,
        'A request holds no identifier, but whoever sees it can check a guess: it is for the issuer, who knows the person anyway.',
        READY_HELP,
        PASSPHRASE_HELP,
      ),
    )
    .action((people, options) =>
      act(async (world) => {
        const { requestConsents } = await import('./request-consents.ts');
        return requestConsents({ people, ...options }, world);
      }),
    );
};
