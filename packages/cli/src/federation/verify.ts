import { type Command, Option } from '@commander-js/extra-typings';
import { E, hexToBytes } from '@vouchsafe/core';
import { checkSuccession, openFederation } from '@vouchsafe/protocol';
import { keyArgument } from '../arguments.ts';
import { type Act, fine, helpAfter, JSON_FLAG } from '../command.ts';
import { badVerdict, EXIT, failure } from '../exit.ts';
import type { Result } from '../outcome.ts';
import type { World } from '../world.ts';
import { changesBetween } from './changes.ts';
import { describeFederation, federationJson } from './describe.ts';
import { DEFAULT_FILE, readFederationFile } from './file.ts';
import { readPrevious } from './previous.ts';

/** The auditor's public key, which a party was given on another way than the file. */
export const auditorKeyOption = (): Option<'--auditor-key <hex>', undefined, undefined, string, true> =>
  new Option('--auditor-key <hex>', 'the auditor’s Ed25519 public key, as the auditor told it')
    .env('VOUCHSAFE_AUDITOR_KEY')
    .argParser(keyArgument)
    .makeOptionMandatory();

/** `federation verify` */
export const defineVerify = (parent: Command, act: Act): void => {
  parent
    .command('verify')
    .description('check a federation file as every party does before it starts, and show what it says')
    .argument('[file]', 'the federation file', DEFAULT_FILE)
    .addOption(auditorKeyOption())
    .option('--previous <file>', 'the version in force before: may this one follow it?')
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      helpAfter([
        'vouchsafe federation verify federation.json --auditor-key 3f2a…',
        'vouchsafe federation verify new.json --auditor-key 3f2a… --previous federation.json',
      ]),
    )
    .action((file, { auditorKey, previous }) =>
      act((world) => verify({ path: file, auditorKey, previousPath: previous }, world)),
    );
};

const verify = async (
  {
    path,
    auditorKey,
    previousPath,
  }: { readonly path: string; readonly auditorKey: string; readonly previousPath?: string | undefined },
  world: World,
): Result => {
  const file = await readFederationFile(path);
  if (E.isLeft(file)) return file;
  if (file.right.signature === undefined)
    return E.left(badVerdict('FederationNotSigned', `${path} is a draft: the auditor has not signed it`));
  const opened = openFederation(file.right, hexToBytes(auditorKey));
  if (E.isLeft(opened)) return E.left(failure(opened.left, EXIT.bad));
  const federation = opened.right;
  let changes: readonly string[] | undefined;
  if (previousPath !== undefined) {
    const previous = await readPrevious(previousPath, federation);
    if (E.isLeft(previous)) return previous;
    const follows = checkSuccession(previous.right, federation);
    if (E.isLeft(follows)) return E.left(failure(follows.left, EXIT.bad));
    changes = changesBetween(previous.right, federation);
  }
  return fine(
    [
      `${path}: federation "${federation.id}", serial ${federation.serial}, signed by the auditor "${federation.members.find(({ role }) => role === 'auditor')!.id}"`,
      describeFederation(federation, world.now()),
      ...(changes === undefined
        ? []
        : [
            'changed since the version before:',
            ...(changes.length === 0 ? ['nothing'] : changes).map((change) => `  ${change}`),
          ]),
    ].join('\n'),
    { file: path, ...federationJson(federation), ...(changes === undefined ? {} : { changes }) },
  );
};
