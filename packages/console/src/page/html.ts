/** Markup: made by {@link html} only, so that text never becomes markup by mistake. */
export interface Html {
  readonly markup: string;
}

type Part = Html | string | number | undefined | false | readonly Part[];

/** Text in HTML, also inside a quoted attribute. */
const escaped = (text: string): string => text.replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);

const print = (part: Part): string => {
  if (part === undefined || part === false) return '';
  if (typeof part === 'object') return 'markup' in part ? part.markup : part.map(print).join('');
  return escaped(String(part));
};

/** A template whose values are escaped, unless they are markup themselves. Attributes must be quoted. */
export const html = (texts: TemplateStringsArray, ...parts: readonly Part[]): Html => ({
  markup: texts.map((text, i) => text + (i < parts.length ? print(parts[i]) : '')).join(''),
});

/** Markup that a library of ours drew, which escapes what it is given. */
export const drawn = (svg: string): Html => ({ markup: svg });

/** A cell: text, markup, or a figure, which stands right. */
export type Cell = string | Html | { readonly figure: string };

/** A table with a caption, in a box that scrolls sideways where it is too wide; the first column names the row. */
export const table = ({
  caption,
  head,
  rows,
}: {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}): Html => {
  const isFigure = (i: number): boolean => rows.some((row) => typeof row[i] === 'object' && 'figure' in (row[i] as object));
  const th = (text: string, i: number): Html =>
    isFigure(i) ? html`<th scope="col" class="n">${text}</th>` : html`<th scope="col">${text}</th>`;
  const td = (cell: Cell, i: number): Html => {
    if (i === 0) return html`<th scope="row">${cell as string | Html}</th>`;
    return typeof cell === 'object' && 'figure' in cell ? html`<td class="n">${cell.figure}</td>` : html`<td>${cell}</td>`;
  };
  return html`<div class="table" tabindex="0" role="region" aria-label="${caption}"><table>
<caption>${caption}</caption>
<thead><tr>${head.map(th)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map(td)}</tr>\n`)}</tbody>
</table></div>`;
};
