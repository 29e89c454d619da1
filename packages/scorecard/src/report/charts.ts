import type { BinTable } from '../bin-table.ts';
import type { NoisyBinTable } from '../noisy-table.ts';
import type { Evaluation } from './evaluation.ts';
import { renderSvg } from './render.ts';

/** Blue and orange are told apart by nearly everybody. */
const GOOD = '#2b6ca3';
const BAD = '#d9622b';
const GREY = '#667';

const CLASS_COLOURS = { domain: ['goods', 'bads'], range: [GOOD, BAD] };
const WIDTH = 460;
const HEIGHT = 260;

/**
 * Weight of evidence per bin, in the bins' order, as an SVG. With noise: error bars, which reach the edge of the chart where the noise could explain a whole count, and
 * pale bars for bins that are not to be trusted.
 */
export const woeChart = (table: BinTable | NoisyBinTable): Promise<string> => {
  const noisy = 'confidence' in table;
  const edges = noisy ? edgesOf(table) : undefined;
  const values = noisy
    ? table.bins.map((bin) => ({
        bin: bin.label,
        woe: bin.woe.value,
        low: Math.max(bin.woe.low, edges!.low),
        high: Math.min(bin.woe.high, edges!.high),
        trusted: bin.trusted,
        rows: `${Math.round(bin.noisyGood)} / ${Math.round(bin.noisyBad)}`,
      }))
    : table.bins.map((bin) => ({
        bin: bin.label,
        woe: bin.woe,
        low: null,
        high: null,
        trusted: true,
        rows: `${(100 * bin.share).toFixed(1)} %`,
      }));
  const shown = noisy ? values : values.filter((_, i) => table.bins[i] !== undefined && hasRows(table, i));
  const y = { field: 'bin', type: 'nominal', sort: shown.map(({ bin }) => bin), title: null, axis: { labelLimit: 260 } };
  return renderSvg({
    data: { values: shown },
    width: WIDTH,
    height: { step: 24 },
    layer: [
      {
        mark: { type: 'bar', height: { band: 0.7 } },
        encoding: {
          y,
          x: {
            field: 'woe',
            type: 'quantitative',
            title: 'weight of evidence',
            ...(edges === undefined ? {} : { scale: { domain: [edges.low, edges.high], nice: false } }),
          },
          color: { condition: { test: 'datum.woe < 0', value: BAD }, value: GOOD },
          opacity: { condition: { test: 'datum.trusted', value: 1 }, value: 0.35 },
        },
      },
      {
        transform: [{ filter: 'isValid(datum.low) && isValid(datum.high)' }],
        mark: { type: 'rule', color: '#222' },
        encoding: { y, x: { field: 'low', type: 'quantitative' }, x2: { field: 'high' } },
      },
      {
        mark: { type: 'text', align: 'left', x: WIDTH + 8, color: GREY, fontSize: 11 },
        encoding: { y, text: { field: 'rows' } },
      },
    ],
  });
};

const hasRows = (table: BinTable, i: number): boolean => table.bins[i]!.good + table.bins[i]!.bad > 0;

/** A little more than all finite ends of error bars. */
const edgesOf = ({ bins }: NoisyBinTable): { readonly low: number; readonly high: number } => {
  const ends = bins.flatMap(({ woe }) => [woe.low, woe.value, woe.high]).filter(Number.isFinite);
  const [low, high] = [Math.min(0, ...ends), Math.max(0, ...ends)];
  const margin = 0.1 * (high - low || 1);
  return { low: low - margin, high: high + margin };
};

/** How goods and bads are distributed over the scores. */
export const distributionChart = ({ distribution }: Evaluation): Promise<string> =>
  renderSvg({
    data: {
      values: distribution.flatMap(({ from, to, good, bad }) => [
        { from, to, share: good, outcome: 'goods' },
        { from, to, share: bad, outcome: 'bads' },
      ]),
    },
    width: WIDTH,
    height: HEIGHT,
    mark: { type: 'bar', opacity: 0.55, binSpacing: 0 },
    encoding: {
      x: { field: 'from', type: 'quantitative', bin: 'binned', title: 'score', scale: { zero: false } },
      x2: { field: 'to' },
      y: { field: 'share', type: 'quantitative', stack: null, title: 'share of goods, of bads', axis: { format: '%' } },
      color: { field: 'outcome', type: 'nominal', scale: CLASS_COLOURS, title: null },
    },
  });

/** The two cumulative distributions; the line between them is KS. */
export const ksChart = ({ curve, ranking }: Evaluation): Promise<string> => {
  const at = curve.reduce((best, point) => (point.score <= ranking.ksAt ? point : best), curve[0]!);
  return renderSvg({
    width: WIDTH,
    height: HEIGHT,
    layer: [
      {
        data: {
          values: curve.flatMap(({ score, good, bad }) => [
            { score, share: bad, outcome: 'bads' },
            { score, share: good, outcome: 'goods' },
          ]),
        },
        mark: { type: 'line', interpolate: 'step-after' },
        encoding: {
          x: { field: 'score', type: 'quantitative', title: 'score', scale: { zero: false } },
          y: { field: 'share', type: 'quantitative', title: 'share with at most this score', axis: { format: '%' } },
          color: { field: 'outcome', type: 'nominal', scale: CLASS_COLOURS, title: null },
        },
      },
      {
        data: {
          values: [
            {
              score: ranking.ksAt,
              low: at.good,
              high: at.bad,
              // Below the upper curve, where the lower one is far to the right.
              beside: at.good + 0.8 * (at.bad - at.good),
              text: `KS ${ranking.ks.toFixed(3)}`,
            },
          ],
        },
        layer: [
          {
            mark: { type: 'rule', strokeDash: [4, 3], color: '#222' },
            encoding: {
              x: { field: 'score', type: 'quantitative' },
              y: { field: 'low', type: 'quantitative' },
              y2: { field: 'high' },
            },
          },
          {
            mark: { type: 'text', align: 'left', dx: 6, fontSize: 12, color: '#222' },
            encoding: {
              x: { field: 'score', type: 'quantitative' },
              y: { field: 'beside', type: 'quantitative' },
              text: { field: 'text' },
            },
          },
        ],
      },
    ],
  });
};

/** Predicted probability against what happened, with Wilson's intervals; on the line they agree. */
export const calibrationChart = ({ calibration }: Evaluation): Promise<string> => {
  const top = Math.max(...calibration.groups.flatMap(({ predicted, high }) => [predicted, high]));
  const scale = { domain: [0, Math.min(1, Math.ceil(top * 20) / 20)] };
  const x = { field: 'predicted', type: 'quantitative', title: 'predicted probability of bad', axis: { format: '%' }, scale };
  const y = { type: 'quantitative', title: 'observed share of bads', axis: { format: '%' }, scale };
  return renderSvg({
    width: HEIGHT + 60,
    height: HEIGHT + 60,
    layer: [
      {
        data: { values: scale.domain.map((p) => ({ predicted: p, observed: p })) },
        mark: { type: 'line', color: '#aab', strokeDash: [5, 4] },
        encoding: { x, y: { field: 'observed', ...y } },
      },
      {
        data: { values: calibration.groups.map((group) => ({ ...group })) },
        layer: [
          { mark: { type: 'rule', color: GOOD }, encoding: { x, y: { field: 'low', ...y }, y2: { field: 'high' } } },
          {
            mark: { type: 'point', filled: true, size: 60, color: GOOD, opacity: 1 },
            encoding: { x, y: { field: 'observed', ...y } },
          },
        ],
      },
    ],
  });
};
