import type { Command } from '@commander-js/extra-typings';
import { type Act, helpAfter, JSON_FLAG } from '../command.ts';
import { FOLDER, PASSPHRASE_FILE, QUIET } from '../member/options.ts';
import { PASSPHRASE_HELP } from '../passphrase.ts';
import { schemeOption } from './options.ts';

/** `bureau sync` */
export const defineBureauSync = (parent: Command, act: Act): void => {
  parent
    .command('sync')
    .description('bring everything up to date with every lender: fetch tag indexes, seal the tables of the newest epoch')
    .option(...FOLDER)
    .addOption(schemeOption())
    .option(...PASSPHRASE_FILE)
    .option(...QUIET)
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      helpAfter(
        ['vouchsafe bureau sync --folder bureau', 'vouchsafe bureau sync --folder bureau --quiet --json'],
        'What is in place is not done again, and what was interrupted goes on: stop it with Ctrl-C whenever you like. A lender that is down does not stop the others; the exit code is then 3, and the same\ncommand does the rest. It seals once in an epoch; a newer federation.json in the folder is taken into use.',
        PASSPHRASE_HELP,
      ),
    )
    .action((options) =>
      act(async (world) => {
        const { syncBureau } = await import('./sync-holders.ts');
        return syncBureau(options, world);
      }),
    );
};
