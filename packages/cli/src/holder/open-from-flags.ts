import { E, type Either } from '@vouchsafe/core';
import { createHolder, createHolderStore, fromSql, type Holder, loansView, type RecordSource } from '@vouchsafe/holder';
import { openStore } from '@vouchsafe/store-lmdb';
import { badInput, EXIT, type Failure, failure } from '../exit.ts';
import { MAX_FILE_BYTES } from '../federation/file.ts';
import { readKeyFile } from '../keys/key-file.ts';
import { wipeKeys } from '../keys/with-keys.ts';
import type { Result } from '../outcome.ts';
import { passphraseFor } from '../passphrase.ts';
import { readJson, readText } from '../read-file.ts';
import type { World } from '../world.ts';
import type { Tell } from './open-holder.ts';

/** What a holder is opened with, by flags or variables. */
export interface HolderFlags {
  readonly federation: string;
  readonly auditorKey: string;
  readonly name: string;
  readonly keys: string;
  readonly policy: string;
  readonly state: string;
  readonly loans?: string | undefined;
  readonly asOf?: string | undefined;
  readonly currency?: string | undefined;
  readonly sql?: string | undefined;
  /** `name=file` each. */
  readonly table?: readonly string[] | undefined;
  readonly passphraseFile?: string | undefined;
}

const MAX_SQL_BYTES = 1024 * 1024;

/** The documents that may change while a holder runs, as they stand in their files. */
export const readDocuments = async ({
  federation,
  policy,
}: Pick<HolderFlags, 'federation' | 'policy'>): Result<{ readonly federation: unknown; readonly policy: unknown }> => {
  const file = await readJson(federation, MAX_FILE_BYTES);
  if (E.isLeft(file)) return file;
  const rules = await readJson(policy, MAX_FILE_BYTES);
  return E.isLeft(rules) ? rules : E.right({ federation: file.right, policy: rules.right });
};

/** Opens a holder: records → documents → keys → state. What is cheap to check comes before somebody types a passphrase. Whoever gets it closes it. */
export const openFromFlags = async (flags: HolderFlags, { world, ...tell }: { readonly world: World } & Tell): Result<Holder> => {
  const source = await sourceOf(flags);
  if (E.isLeft(source)) return source;
  const documents = await readDocuments(flags);
  if (E.isLeft(documents)) return documents;
  const passphrase = await passphraseFor({ what: flags.keys, file: flags.passphraseFile }, world);
  if (E.isLeft(passphrase)) return passphrase;
  const secrets = await readKeyFile(flags.keys, passphrase.right);
  if (E.isLeft(secrets)) return secrets;
  const store = await openStore({ folder: flags.state, use: 'holder', unlock: { passphrase: passphrase.right } })();
  if (E.isLeft(store)) {
    wipeKeys(secrets.right);
    return E.left(stateFailure(flags.state, store.left));
  }
  const holderStore = createHolderStore(store.right);
  const holder = await createHolder({
    ...documents.right,
    auditorKey: flags.auditorKey,
    id: flags.name,
    secrets: secrets.right,
    source: source.right,
    store: holderStore,
    ...tell,
  })();
  if (E.isRight(holder)) return holder;
  wipeKeys(secrets.right);
  await holderStore.close();
  return E.left(setupFailure(holder.left));
};

const sourceOf = async ({ loans, asOf, currency, sql, table = [] }: HolderFlags): Promise<Either<Failure, RecordSource>> => {
  if (sql === undefined) {
    if (loans === undefined) return E.left(badInput('there are no records: name a table with --loans, or a query with --sql'));
    if (asOf === undefined || currency === undefined)
      return E.left(
        badInput('a table of loans needs --as-of, the day that it describes, and --currency, that of all its amounts'),
      );
    return E.right(loansView({ file: loans, asOf, currency }));
  }
  const query = await readText(sql, MAX_SQL_BYTES);
  if (E.isLeft(query)) return query;
  const files: Record<string, string> = {};
  for (const given of table) {
    const at = given.indexOf('=');
    if (at < 1) return E.left(badInput('--table takes a name and a file, such as loans=loans.parquet'));
    files[given.slice(0, at)] = given.slice(at + 1);
  }
  return E.right(fromSql({ sql: query.right, files }));
};

const stateFailure = (folder: string, { _tag, message }: { readonly _tag: string; readonly message: string }): Failure =>
  failure(
    { _tag, message: `${folder}: ${message}` },
    _tag === 'WrongKey' || _tag === 'WeakPassphrase' ? EXIT.usage : EXIT.unreachable,
  );

/** Damage and rollback are verdicts; what does not fit together is for the user to mend. */
const setupFailure = (error: { readonly _tag: string; readonly message: string }): Failure => {
  const { _tag } = error;
  if (_tag.startsWith('Log') || _tag === 'BadCheckpoint' || _tag === 'FederationNotSigned') return failure(error, EXIT.bad);
  return failure(error, _tag.startsWith('Store') ? EXIT.unreachable : EXIT.usage);
};
