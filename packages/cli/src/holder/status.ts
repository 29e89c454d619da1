import type { Command } from '@commander-js/extra-typings';
import { type Act, helpAfter, JSON_FLAG } from '../command.ts';
import { FOLDER, PASSPHRASE_FILE } from '../member/options.ts';
import { PASSPHRASE_HELP } from '../passphrase.ts';

/** `holder status` */
export const defineHolderStatus = (parent: Command, act: Act): void => {
  parent
    .command('status')
    .description('epochs, tables and how far they are sealed, what queriers have used up and have left, the size of the log')
    .option(...FOLDER)
    .option(...PASSPHRASE_FILE)
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      helpAfter(
        ['vouchsafe holder status --folder lender-a'],
        'It reads the state in the folder, which one process at a time can have: not while the holder serves or seals.',
        PASSPHRASE_HELP,
      ),
    )
    .action((options) =>
      act(async (world) => {
        const { holderStatus } = await import('./holder-status.ts');
        return holderStatus(options, world);
      }),
    );
};
