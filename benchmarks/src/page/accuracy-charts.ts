import type { TableRow } from '../report.ts';
import type { Results } from '../results/results.ts';
import { type Chart, HEIGHT, WIDTH } from './chart.ts';
import { BLUE, GREY, INK, lineStyle, logAxis, type Spec, series, VERMILLION } from './plot.ts';

const tableOf = ({ cases }: Results, name: string): readonly TableRow[] =>
  cases.find(({ stamp }) => stamp.case === 'accuracy')?.tables[name] ?? [];

const epsilonAxis = (rows: readonly TableRow[]): Spec => ({
  field: 'epsilon',
  ...logAxis(
    rows.map(({ epsilon }) => epsilon as number),
    'ε of the query',
    '~g',
  ),
});

const namesOf = (rows: readonly TableRow[], field: string): readonly string[] => [
  ...new Set(rows.map((row) => row[field] as string)),
];

/** The columns in a legend. */
const WHAT: Readonly<Record<string, string>> = { present: 'number of people', outstanding: 'sum of what they owe' };

/** The error of totals: theory as a line, the sampler's draws as points with their interval. */
const totalsChart = (rows: readonly TableRow[]): Chart => {
  const [cohort, draws] = [Number(rows[0]!['truth']), Number(rows[0]!['draws'])];
  // An error of 0 has no place on a logarithmic axis: the noise was less than one unit in 95 % of draws.
  const shown = rows
    .filter(({ low, measured }) => Number(low) > 0 && Number(measured) > 0)
    .map((row) => ({ ...row, what: WHAT[String(row['column'])] }));
  const theory = rows
    .map((row) => ({ ...row, what: WHAT[String(row['column'])] }))
    .filter((row) => Number((row as TableRow)['theory']) > 0);
  const columns = Object.values(WHAT);
  const error = logAxis(
    rows.flatMap((row) => [row['theory'], row['low'], row['high']].map(Number)),
    'error / true total',
    '~g',
  );
  const x = epsilonAxis(rows);
  const color = series('what', columns)['color'];
  return {
    name: 'accuracy-totals',
    title: 'Error of aggregate',
    caption: `How many people, and how much they owe, over a cohort of ${cohort.toLocaleString('en-US')} at three holders, both asked in one query: 95 % of errors are below. Lines: the ± that an answer states (theory). Points: ${draws.toLocaleString('en-US')} draws of the real sampler at each ε, with the 95 % interval of the quantile.`,
    spec: {
      width: WIDTH,
      height: HEIGHT,
      layer: [
        {
          data: { values: theory },
          mark: { type: 'line', strokeWidth: 1.5 },
          encoding: { x, y: { field: 'theory', ...error }, color },
        },
        {
          data: { values: shown },
          mark: { type: 'rule', strokeWidth: 2 },
          encoding: { x, y: { field: 'low', ...error }, y2: { field: 'high' }, color },
        },
        {
          data: { values: shown },
          mark: { type: 'point', filled: true, size: 60, opacity: 1 },
          encoding: { x, y: { field: 'measured', ...error }, ...series('what', columns) },
        },
      ],
    },
  };
};

/** Information value by fitBins: where draws lie, and what an answer states. */
const binsChart = (rows: readonly TableRow[]): Chart => {
  // Far left the noise is everything: the axis ends where the truth can still be seen.
  const samples = namesOf(rows, 'sample').map((sample) => rows.filter((row) => row['sample'] === sample));
  const panel = (own: readonly TableRow[]): Spec => {
    const truth = own[0]!['truth'] as number;
    const top = 3 * truth;
    const cut = (value: number | string | null | undefined): number => (value === null ? top : Math.min(top, Number(value)));
    // Where no draw left a table there is nothing to show; an interval without an end reaches the edge.
    const values = own
      .filter((row) => row['median'] !== null)
      .map(({ epsilon, median, low, high, statedLow, statedHigh }) => ({
        epsilon,
        median: cut(median),
        low: cut(low),
        high: cut(high),
        statedLow: cut(statedLow),
        statedHigh: cut(statedHigh),
      }));
    const y = { type: 'quantitative', title: 'information value', scale: { domain: [0, top], nice: false } };
    const x = epsilonAxis(own);
    return {
      title: {
        text: String(own[0]!['sample']),
        subtitle: String(own[0]!['characteristic']).replaceAll('_', ' '),
        fontSize: 13,
        fontWeight: 'normal',
        subtitleColor: INK,
        limit: 1000,
      },
      width: 210,
      height: 220,
      layer: [
        {
          data: { values },
          mark: { type: 'area', color: BLUE, opacity: 0.18 },
          encoding: { x, y: { field: 'statedLow', ...y }, y2: { field: 'statedHigh' } },
        },
        {
          data: { values: [{ truth }] },
          mark: { type: 'rule', color: GREY, strokeDash: [5, 4], strokeWidth: 2 },
          encoding: { y: { field: 'truth', ...y } },
        },
        {
          data: { values },
          mark: { type: 'rule', color: VERMILLION, strokeWidth: 2 },
          encoding: { x, y: { field: 'low', ...y }, y2: { field: 'high' } },
        },
        {
          data: { values },
          mark: { type: 'point', filled: true, size: 55, color: VERMILLION, opacity: 1 },
          encoding: { x, y: { field: 'median', ...y } },
        },
      ],
    };
  };
  return {
    name: 'accuracy-bins',
    title: 'Information value by fitBins',
    caption: `One characteristic, three holders. Dashed: without noise. Points and lines: median and 5–95 % of ${rows[0]?.['draws']} draws. Pale: the 95 % interval that an answer states (its ends, median of the draws). Cut off at three times the true value.`,
    spec: { hconcat: samples.map(panel), spacing: 28 },
  };
};

