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

const LABELS = { title: null, axis: { labelLimit: 130, ticks: false, domain: false, labelPadding: 6 } };

/** What is left of each budget, as a share of the whole. @param budgets of one epoch */
export const budgetChart = (budgets: readonly BudgetStatus[]): Spec => {
  const values = budgets.slice(0, MOST_BARS).map(({ bureau, budget, cap, left }) => {
    const share = cap > 0 ? left / cap : 0;
    return {
      label: `${bureau}: ${budgetName(budget)}`,
      left: share,
      all: 1,
      // Inside a long bar, beside a short one: never over its end.
      text: `${figure(left)} of ${figure(cap)}`,
      inside: share > 0.45,
    };
  });
  const y = { field: 'label', type: 'nominal', sort: null, title: null, axis: null };
  const x = {
    type: 'quantitative',
    scale: { domain: [0, 1] },
    title: 'left',
    axis: { format: '%', values: [0, 0.25, 0.5, 0.75, 1] },
  };
  return {
    data: { values },
    width: WIDTH,
    height: { step: 42 },
    layer: [
      { mark: { type: 'bar', height: 14, yOffset: 8, color: light('rest') }, encoding: { y, x: { field: 'all', ...x } } },
      {
        mark: { type: 'bar', height: 14, yOffset: 8 },
        encoding: {
          y,
          x: { field: 'left', ...x },
          color: { condition: { test: 'datum.left < 0.1', value: light('vermillion') }, value: light('blue') },
        },
      },
      {
        mark: {
          type: 'text',
          align: 'left',
          baseline: 'middle',
          x: 0,
          dy: -10,
          fontSize: 12,
          color: light('ink'),
          limit: WIDTH - 90,
        },
        encoding: { y, text: { field: 'label' } },
      },
      {
        mark: { type: 'text', align: 'right', baseline: 'middle', x: WIDTH, dy: -10, fontSize: 12, color: light('quiet') },
        encoding: { y, text: { field: 'text' } },
      },
    ],
  };
};

/** Answered queries by purpose, one part of the bar for each kind. */
export const purposeChart = (lines: readonly TallyLine[]): Spec => {
  const purposes = [...totalsBy(lines, ({ purpose }) => purpose || noPurpose)].slice(0, MOST_BARS).map(([name]) => name);
  const kinds = (['aggregate', 'signal', 'match'] as const).filter((kind) => lines.some((line) => line.kind === kind));
  const values = [...totalsBy(lines, ({ purpose, kind }) => `${purpose || noPurpose} ${kind}`)].map(([key, queries]) => {
    const at = key.lastIndexOf(' ');
    return { purpose: key.slice(0, at), kind: kindName(key.slice(at + 1)), queries };
  });
  return {
    data: { values: values.filter(({ purpose }) => purposes.includes(purpose)) },
    width: WIDTH - 90,
    height: { step: 30 },
    mark: { type: 'bar', height: 16 },
    encoding: {
      y: { field: 'purpose', type: 'nominal', sort: purposes, ...LABELS },
      x: {
        aggregate: 'sum',
        field: 'queries',
        type: 'quantitative',
        title: 'queries',
        axis: { tickMinStep: 1, format: ',d', tickCount: 4 },
      },
      color: series('kind', kinds.map(kindName)),
    },
  };
};

/** Answered queries by day over the last two weeks, days without any included. @param now seconds since 1970 */
export const dayChart = (days: readonly DayLine[], now: number): Spec => {
  const today = Math.floor(now / SECONDS_A_DAY);
  const shown = Array.from({ length: 14 }, (_, i) => today - 13 + i);
  const recent = days.filter(({ day }) => shown.includes(day));
  const ranked = [...totalsBy(recent, ({ purpose }) => purpose || noPurpose)].map(([name]) => name);
  const names = ranked.length > SERIES.length ? [...ranked.slice(0, SERIES.length - 1), 'others'] : ranked;
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
        axis: { tickMinStep: 1, format: ',d', tickCount: 4 },
      },
      color: series('purpose', names),
    },
  };
};

/** Refused requests by reason. */
export const refusalChart = (refusals: readonly Refused[]): Spec => {
  const totals = [
    ...totalsBy(
      refusals.map((one) => ({ ...one, queries: one.requests })),
      ({ reason }) => reason,
    ),
  ].slice(0, MOST_BARS);
  const y = { field: 'reason', type: 'nominal', sort: totals.map(([reason]) => reason), ...LABELS };
  const x = { field: 'requests', type: 'quantitative', title: 'requests', axis: { tickMinStep: 1, format: ',d', tickCount: 4 } };
  return {
    data: { values: totals.map(([reason, requests]) => ({ reason, requests })) },
    width: WIDTH - 110,
    height: { step: 28 },
    layer: [
      { mark: { type: 'bar', height: 14, color: light('vermillion') }, encoding: { y, x } },
      {
        mark: { type: 'text', align: 'left', dx: 5, fontSize: 12, color: light('ink') },
        encoding: { y, x, text: { field: 'requests', format: ',d' } },
      },
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

const series = (field: string, names: readonly string[]): Spec => ({
  ...{ field, type: 'nominal', title: null, scale: { domain: names, range: SERIES.slice(0, names.length) } },
  legend: { orient: 'top', columns: 3, symbolType: 'square', labelLimit: 130 },
});
