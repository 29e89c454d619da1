import { concatBytes, rowOf, type Watch } from '@vouchsafe/core';
import { type Elements, GENERATOR, type Group, type ScalarBytes } from '@vouchsafe/group';
import { pairTranscript } from './context.ts';
import type { BureauKeys } from './keys.ts';
import { joinRows, rowBytes, rowScalars, splitRows, USE_BLIND } from './rows.ts';

/**
 * Setup step 2: Q = kB·P, C' = 2(C + s·G), D'_j = 2(D_j + s·PK_j). They leave sorted by Q, in whose order the holder cannot tell its customers, and not before all of stream 1 is in.
 * @param jointKeys PK_j, V × 32 bytes
 * @param rows k rows of stream 1 that `receiveRows` accepted
 * @returns k × (V+2) × 32 bytes, in the order of the rows
 */
export const blindRows = async (
  {
    keys,
    jointKeys,
    rows,
    watch,
  }: {
    readonly keys: BureauKeys;
    readonly jointKeys: Elements;
    readonly rows: Elements;
    readonly watch?: Watch | undefined;
  },
  group: Group,
): Promise<Elements> => {
  const slots = jointKeys.length / 32;
  const width = rowBytes(slots);
  const { keys: pseudonyms, rest } = splitRows(rows, slots);
  const randomness = rowScalars({
    seed: keys.seed,
    use: concatBytes(USE_BLIND, pairTranscript(keys.context, jointKeys)),
    count: rows.length / width,
    describe: (i) => rowOf(rows, width, i),
  });
  const [blinded, rerandomised] = await Promise.all([
    group.multiply(pseudonyms, keys.joinScalar.reveal() as ScalarBytes, watch),
    group.doubleRerandomizeRows(rest, randomness, concatBytes(GENERATOR, jointKeys) as Elements, watch),
  ]);
  randomness.fill(0);
  return joinRows(blinded, rerandomised);
};
