import type { BinTable } from '../bin-table.ts';
import type { NoisyBinTable } from '../noisy-table.ts';
import { type Scorecard, scorecardHash } from '../scorecard.ts';
import { calibrationChart, distributionChart, ksChart, woeChart } from './charts.ts';
import type { Evaluation } from './evaluation.ts';

/** What a report is made from. */
export interface ReportRequest {
  readonly scorecard: Scorecard;
  /** Bin tables to show, e.g. those of the characteristics in the scorecard. */
  readonly tables: readonly (BinTable | NoisyBinTable)[];
  /** On rows that the model was not fitted on, if there are any. */
  readonly evaluation?: Evaluation | undefined;
  /** Said under the title, e.g. what the sample is. */
  readonly note?: string | undefined;
}

/**
 * A report as one HTML page that needs nothing else: charts are SVG in the page, there is no script, and its content security policy loads nothing.
 * What comes from the data (names, levels) is escaped.
 */
export const reportHtml = async ({ scorecard, tables, evaluation, note }: ReportRequest): Promise<string> => {
  const charts = await Promise.all(
    tables.map(async (table) => figure(`${table.name}: information value ${ivOf(table).toFixed(4)}`, await woeChart(table))),
  );
  const measured = evaluation === undefined ? '' : await evaluationSection(evaluation);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(scorecard.name)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escapeHtml(scorecard.name)}</h1>
