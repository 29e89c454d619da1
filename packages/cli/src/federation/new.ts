import { type Command, Option } from '@commander-js/extra-typings';
import { Catalogue, checkCatalogue, decodeShape, E } from '@vouchsafe/core';
import { SCHEMES } from '@vouchsafe/identity/scheme';
import { type Federation, LOANS_CATALOGUE } from '@vouchsafe/protocol';
import { keyArgument, nameArgument, wholeArgument } from '../arguments.ts';
import { type Act, fine, helpAfter, JSON_FLAG } from '../command.ts';
import { badInput } from '../exit.ts';
import { signKeyOf } from '../keys/sign-key.ts';
import type { Result } from '../outcome.ts';
import { PASSPHRASE_HELP } from '../passphrase.ts';
import { readJson } from '../read-file.ts';
import type { World } from '../world.ts';
import { createFile } from '../write-file.ts';
import { DEFAULT_FILE, fileText } from './file.ts';
import { draftJson, draftText, nextText } from './write-draft.ts';

const MAX_CATALOGUE_BYTES = 1024 * 1024;

export const CATALOGUE_HELP = `A catalogue file is JSON: {"cohortCap": 10000, "columns": [{"kind": "count", "name": "openLoans", "max": 20}, …]}, where a column is a
"flag", a "count" (max), an "amount" (unit, max, optionally offset and squares) or a "bucket" (buckets).`;

/** `federation new` */
export const defineNew = (parent: Command, act: Act): void => {
  parent
    .command('new')
    .description('start a federation: write a draft of its file')
    .argument('<id>', 'the name of the federation', nameArgument)
    .requiredOption('--auditor <name>', 'the member that signs the file', nameArgument)
    .option('--keys <file>', 'the auditor’s key file, for its public key')
    .option('--sign-key <hex>', 'the auditor’s Ed25519 public key, when its key file is elsewhere', keyArgument)
    .addOption(new Option('--scheme <name...>', 'how people are identified').choices(SCHEMES).makeOptionMandatory())
    .option('--catalogue <file>', 'the columns that can be asked about; without it those of the built-in view of a loans table')
    .option('--cohort-cap <n>', 'subjects that a query may name at most', wholeArgument(1, 100_000))
    .option('--out <file>', 'where the draft goes', DEFAULT_FILE)
    .option('--passphrase-file <file>', 'where the passphrase of the key file stands')
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      helpAfter(
        ['vouchsafe federation new credit-circle --auditor central-bank --keys auditor.key --scheme cn-rid'],
        CATALOGUE_HELP,
        PASSPHRASE_HELP,
      ),
    )
    .action((id, options) => act((world) => newFederation({ id, ...options }, world)));
};

const newFederation = async (
  given: {
    readonly id: string;
    readonly auditor: string;
    readonly keys?: string | undefined;
    readonly signKey?: string | undefined;
    readonly scheme: readonly string[];
    readonly catalogue?: string | undefined;
    readonly cohortCap?: number | undefined;
    readonly out: string;
    readonly passphraseFile?: string | undefined;
  },
  world: World,
): Result => {
  const read = given.catalogue === undefined ? E.right(LOANS_CATALOGUE) : await readCatalogue(given.catalogue);
  if (E.isLeft(read)) return read;
  const catalogue = checkCatalogue(
    { ...read.right, ...(given.cohortCap === undefined ? {} : { cohortCap: given.cohortCap }) },
    2,
  );
  if (E.isLeft(catalogue)) return E.left(badInput(catalogue.left.message));
  const schemes = [...new Set(given.scheme)];
  const signKey = await signKeyOf(given, world);
  if (E.isLeft(signKey)) return signKey;
  const federation: Federation = {
    version: 1,
    id: given.id,
    serial: 1,
    schemes,
    catalogue: catalogue.right,
    members: [{ id: given.auditor, role: 'auditor', signKey: signKey.right }],
    epochs: [],
  };
  const written = await createFile(given.out, fileText({ federation }));
  if (E.isLeft(written)) return written;
  const notes = [`federation "${given.id}", audited by "${given.auditor}"`];
  return fine(
    [
      ...draftText(given.out, federation, notes),
      ...(await nextText(given.out, federation)),
      'Add the members, then an epoch:',
      '  vouchsafe federation add member NAME --role holder --url URL --sign-key HEX --box-key HEX',
      '  vouchsafe federation add epoch --roster NAME,NAME,NAME',
    ].join('\n'),
    draftJson(given.out, federation, notes),
  );
};

/** A catalogue file. That its totals stay in range is checked with the roster. */
export const readCatalogue = async (path: string): Result<Catalogue> => {
  const json = await readJson(path, MAX_CATALOGUE_BYTES);
  if (E.isLeft(json)) return json;
  const catalogue = decodeShape(Catalogue, json.right);
  return E.isLeft(catalogue) ? E.left(badInput(`${path}: ${catalogue.left.message}`)) : catalogue;
};
