import { resolve } from 'node:path';
import { E, type Either } from '@vouchsafe/core';
import { badInput, type Failure } from '../exit.ts';
import type { HolderConfig, RecordsConfig } from './config.ts';

/** What a holder is opened with where no folder has its configuration: flags, or variables in their place. */
export interface HolderFlags {
  readonly federation: string;
  readonly auditorKey?: string | undefined;
  readonly name?: string | undefined;
  readonly keys: string;
  readonly policy: string;
  readonly state: string;
  readonly loans?: string | undefined;
  readonly asOf?: string | undefined;
  readonly currency?: string | undefined;
  readonly sql?: string | undefined;
  /** `name=file` each. */
  readonly table?: readonly string[] | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
}

/** The configuration that the flags make, as a `holder.toml` would say it. */
export const configFromFlags = (flags: HolderFlags): Either<Failure, HolderConfig> => {
  const { name, auditorKey } = flags;
  if (name === undefined || auditorKey === undefined)
    return E.left(
      badInput(
        'give the folder that "vouchsafe holder init" made with --folder, or say all of it with --name, --auditor-key and the flags for records',
      ),
    );
  const records = recordsOf(flags);
  if (E.isLeft(records)) return records;
  const { federation, keys, policy, state, host = '127.0.0.1', port = 8787 } = flags;
  return E.right({
    path: '--auditor-key',
    name,
    auditorKey,
    federation,
    keys,
    formerKeys: [],
    policy,
    statements: [],
    state,
    records: records.right,
    host,
    port,
  });
};

const recordsOf = ({ loans, asOf, currency, sql, table = [] }: HolderFlags): Either<Failure, RecordsConfig> => {
  if (sql === undefined) {
    if (loans === undefined) return E.left(badInput('there are no records: name a table with --loans, or a query with --sql'));
    if (asOf === undefined || currency === undefined)
      return E.left(
        badInput('a table of loans needs --as-of, the day that it describes, and --currency, that of all its amounts'),
      );
    return E.right({ kind: 'loans', file: resolve(loans), asOf, currency });
  }
  const files: Record<string, string> = {};
  for (const given of table) {
    const at = given.indexOf('=');
    if (at < 1) return E.left(badInput('--table takes a name and a file, such as loans=loans.parquet'));
    files[given.slice(0, at)] = resolve(given.slice(at + 1));
  }
  return E.right({ kind: 'sql', sql, files });
};
