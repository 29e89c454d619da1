import type { Command } from '@commander-js/extra-typings';
import { type MemberSecrets, memberKeys } from '@vouchsafe/core/at-rest';
import { type Act, fine, helpAfter, JSON_FLAG } from '../command.ts';
import { fingerprint } from '../federation/describe.ts';
import { PASSPHRASE_HELP } from '../passphrase.ts';
import { withKeys } from './with-keys.ts';

/** `keys show` */
export const defineShowKeys = (parent: Command, act: Act): void => {
  parent
    .command('show')
    .description('print the public keys of a key file')
    .argument('<file>', 'the key file')
    .option('--passphrase-file <file>', 'where its passphrase stands')
    .option(...JSON_FLAG)
    .addHelpText('after', helpAfter(['vouchsafe keys show lender-a.key'], PASSPHRASE_HELP))
    .action((path, { passphraseFile }) =>
      act((world) =>
        withKeys({ path, passphraseFile }, world, async (keys) => fine(`${path}\n${keysText(keys)}`, keysJson(path, keys))),
      ),
    );
};

/** Public keys in lines, and their fingerprints as `federation verify` shows them. */
export const keysText = (keys: MemberSecrets): string => {
  const { signKey, boxKey } = memberKeys(keys);
  return `  sign key  ${signKey}   (${fingerprint(signKey)})\n  box key   ${boxKey}   (${fingerprint(boxKey)})`;
};

/** The same for `--json`. */
export const keysJson = (file: string, keys: MemberSecrets): Readonly<Record<string, unknown>> => ({ file, ...memberKeys(keys) });
