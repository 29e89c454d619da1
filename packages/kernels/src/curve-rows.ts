import { concatBytes } from '@vouchsafe/core/bytes';
import { BUCKETS_WORTH, checkScalars, countOf, inBatches, multiplyOneBase, rowsAtOnce, widthOf } from './curve-batches.ts';
import { type CurveModule, SUM_COLUMNS } from './curve-module.ts';
import type { FixedTables } from './fixed-tables.ts';

const SIZE = 32;

/** What rows need from the curve. */
export interface RowCurve {
  readonly module: CurveModule;
  readonly tables: FixedTables;
  /** v·(G/8) for a public v, encoded. */
  readonly eighths: (v: bigint) => Uint8Array;
}

/** Tables of rows of elements: sums, ElGamal encryption, re-randomisation. Documented in {@link Curve}. */
export interface Rows {
  readonly sumRows: (rows: Uint8Array, width: number) => Uint8Array;
  readonly encryptRows: (values: Uint32Array, scalars: Uint8Array, bases: Uint8Array) => Uint8Array;
  readonly doubleRerandomizeRows: (rows: Uint8Array, scalars: Uint8Array, bases: Uint8Array) => Uint8Array;
  readonly multiScalarRows: (rows: Uint8Array, width: number, scalars: Uint8Array, publicScalars?: boolean) => Uint8Array;
  /** Sum accumulators 0 … columns − 1, encoded. */
  readonly takeSums: (columns: number) => Uint8Array;
}

