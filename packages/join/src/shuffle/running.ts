import { concatBytes } from '@vouchsafe/core';
import {
  ELEMENT_BYTES,
  type ElementBytes,
  type Elements,
  elementAt,
  type Group,
  type ScalarBytes,
  toScalar,
} from '@vouchsafe/group';

export const ZERO: ScalarBytes = toScalar(0);
export const ONE: ScalarBytes = toScalar(1);
export const TWO: ScalarBytes = toScalar(2);

/** Sums of elements, chunk by chunk, in `width` columns. */
export interface RunningSums {
  add(sums: Elements): void;
  /** The sum of column `column`, 32 bytes. */
  total(column?: number): Promise<ElementBytes>;
}

export const runningSums = (width: number, group: Group): RunningSums => {
  const parts: Uint8Array[] = [];
  return {
    add: (sums) => void parts.push(sums.slice(0, width * ELEMENT_BYTES)),
    total: async (column = 0) => elementAt(await group.sumRows(concatBytes(...parts) as Elements, width), column),
  };
};

/** A sum of scalars. */
export interface RunningScalar {
  add(scalar: ScalarBytes): void;
  readonly value: ScalarBytes;
}

export const runningScalar = (group: Group): RunningScalar => {
  let value = ZERO;
  return {
    add: (scalar) => {
      value = group.multiplyAddScalars(scalar, ONE, value);
    },
    get value() {
      return value;
    },
  };
};

/** Each value one place later, `first` before them: x_(i−1) where x_i was. */
export const delayed = <T extends Uint8Array>(first: T, values: T): T =>
  concatBytes(first, values.subarray(0, values.length - ELEMENT_BYTES)) as unknown as T;

/** The last of some values. */
export const lastOf = <T extends Uint8Array>(values: T): T => values.slice(values.length - ELEMENT_BYTES) as T;
