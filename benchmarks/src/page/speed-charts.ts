import { OURS } from '../measurement.ts';
import { NETWORKS, secondsOver } from '../networks/model.ts';
import type { CaseResult, Result, Results } from '../results/results.ts';
import { besidePeers } from './beside-peers.ts';
import { type Chart, HEIGHT, LABEL_LIMIT, WIDTH } from './chart.ts';
import { BLUE, GREY, INK, lineStyle, logAxis, series } from './plot.ts';

const caseNamed = ({ cases }: Results, name: string): CaseResult | undefined => cases.find(({ stamp }) => stamp.case === name);

/** What the operations of the growth case are called in a legend. */
const GROWING: Readonly<Record<string, string>> = {
  match: 'match',
  indexBuild: 'index build',
  bulk: 'bulk intersection',
  seal: 'seal (8 slots)',
  proveShuffle: 'shuffle proof',
};

/** How many times as long peers took. */
export const ratioChart = ({ cases }: Results): readonly Chart[] => {
  const rows = cases
    .filter(({ stamp }) => stamp.case !== 'growth')
    .flatMap(besidePeers)
    .map(({ operation, peer, n, ratio, low, high }) => ({
      what: `${operation}${n > 1 ? ` (n = ${n.toLocaleString('en-US')})` : ''} · ${peer}`,
      ratio,
      low,
      high,
      text: `${ratio >= 100 ? ratio.toFixed(0) : ratio.toPrecision(2)} ×`,
    }));
  if (rows.length === 0) return [];
  const y = { field: 'what', type: 'nominal', sort: null, title: null, axis: { labelLimit: LABEL_LIMIT, grid: true } };
  const x = logAxis([1, ...rows.flatMap(({ low, high }) => [low, high])], 'time of the peer / our time, one thread each', '~g');
  return [
    {
      name: 'ratios',
      title: 'Beside peers',
      caption:
        'Same inputs, same process, in turn. Points: ratio of medians; lines: the peer’s fastest round against our slowest, and the reverse. Right of 1: we are faster.',
      spec: {
        data: { values: rows },
        width: WIDTH,
        height: { step: 26 },
        layer: [
          {
            mark: { type: 'rule', color: BLUE, strokeWidth: 2 },
            encoding: { y, x: { field: 'low', ...x }, x2: { field: 'high' } },
          },
          {
            mark: { type: 'point', filled: true, size: 70, color: BLUE, opacity: 1 },
            encoding: { y, x: { field: 'ratio', ...x } },
          },
          {
            mark: { type: 'text', align: 'left', dx: 8, dy: -8, color: INK, fontSize: 12 },
            encoding: { y, x: { field: 'ratio', ...x }, text: { field: 'text' } },
          },
        ],
      },
    },
  ];
};

/** Microseconds of one curve operation. */
export const curveChart = (results: Results): readonly Chart[] => {
  const curve = caseNamed(results, 'curve');
  if (curve === undefined) return [];
  const shown = ['hashToGroup', 'blindEvaluate', 'serverEvaluate', 'unblind', 'fixedBase', 'x25519', 'edwards25519'];
  const rows = shown.flatMap((name) =>
    curve.results
      .filter((one) => one.name === name)
      .map((one) => ({ name, who: one.by === OURS ? `${OURS} (${one.backend})` : one.by, us: 1e6 * one.median })),
  );
  const who = [...new Set(rows.map((row) => row.who))];
  const x = logAxis(
    rows.map(({ us }) => us),
    'microseconds for one element, one thread',
    '~g',
  );
  return [
    {
      name: 'curve',
      title: 'One operation on the curve',
      caption:
        'ristretto255 in batches. x25519 and edwards25519 are yardsticks of native libraries: one variable-base multiplication in other coordinates, without ristretto’s decoding and encoding.',
      spec: {
        data: { values: rows },
        width: WIDTH,
        height: { step: 30 },
        mark: { type: 'point', filled: true, size: 90, opacity: 1 },
        encoding: {
          y: { field: 'name', type: 'nominal', sort: shown, title: null, axis: { grid: true } },
          x: { field: 'us', ...x },
          ...series('who', who),
        },
      },
    },
  ];
};

interface Grown {
  readonly n: number;
  readonly what: string;
  readonly result: Result;
}

const grown = (results: Results): readonly Grown[] =>
  (caseNamed(results, 'growth')?.results ?? []).flatMap((result) => {
    const what = GROWING[result.name];
    if (what === undefined || (result.name === 'match' && result.threads > 1)) return [];
    return [{ n: result.n, what: result.by === OURS ? what : `${what}, ${result.by}`, result }];
  });

interface GrowthChart extends Pick<Chart, 'name' | 'title' | 'caption'> {
  readonly y: string;
  readonly of: (result: Result) => number;
  readonly format?: string;
}

/** Lines over n on two logarithmic axes. */
const growthChart = (results: Results, { y: title, of, format, ...about }: GrowthChart): readonly Chart[] => {
  const rows = grown(results)
    .map(({ n, what, result }) => ({ n, what, y: of(result) }))
    .filter(({ y }) => y > 0);
  if (rows.length === 0) return [];
  const names = [...new Set(rows.map(({ what }) => what))];
  const x = {
    field: 'n',
    ...logAxis(
      rows.map(({ n }) => n),
      'rows, or elements on each side',
    ),
  };
  const y = {
    field: 'y',
    ...logAxis(
      rows.map((row) => row.y),
      title,
      format,
    ),
  };
  return [
    {
      ...about,
      spec: {
        data: { values: rows },
        width: WIDTH,
        height: HEIGHT,
        layer: [
          ...names.map((name, i) => ({
            transform: [{ filter: { field: 'what', equal: name } }],
            mark: { type: 'line', ...lineStyle(i) },
            encoding: { x, y },
          })),
          { mark: { type: 'point', filled: true, size: 70, opacity: 1 }, encoding: { x, y, ...series('what', names) } },
        ],
      },
    },
  ];
};

