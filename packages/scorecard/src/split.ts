import { csprng, type Rng } from '@vouchsafe/core';

/** Positions of the rows of two parts, each ascending. */
export interface Split {
  readonly train: Uint32Array;
  readonly test: Uint32Array;
}

/**
 * Splits rows into a training and a test part at random, without replacement (the first steps of Fisher and Yates's shuffle). With a seeded generator it is
 * reproducible.
 * @param testShare the test part has ⌊testShare · rows⌋ rows
 * @throws RangeError for a share outside [0, 1], or 2^32 rows or more
 */
export const splitRows = (
  { rows, testShare }: { readonly rows: number; readonly testShare: number },
  rng: Rng = csprng,
): Split => {
  if (!(testShare >= 0 && testShare <= 1)) throw new RangeError('the test share lies between 0 and 1');
  if (!Number.isSafeInteger(rows) || rows < 0 || rows >= 2 ** 32) throw new RangeError('rows is a whole number below 2^32');
  const order = Uint32Array.from({ length: rows }, (_, i) => i);
  const tests = Math.floor(testShare * rows);
  const draw = uniform(rng);
  for (let i = 0; i < tests; i++) {
    const j = i + draw(rows - i);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return { test: order.slice(0, tests).sort(), train: order.slice(tests).sort() };
};

/** Words are taken from the generator so many at a time. */
const WORDS = 1024;

/** Uniform whole numbers in [0, n), by rejection. */
const uniform = (rng: Rng): ((n: number) => number) => {
  let words: DataView = new DataView(new ArrayBuffer(0));
  let at = 0;
  const next = (): number => {
    if (at === words.byteLength) {
      const bytes = rng(4 * WORDS);
      words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      at = 0;
    }
    at += 4;
    return words.getUint32(at - 4);
  };
  return (n) => {
    const limit = 2 ** 32 - (2 ** 32 % n);
    for (;;) {
      const word = next();
      if (word < limit) return word % n;
    }
  };
};
