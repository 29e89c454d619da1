export { type Bars, bars } from './bars.ts';
export { figure, size } from './figures.ts';
export { printable } from './printable.ts';
export { type Cell, table } from './table.ts';
