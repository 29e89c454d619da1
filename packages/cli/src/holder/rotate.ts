import type { Command } from '@commander-js/extra-typings';
import { type Act, helpAfter, JSON_FLAG } from '../command.ts';
import { FOLDER, PASSPHRASE_FILE, QUIET, YES } from '../member/options.ts';
import { PASSPHRASE_HELP } from '../passphrase.ts';

/** `holder rotate` */
export const defineHolderRotate = (parent: Command, act: Act): void => {
  parent
    .command('rotate')
    .description(
      'take a newer federation file into use, wipe the epochs that are over with it, and load the records of a new one',
    )
    .argument('<file>', 'the newer federation file')
    .option(...FOLDER)
    .option('--no-load', 'load the records of the new epoch another time')
    .option(...YES)
    .option(...PASSPHRASE_FILE)
    .option(...QUIET)
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      helpAfter(
        ['vouchsafe holder rotate federation.2.json --folder lender-a'],
        'The file is checked first: that the auditor signed it, that it may follow the one in use, that the keys and the policy in the folder fit it. The one before is kept beside it (federation.1.json).\nBefore a new epoch put fresh records and their as-of day into holder.toml. While two epochs are live, the old one answers until the new one is sealed. Tables, indexes and keys of an epoch\nthat is over are wiped and cannot be brought back, so it asks first.',
        PASSPHRASE_HELP,
      ),
    )
    .action((file, options) =>
      act(async (world) => {
        const { rotateHolder } = await import('./rotate-holder.ts');
        return rotateHolder(file, options, world);
      }),
    );
};
