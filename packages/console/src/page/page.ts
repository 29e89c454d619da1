import type { Snapshot } from '../snapshot.ts';
import { type Html, html } from './html.ts';
import { logSection } from './log-section.ts';
import { budgets, epochs, queries, refused, tiles } from './sections.ts';
import { statementSection, statementTable } from './statement-section.ts';

/** The charts of a page, as SVG; none where one could not be drawn. */
export interface Charts {
  /** One for each live epoch. */
  readonly budgets: readonly (string | undefined)[];
  readonly purposes: string | undefined;
  readonly days: string | undefined;
  readonly refusals: string | undefined;
}

/** Paths of what a page loads, all of the console itself. */
export const ASSETS = { style: '/console.css', script: '/console.js' } as const;

const frame = (title: string, body: Html): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${ASSETS.style}">
<script type="module" src="${ASSETS.script}"></script>
</head>
${body}
</html>
`.markup;

/** The console's one page. */
export const consolePage = (snapshot: Snapshot, charts: Charts): string => {
  const { holder } = snapshot;
  return frame(
    `${holder} – holder’s console`,
    html`<body>
<a class="skip" href="#main">To the content</a>
<header><h1>${holder} <span>holder’s console</span></h1>
<nav aria-label="Sections"><a href="#budgets">Budgets</a> <a href="#queries">Queries</a> <a href="#refusals">Refusals</a> <a href="#epochs">Epochs</a> <a href="#log">Log</a> <a href="#statement">Statement</a></nav>
<p class="refresh"><a href="/">Refresh</a> <label hidden><input type="checkbox" id="follow" checked> every 5 seconds</label> <span id="trouble" role="status"></span></p></header>
<main id="main" tabindex="-1">
${tiles(snapshot)}
${budgets(snapshot, charts.budgets)}
${queries(snapshot, charts)}
${refused(snapshot, charts.refusals)}
${epochs(snapshot)}
${logSection(snapshot)}
${statementSection(snapshot)}
</main>
<footer><p>On this page are names of members and purposes, and counts. There is no identifier, no key, and nothing that depends on who is in a table. Not yet audited.</p></footer>
</body>`,
  );
};

/** The statement alone, for paper. */
export const statementPage = ({ holder, statement: shown }: Snapshot): string =>
  frame(
    `${holder}, ${shown.month} – statement`,
    html`<body>
<main id="main">
<h1>${holder} <span>statement of ${shown.month}</span></h1>
${shown.state === 'there' && statementTable(shown.statement)}
${shown.state === 'pending' && html`<p>The log is being read: load this page again in a moment.</p>`}
${shown.state === 'failed' && html`<p class="bad">There is no statement for ${shown.month}: ${shown.message}.</p>`}
<p class="screen"><a href="/?month=${shown.month}#statement">Back to the console</a></p>
</main>
</body>`,
  );
