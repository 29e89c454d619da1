import type { Command } from '@commander-js/extra-typings';
import { spanArgument, wholeArgument } from '../arguments.ts';
import { type Act, helpAfter, JSON_FLAG } from '../command.ts';
import { FOLDER, PASSPHRASE_FILE, QUIET } from '../member/options.ts';
import { PASSPHRASE_HELP } from '../passphrase.ts';

/** `holder seal` */
export const defineHolderSeal = (parent: Command, act: Act): void => {
  parent
    .command('seal')
    .description('answer over HTTP until every bureau’s table of the newest epoch is sealed, then end')
    .option(...FOLDER)
    .option('--host <address>', 'listen there, and not where holder.toml says')
    .option('--port <number>', 'listen there, and not where holder.toml says', wholeArgument(0, 65_535))
    .option('--for <span>', 'give up after so long, e.g. 8h', spanArgument)
    .option(...PASSPHRASE_FILE)
    .option(...QUIET)
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      helpAfter(
        ['vouchsafe holder seal --folder lender-a', 'vouchsafe holder seal --folder lender-a --for 8h --quiet --json'],
        'A table is sealed between two parties, and the bureau sets the pace: it fetches the blinded rows, sends them back shuffled, and proves that it did so honestly. This command loads the records if\nthey are not loaded yet, answers the bureau, which runs "vouchsafe bureau sync", shows how far each table is, and ends when all are sealed. "vouchsafe holder serve" does the same and goes on\nanswering. What is sealed is kept: after Ctrl-C the same command goes on from there.',
        PASSPHRASE_HELP,
      ),
    )
    .action(({ for: limit, ...options }) =>
      act(async (world) => {
        const { sealTables } = await import('./seal-tables.ts');
        return sealTables({ ...options, limit }, world);
      }),
    );
};
