import type { Command } from '@commander-js/extra-typings';
import { nameArgument, wholeArgument } from '../arguments.ts';
import { type Act, helpAfter, JSON_FLAG } from '../command.ts';
import { auditorKeyOption } from '../federation/verify.ts';
import { PASSPHRASE_HELP } from '../passphrase.ts';
import { momentArgument } from './moment.ts';

const holdersArgument = (given: string, before: readonly string[] = []): readonly string[] => [...before, nameArgument(given)];

/** `statement` */
export const defineStatement = (program: Command, act: Act): void => {
  program
    .command('statement')
    .description('add up what each holder contributed in a period, from its log and the counter-signatures under it, and sign it')
    .requiredOption('--federation <file>', 'the federation file')
    .addOption(auditorKeyOption())
    .requiredOption('--keys <file>', 'the auditor’s key file')
    .requiredOption('--from <day>', 'from when on, e.g. 2026-06-01 (UTC)', momentArgument)
    .requiredOption('--to <day>', 'until before when, e.g. 2026-07-01', momentArgument)
    .option('--holder <name>', 'this holder only; may be given again', holdersArgument)
    .option('--out <folder>', 'write the signed statements there, one file a holder')
    .option('--timeout <seconds>', 'after how long without an answer a holder counts as down', wholeArgument(1, 3600), 60)
    .option('--passphrase-file <file>', 'where the passphrase of the key file stands')
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      helpAfter(
        [
          'vouchsafe statement --federation federation.json --auditor-key 3f2a… --keys auditor.key --from 2026-06-01 --to 2026-07-01 --out statements',
        ],
        PASSPHRASE_HELP,
        'A statement counts answers that their querier has counter-signed: queries, subjects asked about, columns, budget spent; never how many of the subjects a holder knew.',
      ),
    )
    .action((options) =>
      act(async (world) => {
        const { statements } = await import('./statements.ts');
        return statements(options, world);
      }),
    );
};
