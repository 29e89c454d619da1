import { type Aborted, E, type Either, type TaskEither, type Watch } from '@vouchsafe/core';
import { codeBins, numericAssigner } from './assign.ts';
import { type DataColumn, type DataTable, rowsOf } from './data.ts';
import type { BadData } from './errors.ts';
import type { Characteristic, Scorecard } from './scorecard.ts';
import { atOnce, inTurns, ROWS_A_STEP, type Steps } from './turns.ts';

/**
 * Scores every row of a table.
 * @returns n scores; `NaN` where there is none: nobody knows the subject, or a value falls into a bin that gives no points, or has no bin
 */
export const scoreTable = (scorecard: Scorecard, table: DataTable): Either<BadData, Float64Array> =>
  atOnce(scoreSteps(scorecard, table));

/** {@link scoreTable} for many rows: gives the event loop its turn, tells progress, can be aborted. */
export const scoreTableInTurns =
  (scorecard: Scorecard, table: DataTable, watch: Watch = {}): TaskEither<BadData | Aborted, Float64Array> =>
  async () => {
    const scores = await inTurns('score', scoreSteps(scorecard, table), watch);
    return E.isLeft(scores) ? scores : scores.right;
  };

function* scoreSteps(scorecard: Scorecard, table: DataTable): Steps<Either<BadData, Float64Array>> {
  const { characteristics, presence } = scorecard;
  const named = columnsOf(scorecard, table);
  if (E.isLeft(named)) return named;
  const { columns, rows } = named.right;
  // The order of additions is the document's: base, then characteristic by characteristic. SQL adds in the same order.
  const scores = new Float64Array(rows).fill(scorecard.base);
  for (const [j, characteristic] of characteristics.entries())
    for (let from = 0; from < rows; from += ROWS_A_STEP) {
      const to = Math.min(rows, from + ROWS_A_STEP);
      addPoints(characteristic, columns[j]!, { from, to }, scores);
      yield { done: j * rows + to, total: characteristics.length * rows };
    }
  if (presence !== null) {
    const known = table.get(presence) as Extract<DataColumn, { kind: 'numeric' }>;
    for (let i = 0; i < rows; i++) if (!(known.values[i]! >= 1)) scores[i] = Number.NaN;
  }
  return E.right(scores);
}

/** The columns that the scorecard needs, in its order. */
const columnsOf = (
  { characteristics, presence }: Scorecard,
  table: DataTable,
): Either<BadData, { readonly columns: readonly DataColumn[]; readonly rows: number }> => {
  const bad = (characteristic: string, what: string): Either<BadData, never> =>
    E.left({ _tag: 'BadData', characteristic, message: `${characteristic} ${what}` });
  const columns: DataColumn[] = [];
  for (const { name, binning } of characteristics) {
    const column = table.get(name);
    if (column === undefined) return bad(name, 'is missing from the table');
    if (column.kind !== binning.kind) return bad(name, `must be a ${binning.kind} column`);
    columns.push(column);
  }
  if (presence !== null && table.get(presence)?.kind !== 'numeric') return bad(presence, 'must be there as a numeric column');
  const all = presence === null ? columns : [...columns, table.get(presence)!];
  const rows = rowsOf(columns[0]!);
  const other = all.findIndex((column) => rowsOf(column) !== rows);
  return other < 0
    ? E.right({ columns, rows })
    : bad(characteristics[other]?.name ?? presence ?? '', 'has another number of rows than the first characteristic');
};

/** Points by bin, 256 entries; `NaN` where a bin gives none. */
const pointsByBin = ({ bins }: Characteristic): Float64Array => {
  const out = new Float64Array(256).fill(Number.NaN);
  out.set(bins.map(({ points }) => points ?? Number.NaN));
  return out;
};

const addPoints = (
  characteristic: Characteristic,
  column: DataColumn,
  { from, to }: { readonly from: number; readonly to: number },
  scores: Float64Array,
): void => {
  const { binning } = characteristic;
  const points = pointsByBin(characteristic);
  if (binning.kind === 'numeric' && column.kind === 'numeric') {
    const assign = numericAssigner(binning);
    const { values } = column;
    for (let i = from; i < to; i++) scores[i]! += points[assign(values[i]!)]!;
  } else if (binning.kind === 'categorical' && column.kind === 'categorical') {
    const { codes, levels } = column;
    const bins = codeBins(binning, levels);
    for (let i = from; i < to; i++) scores[i]! += points[bins[codes[i]! < 0 ? levels.length : codes[i]!]!]!;
  }
};
