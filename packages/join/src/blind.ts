import { concatBytes, createPace, E, type Either, type Watch } from '@vouchsafe/core';
import { type BadElement, ELEMENT_BYTES, type Elements, GENERATOR, type Group, type ScalarBytes } from '@vouchsafe/group';
import { pairTranscript } from './context.ts';
import type { BureauKeys } from './keys.ts';
import { ascends, type BadRows, orderByKey, permuteRows, rowBytes, rowElements, rowScalars, USE_BLIND } from './rows.ts';
import { withKeys } from './seal.ts';

/** The bureau's side of the two setup streams: takes chunks of stream 1 in their order, and has stream 2 when all are in. */
export interface Blinder {
  /** Rows taken so far. */
  readonly taken: number;
  /**
   * Takes the next chunk of stream 1, k × (V+2) × 32 bytes: each element is checked, the keys P must ascend over the whole stream.
   * After an error the blinder takes no more.
   */
  take(chunk: Uint8Array, watch?: Watch): Promise<Either<BadElement | BadRows, void>>;
  /** Stream 2, n × (V+2) × 32 bytes, ascending by Q; an error while rows are missing: nothing leaves before stream 1 is complete. */
  finish(): Promise<Either<BadRows, Elements>>;
}

/**
 * Setup step 2: Q = kB·P, C' = 2(C + s·G), D'_j = 2(D_j + s·PK_j), in the order of Q, in which the holder cannot tell its customers.
 * @param rows n, as the holder announced
 */
export const createBlinder = (
  {
    keys,
    jointKeys,
    rows,
    slots,
  }: { readonly keys: BureauKeys; readonly jointKeys: Elements; readonly rows: number; readonly slots: number },
  group: Group,
): Blinder => {
  const width = rowElements(slots);
  const bytes = rowBytes(slots);
  const bases = concatBytes(GENERATOR, jointKeys) as Elements;
  const use = concatBytes(USE_BLIND, pairTranscript(keys.context, jointKeys));
  const done: Elements[] = [];
  let taken = 0;
  let last: Uint8Array | undefined;

  const take: Blinder['take'] = async (chunk, watch) => {
    const form = checkForm(chunk);
    if (E.isLeft(form)) return form;
    const received = await group.receive(chunk, watch);
    if (E.isLeft(received)) return E.left({ ...received.left, message: `stream 1 from row ${taken}: ${received.left.message}` });
    const count = chunk.length / bytes;
    const { keys: pseudonyms, rest } = splitRows(received.right, width);
    const randomness = rowScalars({
      seed: keys.seed,
      use,
      count,
      describe: (i) => received.right.subarray(i * bytes, (i + 1) * bytes),
    });
    const blinded = await group.multiply(pseudonyms, keys.joinScalar.reveal() as ScalarBytes, watch);
    const rerandomised = await group.doubleRerandomizeRows(rest, randomness, bases, watch);
    randomness.fill(0);
    done.push(withKeys(blinded, rerandomised, width));
    last = pseudonyms.slice(-ELEMENT_BYTES);
    taken += count;
    return E.right(undefined);
  };

  const checkForm = (chunk: Uint8Array): Either<BadRows, void> => {
    const count = chunk.length / bytes;
    if (!Number.isInteger(count) || count === 0) return E.left(badRows(taken, `expected whole rows of ${bytes} bytes`));
    if (taken + count > rows) return E.left(badRows(rows, `more rows than the ${rows} announced`));
    for (let i = 0, before = last; i < count; i++) {
      const key = chunk.subarray(i * bytes, i * bytes + ELEMENT_BYTES);
      if (!ascends(before, key)) return E.left(badRows(taken + i, 'its key is not above the one before it'));
      before = key;
    }
    return E.right(undefined);
  };

  return {
    get taken() {
      return taken;
    },
    take,
    finish: async () => {
      if (taken !== rows) return E.left(badRows(taken, `the stream ended before the ${rows} rows announced`));
      const all = new Uint8Array(rows * bytes) as Elements;
      const pace = createPace();
      let at = 0;
      for (const chunk of done) {
        all.set(chunk, at);
        at += chunk.length;
        if (pace.due()) await pace.rest();
      }
      return E.right(await permuteRows(all, bytes, await orderByKey(all, bytes)));
    },
  };
};

export const badRows = (row: number, why: string): BadRows => ({ _tag: 'BadRows', row, message: `row ${row}: ${why}` });

/** Takes rows apart into their keys and the rest. @param rows n × width × 32 bytes */
const splitRows = (rows: Elements, width: number): { readonly keys: Elements; readonly rest: Elements } => {
  const count = rows.length / (width * ELEMENT_BYTES);
  const keys = new Uint8Array(count * ELEMENT_BYTES);
  const rest = new Uint8Array(count * (width - 1) * ELEMENT_BYTES);
  for (let i = 0; i < count; i++) {
    const row = rows.subarray(i * width * ELEMENT_BYTES, (i + 1) * width * ELEMENT_BYTES);
    keys.set(row.subarray(0, ELEMENT_BYTES), i * ELEMENT_BYTES);
    rest.set(row.subarray(ELEMENT_BYTES), i * (width - 1) * ELEMENT_BYTES);
  }
  return { keys: keys as Elements, rest: rest as Elements };
};
