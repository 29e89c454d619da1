import { setImmediate } from 'node:timers/promises';
import { E } from '@vouchsafe/core';
import {
  createSubjectScorer,
  type DataTable,
  namedReasons,
  type ReasonCatalogue,
  type ReasonMethod,
  type Scorecard,
  SIGNAL_REASONS,
  type SubjectScore,
  type SubjectValues,
  scorecardHash,
} from '@vouchsafe/scorecard';
import { fine } from '../command.ts';
import { EXIT, failure, interrupted } from '../exit.ts';
import type { Result } from '../outcome.ts';
import { mayWriteRows, type ResultColumn, writeRows } from '../rows/write-rows.ts';
import { figure, table } from '../screen/index.ts';
import type { World } from '../world.ts';
import { wantedOf } from './model-columns.ts';
import { readModel, readReasons } from './model-file.ts';
import { readSample } from './sample.ts';
import { SCORE_COLUMNS, scoreCells } from './score-text.ts';

/** What `scorecard score` was told. */
export interface ScoreCall {
  readonly rows: string;
  readonly model: string;
  readonly reasons?: string | undefined;
  readonly method: ReasonMethod;
  readonly carry?: readonly string[] | undefined;
  readonly out?: string | undefined;
}

/** Rows that are shown when there is no file for them. */
const SHOWN = 20;
/** Rows scored before Ctrl-C has its turn. */
const TURN = 1000;

export const scoreRows = async (call: ScoreCall, world: World): Result => {
  const { out, carry } = call;
  const writable = out === undefined ? E.right(undefined) : await mayWriteRows(out);
  if (E.isLeft(writable)) return writable;
  const scorecard = await readModel(call.model);
  if (E.isLeft(scorecard)) return scorecard;
  const reasons = await reasonsOf(call, scorecard.right);
  if (E.isLeft(reasons)) return reasons;
  const sample = await readSample({ path: call.rows, wanted: wantedOf(scorecard.right), carry }, world);
  if (E.isLeft(sample)) return sample;
  const limit = call.reasons === undefined ? 0 : undefined;
  const scorer = createSubjectScorer({ scorecard: scorecard.right, reasons: reasons.right, method: call.method, limit });
  if (E.isLeft(scorer)) return E.left(failure(scorer.left, EXIT.usage));
  const scores: SubjectScore[] = [];
  for (let row = 0; row < sample.right.rows; row++) {
    const score = scorer.right(valuesOf(sample.right.table, row));
    if (E.isLeft(score)) return E.left(failure({ ...score.left, message: `row ${row + 1}: ${score.left.message}` }, EXIT.usage));
    scores.push(score.right);
    if (row % TURN === 0) {
      await setImmediate();
      if (world.signal.aborted) return E.left(interrupted);
    }
  }
  const carried = [...sample.right.carried];
  const columns: readonly ResultColumn[] = [
    { name: 'row', kind: 'whole' },
    ...carried.map(([name]): ResultColumn => ({ name, kind: 'text' })),
    ...SCORE_COLUMNS,
  ];
  const rows = scores.map((score, row) => [row + 1, ...carried.map(([, values]) => values[row]!), ...scoreCells(score)]);
  const written = out === undefined ? E.right(undefined) : await writeRows({ path: out, columns, rows }, world);
  if (E.isLeft(written)) return written;
  const scored = scores.filter(({ _tag }) => _tag === 'Scored').length;
  const shown = out === undefined ? rows.slice(0, SHOWN) : [];
  return fine(
    [
      ...(shown.length === 0
        ? []
        : [
            table(
              columns.map(({ name }) => name),
              shown.map((cells) =>
                cells.map((cell) => (typeof cell === 'number' && !Number.isInteger(cell) ? cell.toFixed(4) : String(cell ?? ''))),
              ),
            ),
          ]),
      ...(rows.length > shown.length && out === undefined
        ? [`and ${figure(rows.length - shown.length)} rows more: get them with --out FILE`]
        : []),
      `${figure(scores.length)} rows, ${figure(scored)} with a score.`,
      ...(out === undefined ? [] : [`${out}: the scores`]),
    ].join('\n'),
    {
      model: scorecardHash(scorecard.right),
      rows: scores.length,
      scored,
      ...(out === undefined ? { scores: scores.map((score, row) => ({ row: row + 1, ...score })) } : { out }),
    },
  );
};

/** Without reasons none is shown, so that any name will do. */
const reasonsOf = async ({ reasons }: ScoreCall, { characteristics }: Scorecard): Result<ReasonCatalogue> => {
  if (reasons === 'builtin') return E.right(SIGNAL_REASONS);
  if (reasons !== undefined) return readReasons(reasons);
  return E.right(namedReasons(Object.fromEntries(characteristics.map(({ name }) => [name, { en: name, zh: name }]))));
};

const valuesOf = (columns: DataTable, row: number): SubjectValues =>
  new Map(
    [...columns].map(([name, column]): [string, number | string | null] => {
      if (column.kind === 'numeric') return [name, Number.isNaN(column.values[row]) ? null : column.values[row]!];
      return [name, column.levels[column.codes[row]!] ?? null];
    }),
  );
