/** Colours of the light page, and what becomes of them on a dark one: told apart by the colour-blind too (after Okabe and Ito), and never the only difference. */
export const COLOURS = {
  ink: ['#24292f', '#e6edf3'],
  quiet: ['#57606a', '#9aa4af'],
  grid: ['#dde2e7', '#30363d'],
  rest: ['#d8dee4', '#3d444d'],
  blue: ['#0072b2', '#56b4e9'],
  vermillion: ['#d55e00', '#ff8c42'],
  green: ['#00785a', '#2fc898'],
  purple: ['#a0438c', '#dd8fc8'],
  amber: ['#8a6500', '#f0c649'],
  grey: ['#6e7781', '#aab3bd'],
} as const;

export const light = (name: keyof typeof COLOURS): string => COLOURS[name][0];

const SERIES_NAMES = ['blue', 'vermillion', 'green', 'purple', 'amber', 'grey'] as const;

/** Series in their order: six at most. */
export const SERIES: readonly string[] = SERIES_NAMES.map(light);

/** Rules that give the legend the colours of the series, on a light page and on a dark one. */
export const SERIES_RULES: string = SERIES_NAMES.map((name, i) => {
  const [onLight, onDark] = COLOURS[name];
  const rule = (colour: string): string => `.series-${i}::before{background:${colour}}`;
  return `${rule(onLight)}@media (prefers-color-scheme:dark){${rule(onDark)}}`;
}).join('');

/** Rules that turn a chart's colours for a dark page, by their attributes. */
export const DARK_RULES: string = Object.values(COLOURS)
  .flatMap(([from, to]) => [`svg [fill="${from}"]{fill:${to}}`, `svg [stroke="${from}"]{stroke:${to}}`])
  .join('');
