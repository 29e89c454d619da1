import Table from 'cli-table3';
import type { BinTable } from './bin-table.ts';
import type { NoisyBinTable } from './noisy-table.ts';
import type { Scorecard } from './scorecard.ts';

/** Characters on each side of a bar's zero. */
const HALF = 10;

/** Bars are drawn to the largest WOE, but not to less than this: a characteristic that says nothing has no long bars. */
const LEAST_SCALE = 0.5;

/** A bar that goes left from the middle for a negative value, right for a positive one; as long as the value is beside the largest. */
const bar = (value: number, largest: number): string => {
  const length = largest > 0 ? Math.round((Math.abs(value) / largest) * HALF) : 0;
  const drawn = '█'.repeat(Math.min(HALF, length));
  return value < 0 ? `${drawn.padStart(HALF)}│${' '.repeat(HALF)}` : `${' '.repeat(HALF)}│${drawn.padEnd(HALF)}`;
};

const number = (value: number, digits: number): string =>
  Number.isFinite(value)
    ? (Math.round(value * 10 ** digits) / 10 ** digits + 0).toLocaleString('en-US', {
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
      })
    : value > 0
      ? '∞'
      : value < 0
        ? '−∞'
        : '–';

const count = (value: number): string => number(value, Number.isInteger(value) ? 0 : 1);

/** No lines between rows. */
const PLAIN = { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' };

/** @param right the first and the last column with numbers */
const draw = (head: readonly string[], rows: readonly (readonly string[])[], right: readonly [number, number]): string => {
  const table = new Table({
    head: [...head],
    chars: PLAIN,
    style: { head: [], border: [] },
    colAligns: head.map((_, i) => (i >= right[0] && i <= right[1] ? 'right' : 'left')),
  });
  table.push(...rows.map((row) => [...row]));
  return table.toString();
};

/** A bin table for the terminal: counts, bad rate, WOE with a bar, information value. One line a bin. */
export const printBinTable = (table: BinTable): string => {
  const largest = Math.max(LEAST_SCALE, ...table.bins.map(({ woe }) => Math.abs(woe)));
  const rows = table.bins.map((bin) => [
    bin.label,
    count(bin.good),
    count(bin.bad),
    `${number(100 * bin.share, 1)} %`,
    Number.isNaN(bin.badRate) ? '–' : `${number(100 * bin.badRate, 1)} %`,
    `${number(bin.woe, 3)}${bin.adjusted ? '*' : ''}`,
    number(bin.iv, 4),
    bar(bin.woe, largest),
  ]);
  const foot = table.bins.some(({ adjusted }) => adjusted) ? '\n* the zero-cell rule changed a count of this bin' : '';
  const head = ['bin', 'goods', 'bads', 'share', 'bad rate', 'WOE', 'IV', '−  WOE  +'];
  return `${table.name}: IV ${number(table.iv, 4)}, ${count(table.good)} goods, ${count(table.bad)} bads\n${draw(head, rows, [1, 6])}${foot}`;
};

/** A bin table over noisy counts: with error bars, and a mark and a reason at each bin that is not to be trusted. */
export const printNoisyBinTable = ({ name, bins, iv, ivFromNoise, confidence }: NoisyBinTable): string => {
  const largest = Math.max(LEAST_SCALE, ...bins.map(({ woe }) => Math.abs(woe.value)));
  const rows = bins.map((bin) => [
    bin.label,
    count(bin.noisyGood),
    count(bin.noisyBad),
    number(bin.woe.value, 3),
    `${number(bin.woe.low, 2)} to ${number(bin.woe.high, 2)}`,
    bin.trusted ? '' : '?',
    bar(bin.woe.value, largest),
  ]);
  const notes = bins.filter(({ trusted }) => !trusted).map((bin) => `? ${bin.label}: ${bin.notes.join('; ')}`);
  const head = ['bin', 'goods', 'bads', 'WOE', `${number(100 * confidence, 0)} %`, '', '−  WOE  +'];
  const title = `${name}: IV ${number(iv.value, 4)} (${number(iv.low, 3)} to ${number(iv.high, 3)}; noise alone gives about ${number(ivFromNoise, 3)})`;
  return [title, draw(head, rows, [1, 4]), ...notes].join('\n');
};

/** The points of every bin of a scorecard, for the terminal. */
export const printScorecard = (scorecard: Scorecard): string => {
  const { scaling, conventions, base, characteristics } = scorecard;
  const points = characteristics.flatMap(({ bins }) => bins.map((bin) => Math.abs(bin.points ?? 0)));
  const largest = Math.max(...points);
  const digits = scaling.rounding === 'whole' ? 0 : 2;
  const rows = characteristics.flatMap(({ name, bins, signOk }) =>
    bins.map((bin, i) => [
      i === 0 ? `${name}${signOk ? '' : ' (wrong sign)'}` : '',
      bin.label,
      number(bin.woe, 3),
      bin.points === null ? 'no score' : number(bin.points, digits),
      bin.points === null ? '' : bar(bin.points, largest),
    ]),
  );
  const head = ['characteristic', 'bin', 'WOE', 'points', '−  points  +'];
  const scale = `${scaling.basePoints} points at ${scaling.odds} odds of ${scaling.baseOdds}, ${scaling.pdo} points double the odds`;
  return `${scorecard.name}: ${scale}; WOE = ${conventions.woe}; base ${number(base, digits)}\n${draw(head, rows, [2, 3])}`;
};
