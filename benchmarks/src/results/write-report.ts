import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { accuracyCharts } from '../page/accuracy-charts.ts';
import type { Chart } from '../page/chart.ts';
import { escapeHtml, page } from '../page/html.ts';
import { DARK_RULES, renderSvg, standalone } from '../page/plot.ts';
import {
  aboutSection,
  caseSection,
  networksSection,
  peersSection,
  projectionSection,
  protocolSection,
  publishedSection,
} from '../page/sections.ts';
import { curveChart, growthCharts, networkChart, ratioChart, threadsChart } from '../page/speed-charts.ts';
import type { Results } from './results.ts';

/** Where results lie in the project. */
export const RESULTS_FOLDER: string = fileURLToPath(new URL('../../results', import.meta.url));

interface Drawn extends Chart {
  readonly svg: string;
}

const draw = (charts: readonly Chart[]): Promise<readonly Drawn[]> =>
  Promise.all(charts.map(async (chart) => ({ ...chart, svg: await renderSvg(chart.spec) })));

const figures = (charts: readonly Drawn[]): string =>
  `<div class="charts">${charts
    .map(
      ({ title, caption, svg }) =>
        `<figure role="img" aria-label="${escapeHtml(title)}">${svg}<figcaption><b>${escapeHtml(title)}</b>${escapeHtml(caption)}</figcaption></figure>`,
    )
    .join('\n')}</div>`;

/**
 * Writes the report beside its file of results: one HTML page that needs nothing else, and each chart as an SVG in a folder of its own.
 * @param to.json the file of results, after which the page is named
 * @param to.out another folder than that of the file
 * @returns what was written
 */
export const writeReport = async (
  results: Results,
  { json, out = dirname(json) }: { readonly json: string; readonly out?: string | undefined },
): Promise<readonly string[]> => {
  const peers = await draw([...ratioChart(results), ...curveChart(results)]);
  const sizes = await draw([...growthCharts(results), ...threadsChart(results)]);
  const networks = await draw(networkChart(results));
  const accuracy = await draw(accuracyCharts(results));
  const html = page('Vouchsafe: benchmarks', DARK_RULES, [
    aboutSection(results),
    `<h2>Beside peers</h2>${figures(peers)}${peersSection(results)}`,
    `<h2>Published figures of native systems</h2>${publishedSection()}`,
    `<h2>Size, threads, memory</h2>${figures(sizes)}`,
    `<h2>Networks</h2>${figures(networks)}${networksSection(results)}`,
    `<h2>Accuracy</h2>${figures(accuracy)}${protocolSection(results)}`,
    `<h2>A whole country</h2>${projectionSection(results)}`,
    `<h2>All cases</h2>${results.cases.map(caseSection).join('\n')}`,
  ]);
  const name = basename(json, '.json');
  const charts = join(out, name);
  await mkdir(charts, { recursive: true });
  const written: string[] = [join(out, `${name}.html`)];
  await writeFile(written[0]!, html);
  for (const chart of [...peers, ...sizes, ...networks, ...accuracy]) {
    const file = join(charts, `${chart.name}.svg`);
    await writeFile(file, `${standalone(chart.svg, `${chart.title}. ${chart.caption}`)}\n`);
    written.push(file);
  }
  return written;
};
