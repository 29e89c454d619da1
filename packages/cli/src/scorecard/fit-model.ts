import { basename } from 'node:path';
import { E, type Either } from '@vouchsafe/core';
import {
  type BinTable,
  CONVENTIONS,
  type FittedScorecard,
  fitScorecard,
  OPTIMAL,
  type Outcome,
  printBinTable,
  printScorecard,
  type Scorecard,
  scorecardHash,
  scoreSql,
  selectRows,
  splitRows,
} from '@vouchsafe/scorecard';
import { fine } from '../command.ts';
import { badInput, EXIT, type Failure, failure, interrupted } from '../exit.ts';
import { progressOf } from '../member/progress.ts';
import type { Result } from '../outcome.ts';
import { exists, fileExists } from '../read-file.ts';
import { figure, printable } from '../screen/index.ts';
import { seededRng } from '../seeded-rng.ts';
import type { World } from '../world.ts';
import { createFile } from '../write-file.ts';
import { type Measured, measure, measuredJson, measuredText } from './measure.ts';
import { modelText } from './model-file.ts';
import { readSample, type Sample } from './sample.ts';

/** What `scorecard fit` was told. */
export interface FitCall {
  readonly sample: string;
  readonly outcome: string;
  readonly bad: string;
  readonly out: string;
  readonly columns?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
  readonly name?: string | undefined;
  readonly presence?: string | undefined;
  readonly unseen: 'noScore' | 'missing';
  readonly emptyBin: 'noScore' | 'neutral';
  readonly holdOut?: number | undefined;
  readonly seed: string;
  readonly report?: string | undefined;
  readonly sql?: string | undefined;
  readonly quiet?: boolean | undefined;
}

type Rows = Pick<Sample, 'table'> & { readonly bad: Outcome };

export const fitModel = async (call: FitCall, world: World): Result => {
  for (const path of [call.out, call.report, call.sql])
    if (path !== undefined && (await exists(path))) return E.left(fileExists(path));
  const { sample: path, outcome, bad, columns, exclude } = call;
  const wanted = columns?.map((name) => ({ name }));
  const read = await readSample({ path, wanted, exclude, outcome: { column: outcome, bad } }, world);
  if (E.isLeft(read)) return read;
  const all = known({ table: read.right.table, bad: read.right.bad! }, call.presence);
  if (E.isLeft(all)) return all;
  const { train, test } = split(all.right, call);
  const fitted = await fit(train, call, world);
  if (E.isLeft(fitted)) return fitted;
  const { scorecard, tables } = fitted.right;
  const measured = test === undefined ? E.right(undefined) : measure(scorecard, test);
  if (E.isLeft(measured)) return measured;
  const shown = scorecard.characteristics.map(({ name }) => tables.find((table) => table.name === name)!);
  const unknown = read.right.rows - all.right.bad.length;
  const note = noteOf(all.right, test);
  const written = await writeAll(call, { scorecard, tables: shown, measured: measured.right, note });
  if (E.isLeft(written)) return written;
  return fine(
    [
      ...shown.map(printBinTable),
      printScorecard(scorecard),
      ...fitted.right.dropped.map(
        ({ name, why, figure: value }) => `not in: ${printable(name)} (${why}, ${value.toPrecision(3)})`,
      ),
      ...(unknown === 0 ? [] : [`${figure(unknown)} rows whom no lender knows were left out.`]),
      ...(measured.right === undefined
        ? ['Measured on nothing: hold rows out with --hold-out, or use "vouchsafe scorecard report" on others.']
        : [measuredText(measured.right)]),
      `${call.out}: the scorecard ${scorecardHash(scorecard).slice(0, 16)}…`,
      ...[call.report, call.sql].flatMap((other) => (other === undefined ? [] : [`${other}: written`])),
    ].join('\n'),
    {
      out: call.out,
      model: scorecardHash(scorecard),
      characteristics: scorecard.characteristics.map(({ name, iv }) => ({ name, iv })),
      dropped: fitted.right.dropped,
      rows: all.right.bad.length,
      unknown,
      ...(measured.right === undefined ? {} : measuredJson(measured.right)),
    },
  );
};

/** Somebody whom no lender knows is no example of somebody who owes nothing. */
const known = ({ table, bad }: Rows, presence: string | undefined): Either<Failure, Rows> => {
  if (presence === undefined) return E.right({ table, bad });
  const lenders = table.get(presence);
  if (lenders?.kind !== 'numeric')
    return E.left(badInput(`--presence ${presence}: the sample has no column of numbers of that name among its characteristics`));
  const rows = Uint32Array.from([...lenders.values.keys()].filter((row) => lenders.values[row]! >= 1));
  return E.right(rowsOf({ table, bad }, rows));
};

const rowsOf = ({ table, bad }: Rows, rows: Uint32Array): Rows => ({
  table: new Map([...table].map(([name, column]) => [name, selectRows(column, rows)])),
  bad: Uint8Array.from(rows, (row) => bad[row]!),
});

const split = (all: Rows, { holdOut, seed }: FitCall): { readonly train: Rows; readonly test?: Rows } => {
  if (holdOut === undefined) return { train: all };
  const { train, test } = splitRows({ rows: all.bad.length, testShare: holdOut }, seededRng(seed));
  return { train: rowsOf(all, train), test: rowsOf(all, test) };
};

const fit = async ({ table, bad }: Rows, call: FitCall, world: World): Result<FittedScorecard> => {
  const progress = progressOf(world, call.quiet);
  try {
    const fitted = await fitScorecard({
      name: call.name ?? basename(call.sample),
      table,
      bad,
      rule: { ...OPTIMAL, unseen: call.unseen },
      conventions: { ...CONVENTIONS, emptyBin: call.emptyBin },
      presence: call.presence,
      signal: world.signal,
      onProgress: progress.show,
    })();
    if (E.isRight(fitted)) return fitted;
    return E.left(fitted.left._tag === 'Aborted' ? interrupted : failure(fitted.left, EXIT.usage));
  } finally {
    progress.end();
  }
};

const noteOf = (all: Rows, test: Rows | undefined): string =>
  test === undefined
    ? `${figure(all.bad.length)} rows; nothing was held back.`
    : `${figure(all.bad.length)} rows; the figures of separation are of the ${figure(test.bad.length)} that were held back.`;

const writeAll = async (
  { out, report, sql }: FitCall,
  {
    scorecard,
    tables,
    measured,
    note,
  }: {
    readonly scorecard: Scorecard;
    readonly tables: readonly BinTable[];
    readonly measured: Measured | undefined;
    readonly note: string;
  },
): Result<void> => {
  if (report !== undefined) {
    const { reportHtml } = await import('@vouchsafe/scorecard/report');
    const written = await createFile(report, await reportHtml({ scorecard, tables, evaluation: measured?.evaluation, note }));
    if (E.isLeft(written)) return written;
  }
  const inSql = sql === undefined ? E.right(undefined) : await createFile(sql, `${scoreSql(scorecard)}\n`);
  return E.isLeft(inSql) ? inSql : createFile(out, modelText(scorecard));
};
