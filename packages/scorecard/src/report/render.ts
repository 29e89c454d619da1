import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';

/** A Vega-Lite specification, without what is the same in all charts. */
export type Spec = Readonly<Record<string, unknown>>;

const CONFIG = {
  font: 'Helvetica, Arial, sans-serif',
  background: '#fff',
  view: { stroke: null },
  axis: {
    gridColor: '#e6e8ee',
    domainColor: '#889',
    tickColor: '#889',
    labelColor: '#334',
    titleColor: '#334',
    titleFontWeight: 'normal',
  },
  legend: { orient: 'top', labelColor: '#334', symbolOpacity: 1 },
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
