import type { FittedBins } from '@vouchsafe/querier';
import type { ResultCell, ResultColumn } from '../rows/write-rows.ts';
import { figure, table } from '../screen/index.ts';

type Table = FittedBins['tables'][number];

const percent = (confidence: number): string => `${figure(100 * confidence)} %`;
const interval = ({ low, high }: Table['iv']): string => `${figure(low, 3)} to ${figure(high, 3)}`;

/** One column's bins, and how much of its information value the noise leaves. */
export const binsText = ({ name, bins, iv, ivFromNoise, confidence }: Table): string =>
  [
    table(
      [name, 'goods', 'bads', 'WOE', ...(confidence < 1 ? [percent(confidence)] : []), 'IV', ''],
      bins.map(({ label, noisyGood, noisyBad, woe, iv: own, trusted }) => [
        label,
        figure(noisyGood),
        figure(noisyBad),
        figure(woe.value, 3),
        ...(confidence < 1 ? [interval(woe)] : []),
        figure(own, 3),
        trusted ? '' : 'not to be trusted',
      ]),
    ),
    ...bins.filter(({ notes }) => notes.length > 0).map(({ label, notes }) => `  ${label}: ${notes.join('; ')}`),
    `${name}: information value ${figure(iv.value, 3)}${confidence < 1 ? `, ${percent(confidence)} of the noise: ${interval(iv)}; ${figure(ivFromNoise, 3)} of it noise alone would make` : ''}.`,
  ].join('\n');

export const BIN_COLUMNS: readonly ResultColumn[] = [
  { name: 'column', kind: 'text' },
  { name: 'bin', kind: 'text' },
  { name: 'goods', kind: 'number' },
  { name: 'bads', kind: 'number' },
  { name: 'woe', kind: 'number' },
  { name: 'woe_low', kind: 'number' },
  { name: 'woe_high', kind: 'number' },
  { name: 'iv', kind: 'number' },
  { name: 'trusted', kind: 'flag' },
];

/** An end that the noise leaves open is empty. */
const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

export const binRows = ({ name, bins }: Table): readonly (readonly ResultCell[])[] =>
  bins.map(({ label, noisyGood, noisyBad, woe, iv, trusted }) => [
    name,
    label,
    noisyGood,
    noisyBad,
    finite(woe.value),
    finite(woe.low),
    finite(woe.high),
    finite(iv),
    trusted,
  ]);
