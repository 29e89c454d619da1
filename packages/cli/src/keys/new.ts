import type { Command } from '@commander-js/extra-typings';
import { E } from '@vouchsafe/core';
import { type MemberSecrets, memberKeys, newMemberSecrets } from '@vouchsafe/core/at-rest';
import { type Act, fine, helpAfter, JSON_FLAG } from '../command.ts';
import type { Ended, Result } from '../outcome.ts';
import { PASSPHRASE_HELP, passphraseFor } from '../passphrase.ts';
import { exists, fileExists } from '../read-file.ts';
import type { World } from '../world.ts';
import { createKeyFile } from './key-file.ts';
import { keysJson, keysText } from './show.ts';
import { wipeKeys } from './with-keys.ts';

/** `keys new` */
export const defineNewKeys = (parent: Command, act: Act): void => {
  parent
    .command('new')
    .description('make a member’s key file, and print the public keys that the auditor needs')
    .requiredOption('--out <file>', 'where the key file goes; one that is there stays as it is')
    .option('--passphrase-file <file>', 'where its passphrase stands')
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      helpAfter(
        ['vouchsafe keys new --out lender-a.key', 'vouchsafe keys new --out lender-a.2.key      # to rotate them'],
        PASSPHRASE_HELP,
        'The file is for its owner only (0600). Without the passphrase nobody can use it, you neither: keep a copy of both.',
        'After a rotation a holder keeps its former key file too, until the epochs are over whose roster has the former box key.',
      ),
    )
    .action((options) => act((world) => newKeys(options, world)));
};

const newKeys = async (
  { out, passphraseFile }: { readonly out: string; readonly passphraseFile?: string | undefined },
  world: World,
): Result => {
  // Before somebody types a passphrase twice.
  if (await exists(out)) return E.left(fileExists(out));
  const keys = newMemberSecrets();
  try {
    const passphrase = await passphraseFor({ what: out, file: passphraseFile, twice: true }, world);
    if (E.isLeft(passphrase)) return passphrase;
    const created = await createKeyFile(out, keys, passphrase.right);
    return E.isLeft(created) ? created : madeKeys(out, keys);
  } finally {
    wipeKeys(keys);
  }
};

const madeKeys = (out: string, keys: MemberSecrets): Ended => {
  const { signKey, boxKey } = memberKeys(keys);
  return fine(
    [
      `${out}: new keys, readable by you only and only with the passphrase. Keep a copy.`,
      keysText(keys),
      'The auditor needs the public keys, on a way that nobody can change, to run one of:',
      `  vouchsafe federation add member NAME --role holder --url URL --sign-key ${signKey} --box-key ${boxKey}`,
      `  vouchsafe federation add member NAME --role bureau --sign-key ${signKey}`,
    ].join('\n'),
    keysJson(out, keys),
  );
};