/** AUC of scorecards on rows held back. */
const scorecardsChart = (rows: readonly TableRow[], protocol: readonly TableRow[]): Chart => {
  const samples = namesOf(rows, 'sample');
  const noisyName = 'from noisy histograms (fitBins)';
  const lines = ['pooled = federated by signals', 'from exact histograms', 'one lender alone'];
  const wayNames: Readonly<Record<string, string>> = { pooled: lines[0]!, histograms: lines[1]!, 'one lender': lines[2]! };
  const panel = (sample: string): Spec => {
    const own = rows.filter((row) => row['sample'] === sample);
    const noisy = own
      .filter((row) => row['way'] === 'noisy histograms')
      .map((row) => ({
        ...row,
        what: noisyName,
        low: (row['auc'] as number) - (row['deviation'] as number),
        high: (row['auc'] as number) + (row['deviation'] as number),
      }));
    const flat = own.filter((row) => row['epsilon'] === null);
    // A line from one end of the axis to the other.
    const ends = [
      Math.min(...noisy.map((row) => (row as TableRow)['epsilon'] as number)),
      Math.max(...noisy.map((row) => (row as TableRow)['epsilon'] as number)),
    ];
    const levels = flat.flatMap((row) =>
      ends.map((epsilon) => ({ epsilon, auc: row['auc'], what: wayNames[row['way'] as string] })),
    );
    const all = [...noisy.flatMap(({ low, high }) => [low, high]), ...flat.map((row) => row['auc'] as number), 0.5];
    const y = {
      type: 'quantitative',
      title: 'AUC on rows held back',
      scale: { domain: [Math.min(...all) - 0.01, Math.max(...all) + 0.01], nice: false },
    };
    const x = epsilonAxis(noisy);
    const names = [...lines, noisyName];
    const coloured = series('what', names);
    return {
      title: {
        text: `${sample} (${(own[0]!['rows'] as number).toLocaleString('en-US')} rows)`,
        fontSize: 13,
        fontWeight: 'normal',
      },
      width: 230,
      height: 250,
      layer: [
        ...lines.map((name, i) => ({
          data: { values: levels.filter(({ what }) => what === name) },
          mark: { type: 'line', ...lineStyle(i) },
          encoding: { x, y: { field: 'auc', ...y } },
        })),
        {
          data: { values: noisy },
          mark: { type: 'rule', strokeWidth: 2 },
          encoding: { x, y: { field: 'low', ...y }, y2: { field: 'high' }, color: coloured['color'] },
        },
        {
          data: { values: noisy },
          mark: { type: 'point', filled: true, size: 70, opacity: 1 },
          encoding: { x, y: { field: 'auc', ...y }, ...coloured },
        },
      ],
    };
  };
  const checked =
    protocol.length === 0
      ? ''
      : ' The same way was taken through the real protocol, with one split and five characteristics; the table below has it.';
  return {
    name: 'accuracy-scorecards',
    title: 'Scorecards: federated and pooled',
    caption: `Mean over ${rows[0]?.['splits']} splits, a quarter held back; lines at points: standard deviation over splits. Signals are exact, so that a bureau which gets them fits the pooled scorecard. From histograms: sum of weights of evidence (every coefficient one), which a bureau can make from totals alone, at one ε for all characteristics together. One lender alone: a scorecard of a third of the rows.${checked}`,
    spec: { hconcat: samples.map(panel), spacing: 28, resolve: { legend: { color: 'shared', shape: 'shared' } } },
  };
};

/** What the noise costs. */
export const accuracyCharts = (results: Results): readonly Chart[] => {
  const [totals, bins, scorecards] = [tableOf(results, 'totals'), tableOf(results, 'bins'), tableOf(results, 'scorecards')];
  return [
    ...(totals.length === 0 ? [] : [totalsChart(totals)]),
    ...(bins.length === 0 ? [] : [binsChart(bins)]),
    ...(scorecards.length === 0 ? [] : [scorecardsChart(scorecards, tableOf(results, 'protocol'))]),
  ];
};

/** The rows that went through the real protocol. */
export const protocolRows = (results: Results): readonly TableRow[] => tableOf(results, 'protocol');
