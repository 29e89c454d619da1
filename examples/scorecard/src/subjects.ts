import { E } from '@vouchsafe/core';
import {
  createSubjectScorer,
  type DataTable,
  namedReasons,
  type Scorecard,
  SIGNAL_REASONS,
  type SubjectScore,
  type SubjectValues,
} from '@vouchsafe/scorecard';
import type { Sample } from './sample.ts';

/** A column's name as it is, in words: your own catalogue should say what it means, in both languages. */
const plain = (name: string): { readonly en: string; readonly zh: string } => {
  const words = name.replaceAll('_', ' ');
  return { en: words, zh: words };
};

/** What a row of the table says about its subject. */
const valuesOf = (table: DataTable, row: number): SubjectValues =>
  new Map(
    [...table].map(([name, column]): [string, number | string | null] => {
      if (column.kind === 'numeric') return [name, Number.isNaN(column.values[row]) ? null : column.values[row]!];
      return [name, column.levels[column.codes[row]!] ?? null];
    }),
  );

/** Scores the worst and the best subject of the rows held back with their reasons, and one whom no lender knows. */
export const tellSubjects = (
  scorecard: Scorecard,
  { table }: Sample,
  scores: Float64Array,
  line: (text?: string) => void,
): void => {
  const names = Object.fromEntries([...table.keys()].map((name) => [name, plain(name)]));
  const own = scorecard.characteristics.every(({ name }) => SIGNAL_REASONS.has(name));
  const scorer = createSubjectScorer({ scorecard, reasons: own ? SIGNAL_REASONS : namedReasons(names) });
  if (E.isLeft(scorer)) {
    line(scorer.left.message);
    return;
  }
  const tell = (title: string, values: SubjectValues): void => {
    const scored = scorer.right(values);
    line(`\n${title}: ${E.isLeft(scored) ? scored.left.message : say(scored.right)}`);
  };
  const order = [...scores.keys()].filter((row) => !Number.isNaN(scores[row])).sort((a, b) => scores[a]! - scores[b]!);
  tell('lowest score', valuesOf(table, order[0]!));
  tell('middle score', valuesOf(table, order[order.length >> 1]!));
  tell('highest score', valuesOf(table, order[order.length - 1]!));
  if (scorecard.presence !== null) tell('somebody unknown', new Map([...valuesOf(table, 0), [scorecard.presence, 0]]));
};

const say = (scored: SubjectScore): string => {
  if (scored._tag === 'NoScore') return `${scored.en}\n  ${scored.zh}`;
  const reasons = scored.reasons.map(({ code, en, zh, lost }) => `\n  −${Number(lost.toFixed(2))} ${code}: ${en} | ${zh}`);
  return `${Number(scored.score.toFixed(2))} points (probability of bad ${(100 * scored.probabilityOfBad).toFixed(1)} %)${reasons.join('')}`;
};
