import { join } from 'node:path';
import type { Command } from '@commander-js/extra-typings';
import { E } from '@vouchsafe/core';
import { memberKeys, newMemberSecrets } from '@vouchsafe/core/at-rest';
import { nameArgument, namesArgument, urlArgument, wholeArgument } from '../arguments.ts';
import { type Act, fine, helpAfter, JSON_FLAG } from '../command.ts';
import { createKeyFile } from '../keys/key-file.ts';
import { keysText } from '../keys/show.ts';
import { wipeKeys } from '../keys/with-keys.ts';
import { makeFolder, mayMakeFolder } from '../member/new-folder.ts';
import { PASSPHRASE_FILE } from '../member/options.ts';
import type { Result } from '../outcome.ts';
import { PASSPHRASE_HELP, passphraseFor } from '../passphrase.ts';
import type { World } from '../world.ts';
import { createFile } from '../write-file.ts';

interface InitOptions {
  readonly name: string;
  readonly url?: string | undefined;
  readonly bureau?: readonly string[] | undefined;
  readonly issuer?: readonly string[] | undefined;
  readonly port: number;
  readonly passphraseFile?: string | undefined;
}

/** `holder init` */
export const defineHolderInit = (parent: Command, act: Act): void => {
  parent
    .command('init')
    .description('make a holder’s folder: configuration, a policy to edit, new keys; and say what the auditor needs')
    .argument('<folder>', 'a folder that is new or empty')
    .requiredOption('--name <name>', 'the holder’s name in the federation', nameArgument)
    .option('--url <url>', 'where other members will reach it, for the line to the auditor', urlArgument)
    .option('--bureau <names>', 'bureaus that the policy shall grant totals to', namesArgument)
    .option('--issuer <names>', 'members whose consent receipts count, so that the policy also grants signals', namesArgument)
    .option('--port <number>', 'where it listens', wholeArgument(1, 65_535), 8787)
    .option(...PASSPHRASE_FILE)
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      helpAfter(
        ['vouchsafe holder init lender-a --name lender-a --url https://a.example/vouchsafe --bureau bureau --issuer super-app'],
        PASSPHRASE_HELP,
        'The folder holds holder.toml, in which every choice is explained, policy.json and member.key. It is made whole or not at all.',
      ),
    )
    .action((folder, options) => act((world) => initHolder(folder, options, world)));
};

const initHolder = async (
  folder: string,
  { name, url, bureau = [], issuer = [], port, passphraseFile }: InitOptions,
  world: World,
): Result => {
  const free = await mayMakeFolder(folder);
  if (E.isLeft(free)) return free;
  const passphrase = await passphraseFor({ what: join(folder, 'member.key'), file: passphraseFile, twice: true }, world);
  if (E.isLeft(passphrase)) return passphrase;
  const { holderToml, policyJson } = await import('./templates.ts');
  const keys = newMemberSecrets();
  try {
    const made = await makeFolder<void>(folder, async (inside) => {
      const files = [
        () => createKeyFile(join(inside, 'member.key'), keys, passphrase.right),
        () => createFile(join(inside, 'policy.json'), policyJson({ bureaus: bureau, issuers: issuer })),
        () => createFile(join(inside, 'holder.toml'), holderToml({ name, port })),
      ];
      for (const create of files) {
        const created = await create();
        if (E.isLeft(created)) return created;
      }
      return E.right(undefined);
    });
    if (E.isLeft(made)) return made;
    const { signKey, boxKey } = memberKeys(keys);
    const line = `vouchsafe federation add member ${name} --role holder --url ${url ?? 'URL'} --sign-key ${signKey} --box-key ${boxKey}`;
    return fine(
      [
        `${folder}: a holder’s folder with holder.toml, policy.json and member.key. Keep a copy of the key file and of its passphrase.`,
        keysText(keys),
        'The auditor needs the public keys, on a way that nobody can change, to run:',
        `  ${line}`,
        'Then, in this order:',
        `  1. put the auditor’s federation.json into the folder, and the auditor’s public key into ${join(folder, 'holder.toml')}`,
        bureau.length === 0
          ? `  2. say in ${join(folder, 'policy.json')} who may ask what: it grants nothing yet`
          : `  2. look at ${join(folder, 'policy.json')}: it grants totals to ${bureau.join(', ')}`,
        `  3. say in holder.toml where the records are, and try:  vouchsafe holder load --folder ${folder} --check`,
      ].join('\n'),
      { folder, name, signKey, boxKey, line },
    );
  } finally {
    wipeKeys(keys);
  }
};
