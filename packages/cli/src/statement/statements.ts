import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { E, toNumber } from '@vouchsafe/core';
import type { AuditedStatement } from '@vouchsafe/querier';
import { type AuditorCall, holderFailure, withAuditor } from '../audit/with-auditor.ts';
import { fine } from '../command.ts';
import { badInput } from '../exit.ts';
import type { Ended, Result } from '../outcome.ts';
import { fileFailure } from '../read-file.ts';
import { bars, figure, table } from '../screen/index.ts';
import type { World } from '../world.ts';
import { createFile } from '../write-file.ts';

/** What `statement` was told. */
export interface StatementOptions extends AuditorCall {
  readonly from: number;
  readonly to: number;
  readonly holder?: readonly string[] | undefined;
  readonly out?: string | undefined;
}

export const statements = async (options: StatementOptions, world: World): Result => {
  const { from, to, out } = options;
  if (from >= to) return E.left(badInput('--from is not before --to'));
  return withAuditor(options, world, async ({ auditor, federation }) => {
    const all = federation.members.filter(({ role, url }) => role === 'holder' && url !== undefined).map(({ id }) => id);
    const made: AuditedStatement[] = [];
    const progress = bars(world.stderr);
    try {
      for (const holder of options.holder ?? all) {
        const one = await auditor.statement({ holder, from, to, signal: world.signal, onProgress: progress.show })();
        if (E.isLeft(one)) return E.left(holderFailure(holder, one.left));
        made.push(one.right);
      }
    } finally {
      progress.end();
    }
    const written = out === undefined ? E.right([]) : await writeAll(out, made);
    return E.isLeft(written) ? written : report(made, written.right);
  });
};

const writeAll = async (folder: string, made: readonly AuditedStatement[]): Result<readonly string[]> => {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    return E.left(fileFailure(folder, 'written', error));
  }
  const paths: string[] = [];
  for (const { statement, signed } of made) {
    const path = join(folder, `${statement.holder}.${dayOf(statement.from)}.${dayOf(statement.to)}.json`);
    const file = await createFile(path, `${JSON.stringify(signed, null, 2)}\n`);
    if (E.isLeft(file)) return file;
    paths.push(path);
  }
  return E.right(paths);
};

const dayOf = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 10);

const report = (made: readonly AuditedStatement[], paths: readonly string[]): Ended =>
  fine(
    [
      table(
        ['holder', 'querier', 'asked', 'for', 'queries', 'subjects', 'columns', 'epsilon', 'rho'],
        made.flatMap(({ statement: { holder, lines } }) =>
          lines.length === 0
            ? [[holder, '', 'nothing', '', '0', '0', '0', '0', '0']]
            : lines.map(({ querier, kind, purpose, queries, subjects, columns, charge, rho }) => [
                holder,
                querier,
                kind,
                purpose ?? '',
                ...[queries, subjects, columns].map((value) => figure(value)),
                String(toNumber(charge)),
                String(rho ? toNumber(rho) : 0),
              ]),
        ),
      ),
      ...made.flatMap(({ statement: { holder, unacknowledged } }) =>
        unacknowledged > 0 ? [`${holder}: ${figure(unacknowledged)} answers that nobody counter-signed are not counted`] : [],
      ),
      ...paths.map((path) => `${path}: signed by the auditor`),
    ].join('\n'),
    { statements: made.map(({ signed }) => signed), files: paths },
  );
