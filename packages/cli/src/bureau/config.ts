import { resolve } from 'node:path';
import { E, record, whole } from '@vouchsafe/core';
import { Scheme } from '@vouchsafe/identity';
import { Id } from '@vouchsafe/protocol';
import type * as t from 'io-ts';
import { AuditorKey, Path } from '../member/fields.ts';
import { readToml } from '../member/toml-file.ts';
import type { Result } from '../outcome.ts';

/** The name of a bureau's configuration in its folder. */
export const BUREAU_CONFIG = 'bureau.toml';

/** What a bureau's configuration says. All paths are absolute. */
export interface BureauConfig {
  /** The configuration file itself. */
  readonly path: string;
  readonly name: string;
  readonly federation: string;
  /** 64 hexadecimal digits, or nothing yet. */
  readonly auditorKey: string;
  readonly keys: string;
  readonly state: string;
  readonly cache: string;
  /** How people are identified where nothing else is said. */
  readonly scheme?: Scheme | undefined;
  readonly timeoutSeconds: number;
  readonly auditDays?: number | undefined;
}

interface Written {
  readonly name: string;
  readonly federation: string;
  readonly 'auditor-key': string;
  readonly keys: string;
  readonly state: string;
  readonly cache: string;
  readonly scheme?: Scheme | undefined;
  readonly 'timeout-seconds'?: number | undefined;
  readonly 'audit-days'?: number | undefined;
}

const Written: t.Type<Written, unknown, unknown> = record<Written>(
  'the configuration',
  { name: Id, federation: Path, 'auditor-key': AuditorKey, keys: Path, state: Path, cache: Path },
  { scheme: Scheme, 'timeout-seconds': whole(1, 3600), 'audit-days': whole(0, 36_500) },
);

/** Reads the configuration in a folder. */
export const readBureauConfig = async (folder: string): Result<BureauConfig> => {
  const path = resolve(folder, BUREAU_CONFIG);
  const written = await readToml(path, Written);
  if (E.isLeft(written))
    return written.left._tag === 'FileFailed'
      ? E.left({
          ...written.left,
          message: `${written.left.message}: name the folder with --folder, or make one with vouchsafe bureau init`,
        })
      : written;
  const own = written.right;
  const at = (name: string): string => resolve(folder, name);
  return E.right({
    path,
    name: own.name,
    federation: at(own.federation),
    auditorKey: own['auditor-key'].toLowerCase(),
    keys: at(own.keys),
    state: at(own.state),
    cache: at(own.cache),
    scheme: own.scheme,
    timeoutSeconds: own['timeout-seconds'] ?? 120,
    auditDays: own['audit-days'],
  });
};
