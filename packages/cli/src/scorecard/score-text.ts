import type { SubjectScore } from '@vouchsafe/scorecard';
import type { ResultCell, ResultColumn } from '../rows/write-rows.ts';
import { figure, table } from '../screen/index.ts';

const rounded = (value: number): string => figure(value, Number.isInteger(value) ? 0 : 2);

/** One person's score with points and reasons. */
export const scoreText = (result: SubjectScore): string => {
  if (result._tag === 'NoScore') return `${result.en}\n${result.zh}`;
  return [
    table(
      ['', 'bin', 'points', 'lost'],
      [
        ['base', '', rounded(result.base), ''],
        ...result.points.map(({ characteristic, bin, points, lost }) => [characteristic, bin, rounded(points), rounded(lost)]),
        ['SCORE', '', rounded(result.score), ''],
      ],
    ),
    `probability of bad ${(100 * result.probabilityOfBad).toFixed(2)} %`,
    ...result.reasons.map(({ code, en, zh, lost }) => `−${rounded(lost)}  ${code}: ${en} | ${zh}`),
  ].join('\n');
};

/** Columns of a file of scores. `no_score` says why there is none. */
export const SCORE_COLUMNS: readonly ResultColumn[] = [
  { name: 'score', kind: 'number' },
  { name: 'probability_of_bad', kind: 'number' },
  { name: 'no_score', kind: 'text' },
  ...[1, 2, 3, 4].map((i): ResultColumn => ({ name: `reason_${i}`, kind: 'text' })),
];

export const scoreCells = (result: SubjectScore): readonly ResultCell[] =>
  result._tag === 'NoScore'
    ? [null, null, result.why, null, null, null, null]
    : [result.score, result.probabilityOfBad, null, ...[0, 1, 2, 3].map((i) => result.reasons[i]?.code ?? null)];
