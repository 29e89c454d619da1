import type { BudgetStatus, EpochStatus, TableStatus } from '@vouchsafe/holder';
import { kindNames, purposeNames } from '../plots/specs.ts';
import type { Snapshot } from '../snapshot.ts';
import { drawn, type Html, html, table } from './html.ts';
import { budgetName, figure, kindName, moment, noPurpose, reasonMeaning, stageName, whole } from './words.ts';

/** A chart with what it shows in words; nothing when it could not be drawn: the table beside says the same. */
export const chart = (svg: string | undefined, caption: string, names: readonly string[] = []): Html =>
  svg === undefined
    ? html``
    : html`<figure>${names.length > 0 && legend(names)}${drawn(svg)}<figcaption>${caption}</figcaption></figure>`;

/** What the colours of a chart stand for: the style sheet has them by number. */
const legend = (names: readonly string[]): Html =>
  html`<ul class="legend" aria-hidden="true">${names.map((name, i) => html`<li class="series-${i}">${name}</li>`)}</ul>`;

const section = (id: string, title: string, parts: readonly Html[]): Html =>
  html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>
${parts}</section>`;

const beside = (figure: Html, words: Html): Html => html`<div class="beside">${figure}<div>${words}</div></div>`;

/** What a reader looks for first. */
export const tiles = ({ status, activity, refusals, now }: Snapshot): Html => {
  const answering = status?.epochs[0];
  const state = !status ? 'store cannot be read' : !answering?.loaded ? 'not ready: records are not loaded' : 'ready';
  const used = (status?.epochs[0]?.budgets ?? []).filter(({ left }) => left === 0).length;
  const tile = (name: string, value: string, more: string, bad = false): Html =>
    html`<div class="tile${bad && ' bad'}"><dt>${name}</dt><dd><strong>${value}</strong><span>${more}</span></dd></div>`;
  return html`<dl class="tiles">
${tile('State', state, status ? `federation ${status.federation}, file no. ${status.serial}` : 'look into the log', state !== 'ready')}
${tile('Epoch', answering ? whole(answering.epoch) : '–', status && status.epochs.length > 1 ? 'the next one is being made ready' : 'answers now')}
${tile('Answered', whole(activity.lines.reduce((sum, { queries }) => sum + queries, 0)), activity.complete ? 'queries, by the log' : 'queries, still counting')}
${tile('Refused', whole(refusals.reduce((sum, { requests }) => sum + requests, 0)), 'requests, since the console opened')}
${tile('Used up', whole(used), used === 1 ? 'budget of this epoch' : 'budgets of this epoch', used > 0)}
</dl>
<p class="quiet">As of <time datetime="${new Date(now).toISOString()}">${moment(now)}</time>.</p>`;
};

/** @param charts one for each epoch */
export const budgets = ({ status }: Snapshot, charts: readonly (string | undefined)[]): Html => {
  if (!status) return section('budgets', 'Budgets left', [html`<p>The store cannot be read.</p>`]);
  const epochs = status.epochs.map(({ epoch, budgets: all }, i) => {
    if (all.length === 0) return html`<p>Epoch ${epoch}: the policy grants nobody anything.</p>`;
    const rows = all.map((one) => [
      one.bureau,
      budgetName(one.budget),
      { figure: figure(one.left) },
      { figure: figure(one.cap) },
      leftWords(one),
    ]);
    const caption = `Epoch ${epoch}: what each querier has left`;
    return beside(
      chart(charts[i], `Share of each budget that is left in epoch ${epoch}; orange: less than a tenth.`),
      table({ caption, head: ['Querier', 'Budget', 'Left', 'Of', 'Share'], rows }),
    );
  });
  return section('budgets', 'Budgets left', epochs);
};

const leftWords = ({ cap, left }: BudgetStatus): Html =>
  left === 0 ? html`<strong class="bad">used up</strong>` : html`${Math.floor((100 * left) / cap)} %`;

export const queries = (
  { activity, now }: Snapshot,
  charts: { readonly purposes: string | undefined; readonly days: string | undefined },
): Html => {
  const { lines, complete, entries, days } = activity;
  const still = complete ? html`` : html`<p role="status">The log is being read: ${whole(entries)} entries so far.</p>`;
  if (lines.length === 0) return section('queries', 'Queries by purpose', [still, html`<p>Nothing was answered yet.</p>`]);
  const byPurpose = [...lines].sort((a, b) => (`${a.purpose} ${a.kind}` < `${b.purpose} ${b.kind}` ? -1 : 1));
  const rows = byPurpose.map(({ querier, kind, purpose, queries: count, subjects, last }) => [
    purpose || noPurpose,
    kindName(kind),
    querier,
    { figure: whole(count) },
    { figure: whole(subjects) },
    moment(last * 1000).slice(0, 16),
  ]);
  const head = ['Purpose', 'Kind', 'Querier', 'Queries', 'People asked about', 'Last (UTC)'];
  const words = html`${table({ caption: 'Answered queries since the log began', head, rows })}
