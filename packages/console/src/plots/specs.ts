import type { BudgetStatus } from '@vouchsafe/holder';
import type { DayLine, TallyLine } from '../log-tally.ts';
import { budgetName, figure, kindName, noPurpose } from '../page/words.ts';
import type { Refused } from '../refusals.ts';
import { light, SERIES } from './colours.ts';

/** A Vega-Lite specification. It holds its data and refers to nothing outside. */
export type Spec = Readonly<Record<string, unknown>>;

/** So wide that a phone shows it without shrinking. */
const WIDTH = 300;
const SECONDS_A_DAY = 86_400;

/** Bars of a chart, at most: the table beside has all. */
const MOST_BARS = 12;

/** A bar with its name above it at the left and its figure at the right: names need no room beside the bars, and none is cut. */
const BAR = { height: 14, yOffset: 8 };
const ROWS = { width: WIDTH, height: { step: 42 } };
const rowOf = (field: string, names?: readonly string[]): Spec => ({
  field,
  type: 'nominal',
  sort: names ?? null,
  title: null,
  axis: null,
});
const words = (y: Spec, name: string, value: Spec): readonly Spec[] => [
  {
    mark: { type: 'text', align: 'left', baseline: 'middle', x: 0, dy: -10, fontSize: 12, color: light('ink'), limit: 0 },
    encoding: { y, text: { field: name } },
  },
  {
    mark: { type: 'text', align: 'right', baseline: 'middle', x: WIDTH, dy: -10, fontSize: 12, color: light('quiet'), limit: 0 },
    encoding: { y, text: value },
  },
];
const COUNT_AXIS = { tickMinStep: 1, format: ',d', tickCount: 4 };

/** What is left of each budget, as a share of the whole. @param budgets of one epoch */
export const budgetChart = (budgets: readonly BudgetStatus[]): Spec => {
  const values = budgets.slice(0, MOST_BARS).map(({ bureau, budget, cap, left }) => ({
    label: `${bureau}: ${budgetName(budget)}`,
    left: cap > 0 ? left / cap : 0,
    all: 1,
    text: `${figure(left)} of ${figure(cap)}`,
  }));
  const y = rowOf('label');
  const x = {
    type: 'quantitative',
    scale: { domain: [0, 1] },
    title: 'left',
    axis: { format: '%', values: [0, 0.25, 0.5, 0.75, 1] },
  };
  const warns = { condition: { test: 'datum.left < 0.1', value: light('vermillion') }, value: light('blue') };
  return {
    data: { values },
    ...ROWS,
    layer: [
      { mark: { type: 'bar', ...BAR, color: light('rest') }, encoding: { y, x: { field: 'all', ...x } } },
      { mark: { type: 'bar', ...BAR }, encoding: { y, x: { field: 'left', ...x }, color: warns } },
      ...words(y, 'label', { field: 'text' }),
    ],
  };
};

/** The kinds that there are, in the order of their colours. */
export const kindNames = (lines: readonly TallyLine[]): readonly string[] =>
  (['aggregate', 'signal', 'match'] as const).filter((kind) => lines.some((line) => line.kind === kind)).map(kindName);

/** Answered queries by purpose, one part of the bar for each kind. */
export const purposeChart = (lines: readonly TallyLine[]): Spec => {
  const totals = totalsBy(lines, ({ purpose }) => purpose || noPurpose).slice(0, MOST_BARS);
  const purposes = totals.map(([purpose]) => purpose);
  const values = lines
    .map(({ purpose, kind, queries }) => ({ purpose: purpose || noPurpose, kind: kindName(kind), queries }))
    .filter(({ purpose }) => purposes.includes(purpose));
  const y = rowOf('purpose', purposes);
  const x = { aggregate: 'sum', field: 'queries', type: 'quantitative', title: 'queries', axis: COUNT_AXIS };
  return {
    ...ROWS,
    layer: [
      { data: { values }, mark: { type: 'bar', ...BAR }, encoding: { y, x, color: series('kind', kindNames(lines)) } },
      ...words(y, 'purpose', { field: 'total', format: ',d' }).map((layer) => ({
        ...layer,
        data: { values: totals.map(([purpose, total]) => ({ purpose, total })) },
      })),
    ],
  };
};

/** @param now seconds since 1970 */
const lastDays = (now: number): readonly number[] =>
  Array.from({ length: 14 }, (_, i) => Math.floor(now / SECONDS_A_DAY) - 13 + i);

/** The purposes of the last two weeks, most queries first, in the order of their colours: the sixth and the others are one. @param now seconds since 1970 */
export const purposeNames = (days: readonly DayLine[], now: number): readonly string[] => {
  const recent = days.filter(({ day }) => lastDays(now).includes(day));
  const ranked = totalsBy(recent, ({ purpose }) => purpose || noPurpose).map(([name]) => name);
  return ranked.length > SERIES.length ? [...ranked.slice(0, SERIES.length - 1), 'others'] : ranked;
};

/** Answered queries by day over the last two weeks, days without any included. @param now seconds since 1970 */
export const dayChart = (days: readonly DayLine[], now: number): Spec => {
  const shown = lastDays(now);
  const recent = days.filter(({ day }) => shown.includes(day));
  const names = purposeNames(days, now);
  const label = (day: number): string => new Date(day * SECONDS_A_DAY * 1000).toISOString().slice(5, 10);
  return {
    data: {
      values: recent.map(({ day, purpose, queries }) => {
        const name = purpose || noPurpose;
        return { day: label(day), purpose: names.includes(name) ? name : 'others', queries };
      }),
    },
    width: WIDTH - 30,
    height: 130,
    mark: { type: 'bar' },
    encoding: {
      x: {
        ...{ field: 'day', type: 'ordinal', title: null, scale: { domain: shown.map(label), paddingInner: 0.25 } },
        axis: { values: shown.filter((_, i) => i % 4 === 1).map(label), labelAngle: 0, ticks: true },
      },
      y: {
        aggregate: 'sum',
        field: 'queries',
        type: 'quantitative',
        title: 'queries',
        axis: COUNT_AXIS,
      },
      color: series('purpose', names),
    },
  };
};

/** Refused requests by reason. */
export const refusalChart = (refusals: readonly Refused[]): Spec => {
  const counted = refusals.map(({ reason, requests }) => ({ reason, queries: requests }));
  const totals = totalsBy(counted, ({ reason }) => reason).slice(0, MOST_BARS);
  const y = rowOf(
    'reason',
    totals.map(([reason]) => reason),
  );
  const x = { field: 'requests', type: 'quantitative', title: 'requests', axis: COUNT_AXIS };
  return {
    data: { values: totals.map(([reason, requests]) => ({ reason, requests })) },
    ...ROWS,
    layer: [
      { mark: { type: 'bar', ...BAR, color: light('vermillion') }, encoding: { y, x } },
      ...words(y, 'reason', { field: 'requests', format: ',d' }),
    ],
  };
};

/** Sums by key, the largest first. */
const totalsBy = <A extends { readonly queries: number }>(
  all: readonly A[],
  keyOf: (one: A) => string,
): readonly (readonly [string, number])[] => {
  const totals = new Map<string, number>();
  for (const one of all) totals.set(keyOf(one), (totals.get(keyOf(one)) ?? 0) + one.queries);
  return [...totals].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
};

/** Told apart by colour and named in the page's own legend, where they wrap: a chart cannot measure text. */
const series = (field: string, names: readonly string[]): Spec => ({
  ...{ field, type: 'nominal', title: null, legend: null },
  scale: { domain: names, range: SERIES.slice(0, names.length) },
});
