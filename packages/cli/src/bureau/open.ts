import type { Command } from '@commander-js/extra-typings';
import { type Act, helpAfter, JSON_FLAG } from '../command.ts';
import { FOLDER, PASSPHRASE_FILE } from '../member/options.ts';
import { PASSPHRASE_HELP } from '../passphrase.ts';

/** `bureau open` */
export const defineBureauOpen = (parent: Command, act: Act): void => {
  parent
    .command('open')
    .description('answer the auditor, who wants to see which person is behind a logged query')
    .argument('<request>', 'the auditor’s request, as "vouchsafe audit open" wrote it')
    .requiredOption('--out <file>', 'where the answer goes')
    .option(...FOLDER)
    .option(...PASSPHRASE_FILE)
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      helpAfter(
        ['vouchsafe bureau open open.request --folder bureau --out open.answer'],
        'The answer names people: let it travel encrypted. Its proof convinces the auditor and nobody else. Nothing is shown that the lender’s log does not say the auditor asked for.',
        PASSPHRASE_HELP,
      ),
    )
    .action((request, options) =>
      act(async (world) => {
        const { openForAuditor } = await import('./open-for-auditor.ts');
        return openForAuditor({ request, ...options }, world);
      }),
    );
};
