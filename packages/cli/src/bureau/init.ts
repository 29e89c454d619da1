import { join } from 'node:path';
import type { Command } from '@commander-js/extra-typings';
import { E } from '@vouchsafe/core';
import { memberKeys, newMemberSecrets } from '@vouchsafe/core/at-rest';
import { nameArgument } from '../arguments.ts';
import { type Act, fine, helpAfter, JSON_FLAG } from '../command.ts';
import { createKeyFile } from '../keys/key-file.ts';
import { wipeKeys } from '../keys/with-keys.ts';
import { makeFolder, mayMakeFolder } from '../member/new-folder.ts';
import { PASSPHRASE_FILE } from '../member/options.ts';
import type { Result } from '../outcome.ts';
import { PASSPHRASE_HELP, passphraseFor } from '../passphrase.ts';
import type { World } from '../world.ts';
import { createFile } from '../write-file.ts';

/** `bureau init` */
export const defineBureauInit = (parent: Command, act: Act): void => {
  parent
    .command('init')
    .description('make a bureau’s folder: configuration and new keys; and say what the auditor needs')
    .argument('<folder>', 'a folder that is new or empty')
    .requiredOption('--name <name>', 'the bureau’s name in the federation', nameArgument)
    .option(...PASSPHRASE_FILE)
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      helpAfter(
        ['vouchsafe bureau init bureau --name bureau'],
        PASSPHRASE_HELP,
        'The folder holds bureau.toml, in which every choice is explained, and member.key. It is made whole or not at all.',
      ),
    )
    .action((folder, options) => act((world) => initBureau(folder, options, world)));
};

const initBureau = async (
  folder: string,
  { name, passphraseFile }: { readonly name: string; readonly passphraseFile?: string | undefined },
  world: World,
): Result => {
  const free = await mayMakeFolder(folder);
  if (E.isLeft(free)) return free;
  const passphrase = await passphraseFor({ what: join(folder, 'member.key'), file: passphraseFile, twice: true }, world);
  if (E.isLeft(passphrase)) return passphrase;
  const { bureauToml } = await import('./templates.ts');
  const keys = newMemberSecrets();
  try {
    const made = await makeFolder<void>(folder, async (inside) => {
      const written = await createKeyFile(join(inside, 'member.key'), keys, passphrase.right);
      return E.isLeft(written) ? written : createFile(join(inside, 'bureau.toml'), bureauToml({ name }));
    });
    if (E.isLeft(made)) return made;
    const { signKey } = memberKeys(keys);
    const line = `vouchsafe federation add member ${name} --role bureau --sign-key ${signKey}`;
    return fine(
      [
        `${folder}: a bureau’s folder with bureau.toml and member.key. Keep a copy of the key file and of its passphrase.`,
        `  sign key  ${signKey}`,
        'The auditor needs the public key, on a way that nobody can change, to run:',
        `  ${line}`,
        'Then, in this order:',
        `  1. put the auditor’s federation.json into the folder, and the auditor’s public key into ${join(folder, 'bureau.toml')}`,
        `  2. when the lenders answer:  vouchsafe bureau sync --folder ${folder}`,
      ].join('\n'),
      { folder, name, signKey, line },
    );
  } finally {
    wipeKeys(keys);
  }
};
