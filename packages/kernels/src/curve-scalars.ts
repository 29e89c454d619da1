import { checkScalars, countOf, inBatches } from './curve-batches.ts';
import type { CurveModule } from './curve-module.ts';

const SIZE = 32;
const WIDE = 64;

/** Arithmetic modulo q on packed scalars (n × 32 bytes, below q), the same work for all values. Documented in {@link Curve}. */
export interface ScalarField {
  readonly multiplyAddScalars: (a: Uint8Array, b: Uint8Array, c: Uint8Array) => Uint8Array;
  readonly dotScalars: (a: Uint8Array, b: Uint8Array) => Uint8Array;
  readonly chainScalars: (start: Uint8Array, factors: Uint8Array, terms: Uint8Array) => Uint8Array;
  readonly reduceWide: (wide: Uint8Array) => Uint8Array;
}

/** How many scalars the longest list has; the others have as many, or one that stands for all. */
const lengthsOf = (...lists: readonly Uint8Array[]): number => {
  const counts = lists.map(countOf);
  const count = counts.every((own) => own === 1) ? 1 : Math.max(...counts.filter((own) => own !== 1));
  if (counts.some((own) => own !== 1 && own !== count)) throw new RangeError(`expected lists of 1 or ${count} scalars`);
  return count;
};

export const createScalarField = (module: CurveModule): ScalarField => {
  const { run, layout } = module;
  const INPUTS = [layout.scalars, layout.factors, layout.terms] as const;

  /** Places inputs [from, to), a single scalar for all of them. */
  const placeInput = (which: 0 | 1 | 2, scalars: Uint8Array, from: number, to: number): void => {
    const at = INPUTS[which];
    if (scalars.length === SIZE) for (let i = 0; i < to - from; i++) module.bytes.set(scalars, at + i * SIZE);
    else module.place(at, scalars, from, to);
    checkScalars(run.checkScalars(which, to - from));
  };
  const takeResults = (out: Uint8Array, from: number, to: number): void =>
    out.set(module.bytes.subarray(layout.results, layout.results + (to - from) * SIZE), from * SIZE);
  return {
    multiplyAddScalars: (a, b, c) => {
      const count = lengthsOf(a, b, c);
      const out = new Uint8Array(count * SIZE);
      inBatches(module, count, (from, to) => {
        for (const [which, list] of [a, b, c].entries()) placeInput(which as 0 | 1 | 2, list, from, to);
        run.multiplyAdd(to - from);
        takeResults(out, from, to);
      });
      return out;
    },
    dotScalars: (a, b) => {
      const count = lengthsOf(a, b);
      const sum = new Uint8Array(SIZE);
      inBatches(module, count, (from, to) => {
        placeInput(0, a, from, to);
        placeInput(1, b, from, to);
        module.bytes.set(sum, layout.terms);
        run.dot(to - from);
        takeResults(sum, 0, 1);
      });
      return sum;
    },
    chainScalars: (start, factors, terms) => {
      if (start.length !== SIZE) throw new RangeError('a chain starts from one scalar');
      const count = lengthsOf(factors, terms);
      const out = new Uint8Array(count * SIZE);
      inBatches(module, count, (from, to) => {
        placeInput(1, factors, from, to);
        placeInput(2, terms, from, to);
        module.bytes.set(from === 0 ? start : out.subarray((from - 1) * SIZE, from * SIZE), layout.scalars);
        checkScalars(run.checkScalars(0, 1));
        run.chain(to - from);
        takeResults(out, from, to);
      });
      return out;
    },
    reduceWide: (wide) => {
      const count = wide.length / WIDE;
      if (!Number.isInteger(count)) throw new RangeError(`expected whole numbers of ${WIDE} bytes, got ${wide.length} bytes`);
      const out = new Uint8Array(count * SIZE);
      inBatches(module, count, (from, to) => {
        module.bytes.set(wide.subarray(from * WIDE, to * WIDE), layout.in);
        run.reduceWide(to - from);
        takeResults(out, from, to);
      });
      return out;
    },
  };
};
