/** Text in HTML, also inside a quoted attribute. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** A cell: text, or a number that stands right. */
export type Cell = string | { readonly n: string };

/** A table with a head. Everything is escaped. */
export const table = (head: readonly string[], rows: readonly (readonly Cell[])[]): string => {
  const numeric = head.map((_, i) => rows.some((row) => typeof row[i] === 'object'));
  const th = head.map((text, i) => `<th${numeric[i] ? ' class="n"' : ''}>${escapeHtml(text)}</th>`).join('');
  const td = (cell: Cell): string =>
    typeof cell === 'string' ? `<td>${escapeHtml(cell)}</td>` : `<td class="n">${escapeHtml(cell.n)}</td>`;
  const body = rows.map((row) => `<tr>${row.map(td).join('')}</tr>`).join('\n');
  return `<div class="table"><table><thead><tr>${th}</tr></thead><tbody>\n${body}\n</tbody></table></div>`;
};

/** A paragraph. */
export const p = (text: string): string => `<p>${escapeHtml(text)}</p>`;

const STYLE = `:root{color-scheme:light dark;--paper:#fff;--ink:#24292f;--quiet:#57606a;--line:#dde2e7;--head:#f4f6f8;--warn:#a33b00}
@media (prefers-color-scheme:dark){:root{--paper:#0d1117;--ink:#e6edf3;--quiet:#9aa4af;--line:#30363d;--head:#161b22;--warn:#ff8c42}}
body{font:15px/1.5 Helvetica,Arial,sans-serif;color:var(--ink);background:var(--paper);max-width:1180px;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem}h2{font-size:1.25rem;margin-top:2.4rem}p{max-width:62rem}
.table{overflow-x:auto;margin:.8rem 0}table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.92em}
th,td{padding:.22rem .7rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}th{background:var(--head);font-weight:600}
td.n,th.n{text-align:right;white-space:nowrap}.charts{display:flex;flex-wrap:wrap;gap:1.2rem;align-items:flex-start}
figure{margin:0;border:1px solid var(--line);border-radius:6px;padding:.7rem;max-width:100%;box-sizing:border-box}
figcaption{color:var(--quiet);font-size:.9em;max-width:40rem}figcaption b{color:var(--ink);display:block;font-size:1.1em}
figure svg{max-width:100%;height:auto}.warn{color:var(--warn);font-weight:600}code{overflow-wrap:anywhere}`;

/** A page that needs nothing else: no script, and its content security policy loads nothing. @param darkRules of the charts */
export const page = (title: string, darkRules: string, sections: readonly string[]): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${STYLE}
@media (prefers-color-scheme:dark){${darkRules.replaceAll(/\[(fill|stroke)=/g, 'svg [$1=')}}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
${sections.join('\n')}
</body>
</html>
`;
