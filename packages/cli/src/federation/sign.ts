import type { Command } from '@commander-js/extra-typings';
import { bytesToHex, E, type Signer } from '@vouchsafe/core';
import { checkSuccession, type Federation, federationHash, readFederation, signerOf, signFederation } from '@vouchsafe/protocol';
import { type Act, fine, helpAfter, JSON_FLAG } from '../command.ts';
import { badInput, EXIT, failure } from '../exit.ts';
import { withKeys } from '../keys/with-keys.ts';
import type { Ended, Result } from '../outcome.ts';
import { PASSPHRASE_HELP } from '../passphrase.ts';
import { exists } from '../read-file.ts';
import type { World } from '../world.ts';
import { replaceFile } from '../write-file.ts';
import { changesBetween } from './changes.ts';
import { describeFederation } from './describe.ts';
import { checkIntact, DEFAULT_FILE, type FederationFile, fileText, readFederationFile } from './file.ts';
import { readPrevious } from './previous.ts';

interface SignOptions {
  readonly keys: string;
  /** False: it is lost, and the auditor says so. */
  readonly previous?: string | boolean | undefined;
  readonly out?: string | undefined;
  readonly passphraseFile?: string | undefined;
}

/** `federation sign` */
export const defineSign = (parent: Command, act: Act): void => {
  parent
    .command('sign')
    .description('check a draft, also against the version before, and sign it with the auditor’s key')
    .argument('[file]', 'the draft', DEFAULT_FILE)
    .requiredOption('--keys <file>', 'the auditor’s key file')
    .option('--previous <file>', 'the signed version that is in force now')
    .option(
      '--no-previous',
      'sign a later version though the one before is lost: members that have it check against it all the same',
    )
    .option('--out <file>', 'where the signed file goes instead of the draft’s place')
    .option('--passphrase-file <file>', 'where the passphrase of the key file stands')
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      helpAfter(
        [
          'vouchsafe federation sign federation.json --keys auditor.key',
          'vouchsafe federation sign federation.json --keys auditor.key --previous federation.3.json',
        ],
        PASSPHRASE_HELP,
      ),
    )
    .action((file, options) => act((world) => sign(file, options, world)));
};

const sign = async (path: string, options: SignOptions, world: World): Result => {
  const file = await readFederationFile(path);
  if (E.isLeft(file)) return file;
  const read = readFederation(file.right.federation);
  if (E.isLeft(read)) return E.left(failure(read.left, EXIT.bad));
  const federation = read.right;
  if (file.right.signature !== undefined) return signedAlready(path, file.right);
  const changes = await mayFollow(path, federation, options.previous);
  if (E.isLeft(changes)) return changes;
  const { keys: keysPath, passphraseFile, out = path } = options;
  const free = await mayReplace(out);
  if (E.isLeft(free)) return free;
  return withKeys({ path: keysPath, passphraseFile }, world, async (keys) => {
    const auditor = federation.members.find(({ role }) => role === 'auditor')!;
    const signer = signerOf(keys, auditor);
    if (E.isLeft(signer))
      return E.left(badInput(`${keysPath} has not the key of the auditor "${auditor.id}" that the draft names`));
    return writeSigned({ federation, signer: signer.right, out, changes: changes.right, now: world.now() });
  });
};

const writeSigned = async ({
  federation,
  signer,
  out,
  changes,
  now,
}: {
  readonly federation: Federation;
  readonly signer: Signer;
  readonly out: string;
  /** Of the version before; undefined when there is none here. */
  readonly changes: readonly string[] | undefined;
  readonly now: number;
}): Result => {
  const written = await replaceFile(out, fileText(signFederation(federation, signer)));
  if (E.isLeft(written)) return written;
  const auditorKey = bytesToHex(signer.publicKey);
  return fine(
    [
      `${out}: "${federation.id}" with serial ${federation.serial}, signed`,
      // Whoever signs sees what.
      ...(changes === undefined ? [describeFederation(federation, now)] : changes.map((change) => `  ${change}`)),
      'Give it to every member. The auditor’s key they need from you on another way, or whoever changes the file changes the key as well:',
      `  ${auditorKey}`,
    ].join('\n'),
    {
      file: out,
      id: federation.id,
      serial: federation.serial,
      signed: true,
      auditorKey,
      hash: bytesToHex(federationHash(federation)),
      ...(changes === undefined ? {} : { changes }),
    },
  );
};

/** Only a federation file is replaced by one: a slip in --out must not cost a key file. */
const mayReplace = async (path: string): Result<void> => {
  if (!(await exists(path)) || E.isRight(await readFederationFile(path))) return E.right(undefined);
  return E.left(badInput(`${path} exists already and is no federation file: choose another name for --out`));
};

/** A signature that holds needs no second one; one that does not means that the file was changed by hand, under a serial that members may have already. */
const signedAlready = (path: string, file: FederationFile): Ended => {
  const { federation } = file;
  const { signKey } = federation.members.find(({ role }) => role === 'auditor')!;
  const intact = checkIntact(path, file);
  if (E.isLeft(intact)) return intact;
  return fine(`${path}: signed already, nothing to do`, {
    file: path,
    id: federation.id,
    serial: federation.serial,
    signed: true,
    auditorKey: signKey,
    hash: bytesToHex(federationHash(federation)),
  });
};

/** Checks the document against the one before. @returns what it changes */
const mayFollow = async (
  path: string,
  federation: Federation,
  previousPath: string | boolean | undefined,
): Result<readonly string[] | undefined> => {
  if (typeof previousPath !== 'string')
    return federation.serial === 1 || previousPath === false
      ? E.right(undefined)
      : E.left(
          badInput(
            `${path} has serial ${federation.serial}, so it follows another version: give that one with --previous FILE, or say --no-previous if it is lost`,
          ),
        );
  const previous = await readPrevious(previousPath, federation);
  if (E.isLeft(previous)) return previous;
  const follows = checkSuccession(previous.right, federation);
  return E.isLeft(follows) ? E.left(failure(follows.left, EXIT.bad)) : E.right(changesBetween(previous.right, federation));
};
