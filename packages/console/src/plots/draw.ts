import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { light } from './colours.ts';
import type { Spec } from './specs.ts';

const CONFIG = {
  font: 'system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif',
  background: null,
  view: { stroke: null },
  axis: {
    gridColor: light('grid'),
    domainColor: light('quiet'),
    tickColor: light('quiet'),
    labelColor: light('ink'),
    titleColor: light('quiet'),
    titleFontWeight: 'normal',
    labelFontSize: 12,
    titleFontSize: 12,
  },
  legend: { labelColor: light('ink'), labelFontSize: 12, offset: 8 },
};

/** Draws a specification as SVG, without a canvas and without a browser. The table beside a chart says the same in words, so that nobody has to be read its shapes. */
export const drawSvg = async (spec: Spec): Promise<string> => {
  const full = {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    config: CONFIG,
    padding: 4,
    autosize: 'pad',
    ...spec,
  };
  const view = new View(parse(compile(full as unknown as TopLevelSpec).spec), { renderer: 'none' });
  try {
    const svg = await view.toSVG();
    // What is hidden needs no roles and labels; most of a chart's bytes are such.
    const bare = svg.replace(/<[^<>]*>/g, (tag) => tag.replace(/ (role|aria-[a-z]+)="[^"]*"/g, ''));
    return bare.replace(/^<svg /, '<svg aria-hidden="true" focusable="false" ');
  } finally {
    view.finalize();
  }
};