<p class="quiet">People are counted each time that they are asked about. Who they were this holder cannot tell: they come blinded.</p>`;
  return section('queries', 'Queries by purpose', [
    still,
    beside(
      html`<div>${chart(charts.purposes, 'Answered queries by purpose and kind.', kindNames(lines))}${chart(charts.days, 'The last 14 days, by day (UTC).', purposeNames(days, now / 1000))}</div>`,
      words,
    ),
  ]);
};

export const refused = ({ refusals, since }: Snapshot, svg: string | undefined): Html => {
  const from = html`<p class="quiet">Counted since ${moment(since)}, when this console opened.</p>`;
  if (refusals.length === 0) return section('refusals', 'Refusals by reason', [html`<p>Nothing was refused.</p>`, from]);
  const rows = refusals.map(({ reason, member, requests, last }) => [
    html`<code>${reason}</code>`,
    html`<span class="words">${reasonMeaning(reason)}</span>`,
    member ?? 'strangers',
    { figure: whole(requests) },
    moment(last).slice(0, 16),
  ]);
  const words = html`${table({ caption: 'Refused requests', head: ['Reason', 'Meaning', 'From', 'Requests', 'Last (UTC)'], rows })}${from}`;
  return section('refusals', 'Refusals by reason', [beside(chart(svg, 'Refused requests by reason.'), words)]);
};

export const epochs = ({ status }: Snapshot): Html => {
  if (!status) return section('epochs', 'Epochs and sealing', [html`<p>The store cannot be read.</p>`]);
  const rows = status.epochs.flatMap((epoch, i) => epochRows(epoch, i === 0));
  const head = ['Epoch', 'State', 'Querier', 'Scheme', 'Table', 'Rows', 'Returned by the querier'];
  return section('epochs', 'Epochs and sealing', [
    table({ caption: 'Tables of the live epochs', head, rows }),
    html`<p class="quiet">Rows count the padding. A table is in use when its querier has returned every row and proved that it only shuffled them.</p>`,
  ]);
};

const epochRows = (
  { epoch, loaded, tables }: EpochStatus,
  first: boolean,
): readonly (readonly (string | Html | { readonly figure: string })[])[] => {
  const state = !loaded ? 'records are not loaded' : first ? 'answers' : 'made ready';
  if (tables.length === 0) return [[String(epoch), state, '–', '–', 'no querier has totals', { figure: '0' }, '–']];
  return tables.map((one) => [
    String(epoch),
    state,
    one.bureau,
    one.scheme,
    stageOf(one),
    { figure: whole(one.rows) },
    progressOf(one),
  ]);
};

const stageOf = ({ stage }: TableStatus): Html =>
  stage === 'refused' ? html`<strong class="bad">${stageName(stage)}</strong>` : html`${stageName(stage)}`;

const progressOf = ({ bureau, scheme, stage, rows, accepted }: TableStatus): Html => {
  const done = stage === 'sealed' ? rows : accepted;
  const percent = rows === 0 ? 0 : Math.floor((100 * done) / rows);
  return html`<span class="progress"><progress max="100" value="${percent}" aria-label="${bureau}, ${scheme}: rows returned"></progress> ${percent} %</span>`;
};
