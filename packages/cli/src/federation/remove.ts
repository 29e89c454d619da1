import type { Command } from '@commander-js/extra-typings';
import { nameArgument, wholeArgument } from '../arguments.ts';
import { type Act, helpAfter, JSON_FLAG, showCommandsAfterError } from '../command.ts';
import { DRAFT_HELP } from './add.ts';
import { endEpoch } from './change-epoch.ts';
import { removeMember } from './change-member.ts';
import { DEFAULT_FILE } from './file.ts';
import { changeFile } from './write-draft.ts';

/** `federation remove member|epoch` */
export const defineRemove = (parent: Command, act: Act): void => {
  const remove = parent.command('remove').description('take a member out, or end an epoch');
  remove
    .command('member')
    .description('take a member out; a holder in the roster of a live epoch stays until that epoch is over')
    .argument('<name>', 'the name of the member', nameArgument)
    .option('-f, --file <file>', 'the federation file', DEFAULT_FILE)
    .option('--out <file>', 'where the draft goes instead')
    .option(...JSON_FLAG)
    .addHelpText('after', helpAfter(['vouchsafe federation remove member lender-c'], DRAFT_HELP))
    .action((name, { file, out }) => act(() => changeFile({ path: file, out }, (federation) => removeMember(federation, name))));
  remove
    .command('epoch')
    .description('end an epoch: its tables answer no more')
    .argument('<number>', 'the number of the epoch', wholeArgument(1, 2 ** 32 - 1))
    .option('-f, --file <file>', 'the federation file', DEFAULT_FILE)
    .option('--out <file>', 'where the draft goes instead')
    .option(...JSON_FLAG)
    .addHelpText('after', helpAfter(['vouchsafe federation remove epoch 1'], DRAFT_HELP))
    .action((number, { file, out }) => act(() => changeFile({ path: file, out }, (federation) => endEpoch(federation, number))));
  showCommandsAfterError(remove);
};
