import Table from 'cli-table3';
import { printable } from './printable.ts';

/** A cell; with `rows` it stands for its column in that many rows, and the rows below leave it out. */
export type Cell = string | { readonly text: string; readonly rows: number };

/** A table with a header row, as text without a newline at its end. Cells may have several lines. */
export const table = (head: readonly string[], rows: readonly (readonly Cell[])[]): string => {
  const drawn = new Table({ head: [...head], style: { head: [], border: [] } });
  for (const row of rows)
    drawn.push(row.map((cell) => (typeof cell === 'string' ? clean(cell) : { content: clean(cell.text), rowSpan: cell.rows })));
  return drawn.toString();
};

const clean = (text: string): string => text.split('\n').map(printable).join('\n');
