import { resolve } from 'node:path';
import { E, type Either, list, record, text, whole } from '@vouchsafe/core';
import { Country } from '@vouchsafe/identity';
import { Id } from '@vouchsafe/protocol';
import * as t from 'io-ts';
import { badInput, type Failure } from '../exit.ts';
import { AuditorKey, Path } from '../member/fields.ts';
import { readToml } from '../member/toml-file.ts';
import type { Result } from '../outcome.ts';

/** The name of a holder's configuration in its folder. */
export const HOLDER_CONFIG = 'holder.toml';

export type FileFormat = 'csv' | 'parquet' | 'jsonl';

/** Where a holder's records come from: the built-in view of a loans table, or a query of its own. */
export type RecordsConfig =
  | {
      readonly kind: 'loans';
      readonly file: string;
      readonly format?: FileFormat | undefined;
      readonly asOf: string;
      readonly currency: string;
    }
  | { readonly kind: 'sql'; readonly sql: string; readonly files: Readonly<Record<string, string>> };

/** What a holder's configuration says. All paths are absolute. */
export interface HolderConfig {
  /** The configuration file itself. */
  readonly path: string;
  readonly name: string;
  readonly federation: string;
  /** 64 hexadecimal digits, or nothing yet. */
  readonly auditorKey: string;
  readonly keys: string;
  readonly formerKeys: readonly string[];
  readonly policy: string;
  readonly statements: readonly string[];
  readonly state: string;
  readonly country?: Country | undefined;
  readonly padTo?: number | undefined;
  readonly auditDays?: number | undefined;
  readonly records: RecordsConfig;
  /** Where it listens. */
  readonly host: string;
  readonly port: number;
}

interface WrittenRecords {
  readonly file?: string | undefined;
  readonly format?: FileFormat | undefined;
  readonly 'as-of'?: string | undefined;
  readonly currency?: string | undefined;
  readonly sql?: string | undefined;
  readonly files?: Readonly<Record<string, string>> | undefined;
}

interface Written {
  readonly name: string;
  readonly federation: string;
  readonly 'auditor-key': string;
  readonly keys: string;
  readonly 'former-keys'?: readonly string[] | undefined;
  readonly policy: string;
  readonly statements?: readonly string[] | undefined;
  readonly state: string;
  readonly country?: Country | undefined;
  readonly 'pad-to'?: number | undefined;
  readonly 'audit-days'?: number | undefined;
  readonly records: WrittenRecords;
  readonly listen?: { readonly host?: string | undefined; readonly port?: number | undefined } | undefined;
}

const Written: t.Type<Written, unknown, unknown> = record<Written>(
  'the configuration',
  {
    name: Id,
    federation: Path,
    'auditor-key': AuditorKey,
    keys: Path,
    policy: Path,
    state: Path,
    records: record<WrittenRecords>(
      '[records]',
      {},
      {
        file: Path,
        format: t.keyof({ csv: null, parquet: null, jsonl: null }, 'csv, parquet or jsonl') as t.Type<
          FileFormat,
          unknown,
          unknown
        >,
        'as-of': text('a day such as 2026-06-30', /^\d{4}-\d{2}-\d{2}$/),
        currency: text('a currency of three letters', /^[A-Za-z]{3}$/),
        sql: Path,
        files: t.record(t.string, Path, '[records.files]') as t.Type<Readonly<Record<string, string>>, unknown, unknown>,
      },
    ),
  },
  {
    'former-keys': list(Path, 100),
    statements: list(Path, 1000),
    country: Country,
    'pad-to': whole(1, 1e7),
    'audit-days': whole(0, 36_500),
    listen: record<NonNullable<Written['listen']>>(
      '[listen]',
      {},
      { host: text('a host name or address', /^[\w.:%-]{1,255}$/), port: whole(0, 65_535) },
    ),
  },
);

/** Reads the configuration in a folder. */
export const readHolderConfig = async (folder: string): Result<HolderConfig> => {
  const path = resolve(folder, HOLDER_CONFIG);
  const written = await readToml(path, Written);
  if (E.isLeft(written))
    return written.left._tag === 'FileFailed'
      ? E.left({
          ...written.left,
          message: `${written.left.message}: name the folder with --folder, or make one with vouchsafe holder init`,
        })
      : written;
  const { records, listen, ...own } = written.right;
  const at = (name: string): string => resolve(folder, name);
  const source = recordsOf(path, records, at);
  if (E.isLeft(source)) return source;
  return E.right({
    path,
    name: own.name,
    federation: at(own.federation),
    auditorKey: own['auditor-key'].toLowerCase(),
    keys: at(own.keys),
    formerKeys: (own['former-keys'] ?? []).map(at),
    policy: at(own.policy),
    statements: (own.statements ?? []).map(at),
    state: at(own.state),
    country: own.country,
    padTo: own['pad-to'],
    auditDays: own['audit-days'],
    records: source.right,
    host: listen?.host ?? '127.0.0.1',
    port: listen?.port ?? 8787,
  });
};

const recordsOf = (
  path: string,
  { file, format, 'as-of': asOf, currency, sql, files = {} }: WrittenRecords,
  at: (name: string) => string,
): Either<Failure, RecordsConfig> => {
  if ((file === undefined) === (sql === undefined))
    return E.left(
      badInput(`${path}: [records] names either a file of loans (file) or a query of your own (sql): one of the two`),
    );
  if (sql !== undefined)
    return E.right({
      kind: 'sql',
      sql: at(sql),
      files: Object.fromEntries(Object.entries(files).map(([name, where]) => [name, at(where)])),
    });
  if (asOf === undefined || currency === undefined)
    return E.left(
      badInput(`${path}: [records] needs as-of, the day that the file describes, and currency, that of all its amounts`),
    );
  return E.right({ kind: 'loans', file: at(file!), format, asOf, currency });
};
