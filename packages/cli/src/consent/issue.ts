import type { Command } from '@commander-js/extra-typings';
import { nameArgument, spanArgument } from '../arguments.ts';
import { COLUMN } from '../bureau/options.ts';
import { type Act, helpAfter, JSON_FLAG } from '../command.ts';
import { auditorKeyOption } from '../federation/verify.ts';
import { PASSPHRASE_FILE, YES } from '../member/options.ts';
import { PASSPHRASE_HELP } from '../passphrase.ts';

const TEN_MINUTES = 600;

/** `consent issue` */
export const defineConsentIssue = (parent: Command, act: Act): void => {
  parent
    .command('issue')
    .description('the issuer: check a bureau’s request, ask, and sign that this person agreed')
    .argument('<request>', 'the bureau’s request')
    .requiredOption('--federation <file>', 'the federation file')
    .addOption(auditorKeyOption())
    .requiredOption('--keys <file>', 'the issuer’s key file')
    .requiredOption('--name <name>', 'the issuer’s name in the federation', nameArgument)
    .requiredOption(
      '--person <file>',
      'the person who agreed, as the issuer knows them: a list of one, by the request’s scheme; - reads a line from standard input',
    )
    .option(...COLUMN)
    .option('--valid <span>', 'for how long the receipt holds, e.g. 10m', spanArgument, TEN_MINUTES)
    .requiredOption('--out <file>', 'where the receipt goes')
    .option(...YES)
    .option(...PASSPHRASE_FILE)
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      helpAfter(
        [
          'vouchsafe consent issue person.request --federation federation.json --auditor-key 3f2a… --keys issuer.key --name super-app --person person.txt --out person.receipt --yes',
        ],
        'It shows which bureau asks for what, and signs when --yes says, or is answered on the terminal, that the person agreed. Nothing is signed unless the bureau has proven that its request is about this very\nperson. A receipt is good for one query. An app does the same with @vouchsafe/consent.',
        PASSPHRASE_HELP,
      ),
    )
    .action((request, options) =>
      act(async (world) => {
        const { issueConsent } = await import('./issue-consent.ts');
        return issueConsent({ request, ...options }, world);
      }),
    );
};
