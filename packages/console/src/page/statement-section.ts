import type { Statement } from '@vouchsafe/audit/statement';
import { toNumber } from '@vouchsafe/core';
import type { Snapshot } from '../snapshot.ts';
import { type Html, html, table } from './html.ts';
import { figure, kindName, moment, noPurpose, whole } from './words.ts';

/** What the holder contributed in a month, with a choice of months. */
export const statementSection = ({
  statement: shown,
  months,
}: Snapshot): Html => html`<section id="statement" aria-labelledby="statement-title"><h2 id="statement-title">Statement</h2>
<form class="choice" method="get" action="/#statement"><label for="month">Month</label>
<select id="month" name="month">${months.map((month) => html`<option${month === shown.month && html` selected`}>${month}</option>`)}</select>
<button>Show</button> <a href="/statement?month=${shown.month}">To print</a></form>
${shown.state === 'there' && statementTable(shown.statement)}
${shown.state === 'pending' && html`<p role="status">The log is being read for ${shown.month}.</p>`}
${shown.state === 'failed' && html`<p class="bad">There is no statement for ${shown.month}: ${shown.message}.</p>`}
</section>`;

/** The figures that an auditor's signed statement of this period has when it counts the same answers. */
export const statementTable = ({ holder, federation, from, to, lines, unacknowledged }: Statement): Html => {
  const rows = lines.map(({ querier, kind, purpose, queries, subjects, columns, charge, rho }) => [
    querier,
    kindName(kind),
    purpose ?? noPurpose,
    ...[queries, subjects, columns].map((value) => ({ figure: whole(value) })),
    { figure: figure(toNumber(charge)) },
    { figure: figure(rho ? toNumber(rho) : 0) },
  ]);
  const head = ['Querier', 'Kind', 'Purpose', 'Queries', 'People asked about', 'Columns', 'ε', 'ρ'];
  const caption = `What ${holder} contributed to ${federation}, ${moment(from * 1000).slice(0, 10)} to before ${moment(to * 1000).slice(0, 10)} (UTC)`;
  return html`${rows.length === 0 ? html`<p>${caption}: nothing that a querier has counter-signed.</p>` : table({ caption, head, rows })}
<p class="quiet">Counted are answers that their querier counter-signed${unacknowledged > 0 && html`; <strong>${whole(unacknowledged)}</strong> more were not, and are in no line`}. By the holder’s own account: the auditor signs statements, with <code>vouchsafe statement</code>.</p>`;
};
