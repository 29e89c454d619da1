import type { ColumnTotal, Totals } from '@vouchsafe/querier';
import type { ResultCell, ResultColumn } from '../rows/write-rows.ts';
import { figure, table } from '../screen/index.ts';

/** A figure of a result: a column's, or that of one of its buckets. */
interface Line {
  readonly column: string;
  readonly bucket: string | null;
  readonly total: number;
  readonly halfWidth95: number | null;
  readonly mean: number | null;
  readonly meanHalfWidth95: number | null;
}

const linesOf = (total: ColumnTotal): readonly Line[] => {
  const halfWidth95 = total.plusMinus?.halfWidth95 ?? null;
  const common = { column: total.column, halfWidth95, mean: null, meanHalfWidth95: null };
  if (total.kind === 'bucket') return total.buckets.map(({ bucket, total: count }) => ({ ...common, bucket, total: count }));
  const line = { ...common, bucket: null, total: total.total };
  if (total.kind !== 'amount' || total.mean === undefined) return [line];
  const width = total.meanPlusMinus?.halfWidth95;
  return [{ ...line, mean: total.mean, meanHalfWidth95: width !== undefined && Number.isFinite(width) ? width : null }];
};

/** Totals as a table, and who did not add to them. */
export const totalsText = ({ columns, asked, holders, suppressed, digest }: Totals): string => {
  const lines = columns.flatMap(linesOf);
  const noisy = lines.some(({ halfWidth95 }) => halfWidth95 !== null);
  const means = lines.some(({ mean }) => mean !== null);
  const shown = (value: number | null): string => (value === null ? '' : figure(value, Number.isInteger(value) ? 0 : 2));
  return [
    table(
      ['column', 'total', ...(noisy ? ['± 95 %'] : []), ...(means ? ['mean', ...(noisy ? ['± 95 %'] : [])] : [])],
      lines.map(({ column, bucket, total, halfWidth95, mean, meanHalfWidth95 }) => [
        bucket === null ? column : `${column}: ${bucket}`,
        shown(total),
        ...(noisy ? [shown(halfWidth95)] : []),
        ...(means ? [shown(mean), ...(noisy ? [shown(meanHalfWidth95)] : [])] : []),
      ]),
    ),
    `${figure(asked)} subject${asked === 1 ? '' : 's'}; totals count relationships, over ${holders.join(', ')} together.`,
    ...(suppressed.length === 0
      ? []
      : [
          `Suppressed, for knowing too few of them (which is not zero): ${suppressed.join(', ')}. The totals are over the others.`,
        ]),
    ...drownedNote(lines),
    `digest ${digest.slice(0, 32)}…`,
  ].join('\n');
};

/** Totals of which the noise leaves nothing, so that nobody takes them for figures. */
const drownedNote = (lines: readonly Line[]): readonly string[] => {
  const drowned = [
    ...new Set(
      lines
        .filter(({ total, halfWidth95 }) => halfWidth95 !== null && halfWidth95 >= Math.abs(total))
        .map(({ column }) => column),
    ),
  ];
  return drowned.length === 0
    ? []
    : [
        `The noise of ${drowned.join(', ')} is as large as the total: ask about more people, with more epsilon, or for fewer columns.`,
      ];
};

export const TOTAL_COLUMNS: readonly ResultColumn[] = [
  { name: 'column', kind: 'text' },
  { name: 'bucket', kind: 'text' },
  { name: 'total', kind: 'number' },
  { name: 'half_width_95', kind: 'number' },
  { name: 'mean', kind: 'number' },
  { name: 'mean_half_width_95', kind: 'number' },
];

export const totalRows = ({ columns }: Totals): readonly (readonly ResultCell[])[] =>
  columns
    .flatMap(linesOf)
    .map(({ column, bucket, total, halfWidth95, mean, meanHalfWidth95 }) => [
      column,
      bucket,
      total,
      halfWidth95,
      mean,
      meanHalfWidth95,
    ]);