export const createRows = ({ module, tables, eighths }: RowCurve): Rows => {
  const { run, layout } = module;
  const baseAt = (bases: Uint8Array, j: number): Uint8Array => bases.subarray(j * SIZE, (j + 1) * SIZE);
  const placeRows = (rows: Uint8Array, width: number, from: number, to: number): void =>
    module.place(layout.rows, rows, from * width, to * width);
  const decodeColumn = (column: number, width: number, count: number): number => {
    run.gather(column * SIZE, width * SIZE, count);
    return module.decodePlaced(count);
  };
  const takeRows = (out: Uint8Array, width: number, from: number, to: number): void =>
    out.set(module.bytes.subarray(layout.rows, layout.rows + (to - from) * width * SIZE), from * width * SIZE);

  const takeSums: Rows['takeSums'] = (columns) => {
    const n = columns + (columns % 2);
    run.zero(n);
    run.foldSums(0, columns);
    run.encode(n);
    const out = new Uint8Array(columns * SIZE);
    module.take(out, 0, columns);
    return out;
  };

  const sumRows: Rows['sumRows'] = (rows, width) => {
    const count = countOf(rows) / widthOf(width);
    if (!Number.isInteger(count)) throw new RangeError(`${rows.length} bytes are no whole rows of ${width} elements`);
    const out = new Uint8Array(width * SIZE);
    for (let first = 0; first < width; first += SUM_COLUMNS) {
      const columns = Math.min(SUM_COLUMNS, width - first);
      const addColumns = (from: number, to: number): void => {
        placeRows(rows, width, from, to);
        for (let j = 0; j < columns; j++) run.addToSum(j, decodeColumn(first + j, width, to - from));
      };
      run.clearSums(columns);
      inBatches(module, count, addColumns, rowsAtOnce(width));
      out.set(takeSums(columns), first * SIZE);
    }
    return out;
  };

  /** Column j of rows [from, to) of a packed table, decoded. */
  const decodeStrided = (rows: Uint8Array, width: number, j: number, from: number, to: number): number => {
    for (let i = from, at = layout.in; i < to; i++, at += SIZE) {
      const cell = (i * width + j) * SIZE;
      module.bytes.set(rows.subarray(cell, cell + SIZE), at);
    }
    return module.decodePlaced(to - from);
  };

  const multiScalarRows: Rows['multiScalarRows'] = (rows, width, scalars, publicScalars = false) => {
    const count = countOf(scalars);
    if (rows.length !== count * widthOf(width) * SIZE)
      throw new RangeError(`expected one scalar for each row of ${width} elements`);
    if (width > SUM_COLUMNS) throw new RangeError(`at most ${SUM_COLUMNS} columns are summed at once`);
    const recode = (from: number, to: number): number => {
      const n = module.placeScalars(scalars, from, to);
      checkScalars(run.setScalars(n, 0));
      return n;
    };
    run.clearSums(width);
    if (publicScalars && count >= BUCKETS_WORTH)
      for (let j = 0; j < width; j++) {
        run.multiScalarPublicBegin();
        inBatches(module, count, (from, to) => {
          const n = decodeStrided(rows, width, j, from, to);
          if (j === 0) recode(from, to);
          else module.placeScalars(scalars, from, to);
          run.multiScalarPublic(n);
        });
        run.multiScalarPublicEnd(j);
      }
    else
      inBatches(module, count, (from, to) => {
        // One recoding serves all columns.
        recode(from, to);
        for (let j = 0; j < width; j++) run.multiScalarSecret(j, decodeStrided(rows, width, j, from, to));
      });
    return takeSums(width);
  };

  /** The table for values, on G/8: encoding doubles and recoding stands for 2v − const, so v·(G/2) starts from const·(G/8). */
  let valueTable: number | undefined;
  const prepareValues = (): number => {
    if (valueTable !== undefined) return valueTable;
    const [base, start] = [eighths(1n), eighths((1n << BigInt(layout.valueBits)) - 1n)];
    const table = module.allocate(2 * layout.valueTableBytes);
    module.decode(concatBytes(base, base), 0, 2);
    run.makeTables(table, table + layout.valueTableBytes, layout.valueWindows);
    module.decode(concatBytes(start, start), 0, 2);
    run.keepStart();
    valueTable = table;
    return table;
  };

  /** One recoding serves all columns of a batch of rows. */
  const recodedOnce = (scalars: Uint8Array, from: number, to: number, halvings: 1 | 2): (() => void) => {
    let placed = false;
    return () => {
      if (!placed) checkScalars(run.setFixed(module.placeScalars(scalars, from, to), halvings));
      placed = true;
    };
  };

  const encryptRows: Rows['encryptRows'] = (values, scalars, bases) => {
    const count = countOf(scalars);
    const width = widthOf(countOf(bases));
    const slots = width - 1;
    if (values.length !== count * slots) throw new RangeError('encryptRows wants n × V values for n scalars and V + 1 bases');
    const valuesAt = prepareValues();
    const baseTables = tables.ready(bases, count);
    const out = new Uint8Array(count * width * SIZE);
    const beginColumn = (j: number, rows: number, n: number): void => {
      if (j === 0) run.zero(n);
      else {
        run.setValues(rows, j - 1, slots);
        run.begin(n);
        run.addValues(valuesAt, layout.valueWindows, n);
      }
    };
    const encrypt = (from: number, to: number): void => {
      const rows = to - from;
      const n = rows + (rows % 2);
      const recoded = recodedOnce(scalars, from, to, 2);
      module.view32(layout.values, rows * slots).set(values.subarray(from * slots, to * slots));
      for (let j = 0; j < width; j++) {
        const table = baseTables[j];
        beginColumn(j, rows, n);
        if (table === undefined) {
          run.save(n);
          multiplyOneBase(module, baseAt(bases, j), scalars, { from, to, halved: 1 });
          run.addSaved(n, 0);
        } else {
          recoded();
          run.addFixed(table, layout.fixedWindows, n);
        }
        run.encodeDoubled(n);
        run.scatter(j * SIZE, width * SIZE, rows);
      }
      takeRows(out, width, from, to);
    };
    inBatches(module, count, encrypt, rowsAtOnce(width));
    return out;
  };

  const doubleRerandomizeRows: Rows['doubleRerandomizeRows'] = (rows, scalars, bases) => {
    const count = countOf(scalars);
    const width = widthOf(countOf(bases));
    if (rows.length !== count * width * SIZE) throw new RangeError('doubleRerandomizeRows wants one scalar a row');
    const baseTables = tables.ready(bases, count);
    const out = new Uint8Array(rows.length);
    const rerandomize = (from: number, to: number): void => {
      const recoded = recodedOnce(scalars, from, to, 1);
      placeRows(rows, width, from, to);
      for (let j = 0; j < width; j++) {
        const table = baseTables[j];
        const n = decodeColumn(j, width, to - from);
        if (table === undefined) {
          run.save(n);
          multiplyOneBase(module, baseAt(bases, j), scalars, { from, to, halved: 0 });
          run.addSaved(n, 0);
        } else {
          recoded();
          run.addFixed(table, layout.fixedWindows, n);
        }
        run.encodeDoubled(n);
        run.scatter(j * SIZE, width * SIZE, to - from);
      }
      takeRows(out, width, from, to);
    };
    inBatches(module, count, rerandomize, rowsAtOnce(width));
    return out;
  };

  return { sumRows, multiScalarRows, encryptRows, doubleRerandomizeRows, takeSums };
};
