import { type AmountColumn, type Catalogue, type Column, slotsOf } from '@vouchsafe/core';
import { readDecimal, roundToUnit, wholeOf } from './decimal.ts';
import type { RawValue, SourceRecord } from './record-source.ts';
import type { RowFault } from './rejected.ts';

/** What a report counts: a value that was cut to its range, or null. */
export type Noted = 'clamped' | 'empty';
/** What a column's value became. */
type Quantised = 'exact' | Noted | RowFault;

/** Writes records as slot values. */
export interface Quantiser {
  /** V: how many slots a row has, `present` included. */
  readonly slots: number;
  /**
   * Fills the V slots of one row at `at`.
   * @param count called for each column that was clamped or empty, after the whole row was found good
   * @returns the first column at fault and why, or undefined. The slots are not to be used then.
   */
  readonly fill: (
    values: SourceRecord['values'],
    out: Uint32Array,
    at: number,
    count: (column: string, what: Noted) => void,
  ) => { readonly column: string; readonly reason: RowFault } | undefined;
}

/**
 * How values become slots, in exact arithmetic (protocols: the sealed join takes integers in [0, max]):
 * - flag: true, 1 or `'true'` is 1; false, 0 or `'false'` is 0.
 * - count: a whole number ≥ 0; above max it is clamped.
 * - amount: `round(amount / unit) + offset`, halves up, clamped to [0, max]; with squares also `round(value² / squares.unit)` of that value, clamped.
 * - bucket: the slot of the named bucket is 1, the others 0.
 * - null: a flag, count or amount is taken as 0 (so an amount with an offset holds the offset, which the bureau takes off again); a bucket column has no bucket
 *   at all. A lender for whom unknown is not zero says so with a bucket of its own.
 * A record without the key (`undefined`) is at fault: a misspelt column must not become zeros.
 */
export const createQuantiser = (catalogue: Catalogue): Quantiser => {
  const first = new Map<string, number>();
  const slots = slotsOf(catalogue);
  for (const slot of slots) if (!first.has(slot.column)) first.set(slot.column, slot.index);
  const columns = catalogue.columns.map((column) => ({ column, offset: first.get(column.name)! }));
  return {
    slots: slots.length,
    fill: (values, out, at, count) => {
      out.fill(0, at, at + slots.length);
      out[at] = 1;
      const notes: [string, Noted][] = [];
      for (const { column, offset } of columns) {
        const raw = Object.hasOwn(values, column.name) ? values[column.name] : undefined;
        const became = raw === undefined ? 'missing' : fillColumn(column, raw, out, at + offset);
        if (became === 'clamped' || became === 'empty') notes.push([column.name, became]);
        else if (became !== 'exact') return { column: column.name, reason: became };
      }
      for (const [name, what] of notes) count(name, what);
      return undefined;
    },
  };
};

const fillColumn = (column: Column, raw: RawValue, out: Uint32Array, at: number): Quantised => {
  switch (column.kind) {
    case 'flag':
      return fillFlag(raw, out, at);
    case 'count':
      return fillCount(column.max, raw, out, at);
    case 'amount':
      return fillAmount(column, raw, out, at);
    case 'bucket': {
      if (raw === null) return 'empty';
      const index = column.buckets.indexOf(String(raw));
      if (index < 0) return 'unknownValue';
      out[at + index] = 1;
      return 'exact';
    }
  }
};

const YES: readonly RawValue[] = [true, 1, 1n, 'true', '1'];
const NO: readonly RawValue[] = [false, 0, 0n, 'false', '0'];

const fillFlag = (raw: RawValue, out: Uint32Array, at: number): Quantised => {
  if (raw === null) return 'empty';
  if (YES.includes(raw)) out[at] = 1;
  else if (!NO.includes(raw)) return 'notAFlag';
  return 'exact';
};

const fillCount = (max: number, raw: RawValue, out: Uint32Array, at: number): Quantised => {
  if (raw === null) return 'empty';
  const decimal = readDecimal(raw);
  if (decimal === undefined) return 'notADecimal';
  const whole = wholeOf(decimal);
  if (whole === undefined) return 'notWhole';
  if (whole < 0n) return 'negative';
  return put(whole, max, out, at) ? 'exact' : 'clamped';
};

const fillAmount = (column: AmountColumn, raw: RawValue, out: Uint32Array, at: number): Quantised => {
  const decimal = readDecimal(raw ?? 0);
  if (decimal === undefined) return 'notADecimal';
  const exact = put(roundToUnit(decimal, column.unit) + BigInt(column.offset ?? 0), column.max, out, at);
  const { squares } = column;
  const square = squares && roundToUnit({ digits: BigInt(out[at]!) ** 2n, scale: 0 }, squares.unit);
  const exactSquare = square === undefined || put(square, squares!.max, out, at + 1);
  if (raw === null) return 'empty';
  return exact && exactSquare ? 'exact' : 'clamped';
};

/** Clamps to [0, max]. @returns was nothing cut off? */
const put = (value: bigint, max: number, out: Uint32Array, at: number): boolean => {
  const clamped = value < 0n ? 0 : value > BigInt(max) ? max : Number(value);
  out[at] = clamped;
  return BigInt(clamped) === value;
};