${note === undefined ? '' : `<p>${escapeHtml(note)}</p>`}
${summary(scorecard)}
${measured}
<h2>Points</h2>
${pointsTable(scorecard)}
<h2>Weight of evidence</h2>
<p>Bins of each characteristic in their order, with their share of the rows (or their goods / bads). Positive: WOE = ${escapeHtml(scorecard.conventions.woe)} is above 0.${tables.some((table) => 'confidence' in table) ? NOISY : ''}</p>
<div class="charts">${charts.join('\n')}</div>
</body>
</html>
`;
};

const NOISY =
  ' Where noise was added: the line is the interval that it leaves, without a bound where it reaches the edge; a pale bar is not to be trusted.';

const ivOf = (table: BinTable | NoisyBinTable): number => (typeof table.iv === 'number' ? table.iv : table.iv.value);

const STYLE = `body{font:15px/1.5 Helvetica,Arial,sans-serif;color:#223;max-width:1240px;margin:2rem auto;padding:0 1rem;background:#fff}
h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2.2rem}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}th,td{padding:.25rem .7rem;border-bottom:1px solid #e3e6ee;text-align:left;vertical-align:top}
th{font-weight:600;background:#f5f6fa}td.n,th.n{text-align:right}td:last-child{white-space:nowrap}tr.first td{border-top:2px solid #b9bfce}
.charts{display:flex;flex-wrap:wrap;gap:1.2rem}figure{margin:0;border:1px solid #e3e6ee;border-radius:6px;padding:.6rem}figcaption{font-weight:600;padding:.2rem .4rem}
figure svg{max-width:100%;height:auto}code{font-size:.9em;overflow-wrap:anywhere}.warn{color:#b3321c}`;

/** Text in HTML, also inside a quoted attribute. */
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const figure = (caption: string, svg: string): string =>
  `<figure role="img" aria-label="${escapeHtml(caption)}"><figcaption>${escapeHtml(caption)}</figcaption>${svg}</figure>`;

const row = (cells: readonly (readonly [string, 'n' | ''])[], first = false): string =>
  `<tr${first ? ' class="first"' : ''}>${cells.map(([text, kind]) => `<td${kind === 'n' ? ' class="n"' : ''}>${text}</td>`).join('')}</tr>`;

const summary = (scorecard: Scorecard): string => {
  const { scaling, conventions, sample } = scorecard;
  const zero = conventions.zeroCells;
  const lines: readonly (readonly [string, string])[] = [
    [
      'Fitted on',
      `${(sample.good + sample.bad).toLocaleString('en-US')} rows, ${sample.bad.toLocaleString('en-US')} of them bad`,
    ],
    [
      'Scale',
      `${scaling.basePoints} points at ${scaling.odds} odds of ${scaling.baseOdds}; ${scaling.pdo} points double the odds of being good`,
    ],
    ['Rounding', scaling.rounding === 'whole' ? 'whole points' : 'none'],
    ['WOE', conventions.woe],
    [
      'Zero cells',
      zero.rule === 'refuse' ? 'refused' : zero.rule === 'add' ? `${zero.by} added to every count` : `replaced by ${zero.by}`,
    ],
    ['Bins without rows', conventions.emptyBin === 'noScore' ? 'no score' : 'no evidence (WOE 0)'],
    ['Ridge penalty', String(sample.l2)],
    ['Model', `<code>${scorecardHash(scorecard)}</code>`],
  ];
  return `<table>${lines.map(([name, value]) => `<tr><th>${name}</th><td>${value.startsWith('<code>') ? value : escapeHtml(value)}</td></tr>`).join('')}</table>`;
};

const evaluationSection = async (evaluation: Evaluation): Promise<string> => {
  const { ranking, calibration } = evaluation;
  const [distribution, ks, calibrated] = await Promise.all([
    distributionChart(evaluation),
    ksChart(evaluation),
    calibrationChart(evaluation),
  ]);
  const figures = `AUC ${ranking.auc.toFixed(4)}, Gini ${ranking.gini.toFixed(4)}, KS ${ranking.ks.toFixed(4)} at ${Number(ranking.ksAt.toFixed(2))} points, Brier score ${calibration.brier.toFixed(4)}`;
  const rows = `${ranking.good.toLocaleString('en-US')} goods and ${ranking.bad.toLocaleString('en-US')} bads scored, ${ranking.withoutScore.toLocaleString('en-US')} rows without a score.`;
  return `<h2>How well it separates</h2>
<p>${figures}. ${rows}</p>
<div class="charts">${[
    figure('Distribution of scores', distribution),
    figure('Kolmogorov–Smirnov', ks),
    figure(`Calibration, with ${Math.round(100 * calibration.confidence)} % intervals`, calibrated),
  ].join('\n')}</div>`;
};

const pointsTable = ({ characteristics, base, scaling }: Scorecard): string => {
  const points = (value: number): string => (scaling.rounding === 'whole' ? String(value) : value.toFixed(2));
  const head = ['characteristic', 'bin', 'goods', 'bads', 'WOE', 'points', 'coefficient (standard error), p'];
  const body = characteristics.flatMap(({ name, bins, coefficient, signOk }) =>
    bins.map((bin, i) =>
      row(
        [
          [i === 0 ? escapeHtml(name) : '', ''],
          [escapeHtml(bin.label), ''],
          [bin.good.toLocaleString('en-US'), 'n'],
          [bin.bad.toLocaleString('en-US'), 'n'],
          [bin.good + bin.bad > 0 ? bin.woe.toFixed(3) : '–', 'n'],
          [bin.points === null ? 'no score' : points(bin.points), 'n'],
          [
            i > 0
              ? ''
              : `${coefficient.estimate.toFixed(3)} (${coefficient.standardError.toFixed(3)}), ${coefficient.pValue < 0.0001 ? '&lt; 0.0001' : coefficient.pValue.toFixed(4)}${signOk ? '' : ' <span class="warn">wrong sign</span>'}`,
            '',
          ],
        ],
        i === 0,
      ),
    ),
  );
  return `<table><thead><tr>${head.map((text, i) => `<th${i > 1 && i < 6 ? ' class="n"' : ''}>${text}</th>`).join('')}</tr></thead><tbody>${row(
    [
      ['everybody', ''],
      ['', ''],
      ['', ''],
      ['', ''],
      ['', ''],
      [points(base), 'n'],
      ['', ''],
    ],
    true,
  )}${body.join('')}</tbody></table>`;
};
