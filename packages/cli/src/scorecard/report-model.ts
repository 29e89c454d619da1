import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { E } from '@vouchsafe/core';
import {
  assignBins,
  type BinTable,
  binCount,
  binLabels,
  binTable,
  countBins,
  type DataTable,
  type Outcome,
  printBinTable,
  printScorecard,
  type Scorecard,
  scorecardHash,
} from '@vouchsafe/scorecard';
import { fine } from '../command.ts';
import { badInput, EXIT, failure } from '../exit.ts';
import type { Ended, Result } from '../outcome.ts';
import { exists, fileExists, fileFailure } from '../read-file.ts';
import type { World } from '../world.ts';
import { createFile } from '../write-file.ts';
import { type Measured, measure, measuredJson, measuredText } from './measure.ts';
import { wantedOf } from './model-columns.ts';
import { readModel } from './model-file.ts';
import { readSample } from './sample.ts';

/** What `scorecard report` was told. */
export interface ReportCall {
  readonly model: string;
  readonly data?: string | undefined;
  readonly outcome?: string | undefined;
  readonly bad: string;
  readonly out?: string | undefined;
  readonly svg?: string | undefined;
}

export const reportModel = async (call: ReportCall, world: World): Result => {
  const { data, outcome, bad, out } = call;
  if (out !== undefined && (await exists(out))) return E.left(fileExists(out));
  if (data !== undefined && outcome === undefined)
    return E.left(badInput('--data needs --outcome: which column says good or bad?'));
  const scorecard = await readModel(call.model);
  if (E.isLeft(scorecard)) return scorecard;
  const sample =
    data === undefined
      ? E.right(undefined)
      : await readSample({ path: data, wanted: wantedOf(scorecard.right), outcome: { column: outcome!, bad } }, world);
  if (E.isLeft(sample)) return sample;
  const rows = sample.right && { table: sample.right.table, bad: sample.right.bad! };
  const measured = rows === undefined ? E.right(undefined) : measure(scorecard.right, rows);
  if (E.isLeft(measured)) return measured;
  const tables = rows === undefined ? tablesOfModel(scorecard.right) : tablesOfRows(scorecard.right, rows);
  if (E.isLeft(tables)) return tables;
  const written = await write(call, { scorecard: scorecard.right, tables: tables.right, measured: measured.right });
  if (E.isLeft(written)) return written;
  return fine(
    [
      ...tables.right.map(printBinTable),
      printScorecard(scorecard.right),
      ...(measured.right === undefined ? [] : [measuredText(measured.right)]),
      ...written.right.map((path) => `${path}: written`),
    ].join('\n'),
    {
      model: scorecardHash(scorecard.right),
      characteristics: tables.right.map(({ name, iv }) => ({ name, iv })),
      ...(measured.right === undefined ? {} : measuredJson(measured.right)),
      files: written.right,
    },
  );
};

/** Bin tables of the sample that the model was fitted on: their counts are in it. */
const tablesOfModel = (scorecard: Scorecard): Ended<readonly BinTable[]> =>
  collect(scorecard, ({ bins }) => ({ good: bins.map(({ good }) => good), bad: bins.map(({ bad }) => bad) }));

/** Bin tables of other rows, in the model's bins. */
const tablesOfRows = (
  scorecard: Scorecard,
  { table, bad }: { readonly table: DataTable; readonly bad: Outcome },
): Ended<readonly BinTable[]> =>
  collect(scorecard, ({ name, binning }) => countBins(assignBins(binning, table.get(name)!), bad, binCount(binning)));

const collect = (
  { characteristics, conventions }: Scorecard,
  countsOf: (one: Scorecard['characteristics'][number]) => { readonly good: readonly number[]; readonly bad: readonly number[] },
): Ended<readonly BinTable[]> => {
  const tables: BinTable[] = [];
  for (const one of characteristics) {
    const table = binTable({ name: one.name, labels: binLabels(one.binning), counts: countsOf(one), conventions });
    if (E.isLeft(table)) return E.left(failure(table.left, EXIT.usage));
    tables.push(table.right);
  }
  return E.right(tables);
};

const write = async (
  { out, svg, data }: ReportCall,
  {
    scorecard,
    tables,
    measured,
  }: { readonly scorecard: Scorecard; readonly tables: readonly BinTable[]; readonly measured: Measured | undefined },
): Result<readonly string[]> => {
  if (out === undefined && svg === undefined) return E.right([]);
  const { calibrationChart, distributionChart, ksChart, reportHtml, woeChart } = await import('@vouchsafe/scorecard/report');
  const evaluation = measured?.evaluation;
  const files: (readonly [string, () => Promise<string>])[] = [];
  if (out !== undefined) {
    const note =
      data === undefined
        ? 'Counts of the sample that the model was fitted on.'
        : 'Counts and figures of rows that were brought for this report.';
    files.push([out, () => reportHtml({ scorecard, tables, evaluation, note })]);
  }
  if (svg !== undefined) {
    try {
      await mkdir(svg, { recursive: true });
    } catch (error) {
      return E.left(fileFailure(svg, 'written', error));
    }
    for (const [i, table] of tables.entries())
      files.push([join(svg, `woe-${i + 1}-${fileName(table.name)}.svg`), () => woeChart(table)]);
    if (evaluation)
      files.push(
        [join(svg, 'distribution.svg'), () => distributionChart(evaluation)],
        [join(svg, 'ks.svg'), () => ksChart(evaluation)],
        [join(svg, 'calibration.svg'), () => calibrationChart(evaluation)],
      );
  }
  for (const [path, draw] of files) {
    const written = await createFile(path, await draw());
    if (E.isLeft(written)) return written;
  }
  return E.right(files.map(([path]) => path));
};

const fileName = (name: string): string => name.replace(/[^\w.-]+/g, '_').slice(0, 80);