/** Time, bytes and memory against n. */
export const growthCharts = (results: Results): readonly Chart[] => [
  ...growthChart(results, {
    name: 'time',
    title: 'Time against size',
    caption:
      'Medians, both sides together; on these axes, time in proportion to n is a line of slope 1. Verifying the shuffle proof takes about as long as making it and is left out: see the tables.',
    y: 'seconds',
    of: ({ median }) => median,
    format: '~g',
  }),
  ...growthChart(results, {
    name: 'bytes',
    title: 'Bytes on the wire against size',
    caption: 'Both directions together, bodies of messages. What sends nothing (building an index) has no line.',
    y: 'bytes',
    of: ({ sent, received }) => sent + received,
  }),
  ...growthChart(results, {
    name: 'memory',
    title: 'Memory against size',
    caption:
      'Peak in MiB of the largest process of a step. Steps that ran inside the benchmark’s own process (match, index build) show its peak up to then, which earlier steps may have set.',
    y: 'MiB',
    of: ({ rssMiB }) => rssMiB,
    format: '~g',
  }),
];

/** How a batch scales with threads. */
export const threadsChart = (results: Results): readonly Chart[] => {
  const own = (caseNamed(results, 'curve')?.results ?? []).filter(({ name }) => name === 'blindEvaluateBatch');
  if (own.length === 0) return [];
  const rows = own.map(({ backend, threads, median, min, max }) => {
    const one = own.find((other) => other.backend === backend && other.threads === 1)!;
    return { backend, threads, faster: one.median / median, low: one.median / max, high: one.median / min };
  });
  const most = Math.max(...rows.map(({ threads }) => threads), ...rows.map(({ high }) => Math.ceil(high)));
  const names = [...new Set(rows.map(({ backend }) => backend))];
  const axis = (title: string) => ({
    type: 'quantitative',
    title,
    scale: { domain: [0, most] },
    axis: { tickMinStep: 1, format: 'd' },
  });
  return [
    {
      name: 'threads',
      title: 'Threads',
      caption:
        'One long batch of blindEvaluate. Grey: as many times as fast as there are threads. Lines: fastest and slowest round.',
      spec: {
        width: HEIGHT,
        height: HEIGHT,
        layer: [
          {
            data: { values: [0, most].map((k) => ({ threads: k, faster: k })) },
            mark: { type: 'line', color: GREY, strokeDash: [5, 4] },
            encoding: {
              x: { field: 'threads', ...axis('worker threads') },
              y: { field: 'faster', ...axis('times as fast as one thread') },
            },
          },
          {
            data: { values: rows },
            layer: [
              {
                mark: { type: 'rule', strokeWidth: 2 },
                encoding: {
                  x: { field: 'threads', ...axis('worker threads') },
                  y: { field: 'low', ...axis('times as fast as one thread') },
                  y2: { field: 'high' },
                  color: series('backend', names)['color'],
                },
              },
              {
                mark: { type: 'point', filled: true, size: 80, opacity: 1 },
                encoding: {
                  x: { field: 'threads', ...axis('worker threads') },
                  y: { field: 'faster', ...axis('times as fast as one thread') },
                  ...series('backend', names, 'backend'),
                },
              },
            ],
          },
        ],
      },
    },
  ];
};

/** Exchanges between parties, at the size of their own case; the shuffle proof is a part of sealing. */
export const exchanges = ({ cases }: Results): readonly Result[] =>
  cases
    .filter(({ stamp }) => stamp.case !== 'growth')
    .flatMap((one) =>
      one.results.filter(
        ({ turns, sent, received, threads, name }) => turns > 0 && sent + received > 0 && (name !== 'match' || threads === 1),
      ),
    );

/** What a network makes of the measured exchanges, by the model. */
export const networkChart = (results: Results): readonly Chart[] => {
  const rows = exchanges(results).flatMap((one) =>
    NETWORKS.map((network) => ({
      what: `${one.name} (n = ${one.n.toLocaleString('en-US')})${one.by === OURS ? '' : ` · ${one.by}`}`,
      network: network.name,
      seconds: secondsOver(network, one),
    })),
  );
  if (rows.length === 0) return [];
  const names = NETWORKS.map(({ name }) => name);
  const x = logAxis(
    rows.map(({ seconds }) => seconds),
    'seconds, by the model',
    '~g',
  );
  return [
    {
      name: 'networks',
      title: 'Over networks',
      caption: 'Computed from measured time, bytes and round trips; the model stands in the text.',
      spec: {
        data: { values: rows },
        width: WIDTH,
        height: { step: 28 },
        mark: { type: 'point', filled: true, size: 80, opacity: 1 },
        encoding: {
          y: { field: 'what', type: 'nominal', sort: null, title: null, axis: { labelLimit: LABEL_LIMIT, grid: true } },
          x: { field: 'seconds', ...x },
          ...series('network', names),
        },
      },
    },
  ];
};
