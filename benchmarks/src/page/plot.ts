import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';

/** A Vega-Lite specification, without what is the same in all charts. */
export type Spec = Readonly<Record<string, unknown>>;

/** Colours of the light page, and what becomes of them on a dark one: told apart by the colour-blind too (after Okabe and Ito), and never the only difference. */
const COLOURS = {
  paper: ['#ffffff', '#0d1117'],
  ink: ['#24292f', '#e6edf3'],
  quiet: ['#57606a', '#9aa4af'],
  grid: ['#dde2e7', '#30363d'],
  blue: ['#0072b2', '#56b4e9'],
  vermillion: ['#d55e00', '#ff8c42'],
  green: ['#00785a', '#2fc898'],
  purple: ['#a0438c', '#dd8fc8'],
  amber: ['#8a6500', '#f0c649'],
  grey: ['#6e7781', '#aab3bd'],
} as const;

const light = (name: keyof typeof COLOURS): string => COLOURS[name][0];

export const INK: string = light('ink');
export const GRID: string = light('grid');
export const BLUE: string = light('blue');
export const VERMILLION: string = light('vermillion');
export const GREY: string = light('grey');

/** Series in their order: each has a colour, a shape and a dash. */
const SERIES_COLOURS = [light('blue'), light('vermillion'), light('green'), light('purple'), light('amber'), light('grey')];
const SERIES_SHAPES = ['circle', 'square', 'triangle-up', 'diamond', 'cross', 'triangle-down'];
const SERIES_DASHES = [
  [1, 0],
  [6, 3],
  [2, 2],
  [8, 3, 2, 3],
  [4, 4],
  [1, 3],
];

/** How series are told apart: encodings for a mark. @param names in their order, six at most. @throws RangeError for more */
export const series = (field: string, names: readonly string[], title: string | null = null): Spec => {
  if (names.length > SERIES_COLOURS.length) throw new RangeError('a chart shows six series at most');
  const range = <A>(values: readonly A[]) => ({ domain: names, range: values.slice(0, names.length) });
  const legend = { symbolSize: 90, columns: 3, labelLimit: 1000 };
  return {
    color: { field, type: 'nominal', scale: range(SERIES_COLOURS), title, legend },
    shape: { field, type: 'nominal', scale: range(SERIES_SHAPES), title, legend },
  };
};

/** Colour and dash of the line of a series, by its position: constants, so that the legend stays that of the points. */
export const lineStyle = (position: number): Spec => ({
  color: SERIES_COLOURS[position]!,
  strokeDash: SERIES_DASHES[position]!,
  strokeWidth: 2,
});

/** Powers of ten that cover the values: ticks of a logarithmic axis. */
export const decades = (values: readonly number[]): readonly number[] => {
  const positive = values.filter((value) => value > 0);
  if (positive.length === 0) return [1, 10];
  const [low, high] = [Math.floor(Math.log10(Math.min(...positive)) + 1e-9), Math.ceil(Math.log10(Math.max(...positive)) - 1e-9)];
  return Array.from({ length: Math.max(1, high - low) + 1 }, (_, i) => Number(`1e${low + i}`));
};

/** A logarithmic axis over whole decades. @param format of d3, `~s` by default: 10k, 1M */
export const logAxis = (values: readonly number[], title: string, format = '~s'): Spec => {
  const ticks = decades(values);
  return {
    type: 'quantitative',
    title,
    scale: { type: 'log', domain: [ticks[0], ticks.at(-1)], nice: false },
    axis: { values: ticks, format, labelFlush: false },
  };
};

const FONT = 'Helvetica, Arial, sans-serif';
const CONFIG = {
  font: FONT,
  background: light('paper'),
  view: { stroke: null },
  axis: {
    gridColor: light('grid'),
    domainColor: light('quiet'),
    tickColor: light('quiet'),
    labelColor: light('ink'),
    titleColor: light('ink'),
    titleFontWeight: 'normal',
    labelFontSize: 12,
    titleFontSize: 13,
  },
  legend: { orient: 'top', labelColor: light('ink'), titleColor: light('ink'), labelFontSize: 12, titleFontWeight: 'normal' },
  header: { labelColor: light('ink'), titleColor: light('ink'), labelFontSize: 13 },
  title: { color: light('ink') },
};

/** Draws a specification as SVG, without a canvas and without a browser. */
export const renderSvg = async (spec: Spec): Promise<string> => {
  const full = { $schema: 'https://vega.github.io/schema/vega-lite/v6.json', config: CONFIG, padding: 8, ...spec };
  const view = new View(parse(compile(full as unknown as TopLevelSpec).spec), { renderer: 'none' });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
};

/** Rules that turn the charts' colours for a dark page. They go by the attributes, so that a program without style sheets shows the light chart. */
export const DARK_RULES: string = Object.values(COLOURS)
  .flatMap(([from, to]) => [`[fill="${from}"]{fill:${to}}`, `[stroke="${from}"]{stroke:${to}}`])
  .join('');

/** A chart as a file of its own, with its description: it follows the reader's colour scheme wherever it is shown. */
export const standalone = (svg: string, description: string): string => {
  const escaped = description.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
  const style = `<style>@media (prefers-color-scheme:dark){${DARK_RULES}}</style>`;
  return svg.replace(/^(<svg[^>]*>)/, `$1<title>${escaped}</title>${style}`);
};
