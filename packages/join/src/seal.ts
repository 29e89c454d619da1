import { concatBytes, createPace, rowOf, type Watch } from '@vouchsafe/core';
import { ELEMENT_BYTES, type Elements, GENERATOR, type Group, type ScalarBytes } from '@vouchsafe/group';
import { pairTranscript } from './context.ts';
import type { HolderKeys } from './keys.ts';
import { pseudonymsOf } from './pseudonyms.ts';
import { orderByKey, permuteRows, rowElements, rowScalars, USE_PADDING, USE_SEAL } from './rows.ts';

/** A holder's subjects, ready to seal. */
export interface Subjects {
  /** n canonical identifiers, each once. */
  readonly ids: readonly Uint8Array[];
  /** n × V slot values, `present` (1) first. */
  readonly values: Uint32Array;
}

/** Stream 1 before its values are encrypted: pseudonyms in their order, with the values that belong to them. */
export interface SealPlan {
  /** Rows, padding included. */
  readonly rows: number;
  readonly slots: number;
  /** P, rows × 32 bytes, ascending. */
  readonly pseudonyms: Elements;
  /** rows × V values in the order of the pseudonyms; a padding row holds zeros. */
  readonly values: Uint32Array;
}

/** n rounded up to the declared step, so that a holder's growth does not show in every epoch. At least one step. */
export const paddedRows = (subjects: number, step: number): number => Math.max(step, Math.ceil(subjects / step) * step);

/**
 * Setup step 1, first half: P = kH·Hash(id) for every subject, random elements for the padding rows, sorted by encoding: the order then tells nothing
 * about the holder's own.
 * @param rows from {@link paddedRows}
 */
export const planSeal = async (
  {
    keys,
    subjects,
    rows,
    slots,
    watch,
  }: {
    readonly keys: HolderKeys;
    readonly subjects: Subjects;
    readonly rows: number;
    readonly slots: number;
    readonly watch?: Watch | undefined;
  },
  group: Group,
): Promise<SealPlan> => {
  const real = subjects.ids.length;
  if (rows < real || subjects.values.length !== real * slots)
    throw new RangeError('planSeal wants n × V values and at least n rows');
  const scalar = keys.joinScalar.reveal() as ScalarBytes;
  const pseudonyms = await pseudonymsOf({ context: keys.context, ids: subjects.ids, scalar, watch }, group);
  // A padding row is a random element: like P under DDH. It comes from the seed, so that a resumed stream has the same ones.
  const padding = rowScalars({
    seed: keys.seed,
    use: concatBytes(USE_PADDING, pairTranscript(keys.context)),
    count: rows - real,
    describe: (i) => new Uint8Array(Uint32Array.of(i).buffer),
  });
  const all = concatBytes(pseudonyms, await group.multiplyBase(GENERATOR, padding, watch)) as Elements;
  const order = await orderByKey(all, ELEMENT_BYTES);
  const values = new Uint32Array(rows * slots);
  const pace = createPace();
  for (const [to, from] of order.entries()) {
    if (from < real) values.set(subjects.values.subarray(from * slots, (from + 1) * slots), to * slots);
    if (pace.due()) await pace.rest();
  }
  return { rows, slots, pseudonyms: await permuteRows(all, ELEMENT_BYTES, order), values };
};

/**
 * Setup step 1, second half: rows [from, to) of stream 1: P, C = r·G, D_j = v_j·(G/2) + r·PK_j. The same rows come out whenever they are asked for.
 * @param jointKeys PK_j, V × 32 bytes
 * @returns (to − from) × (V+2) × 32 bytes
 */
export const sealRows = async (
  {
    keys,
    jointKeys,
    plan,
    from,
    to,
  }: {
    readonly keys: HolderKeys;
    readonly jointKeys: Elements;
    readonly plan: SealPlan;
    readonly from: number;
    readonly to: number;
  },
  group: Group,
): Promise<Elements> => {
  const { slots } = plan;
  const values = plan.values.slice(from * slots, to * slots);
  const pseudonyms = plan.pseudonyms.subarray(from * ELEMENT_BYTES, to * ELEMENT_BYTES) as Elements;
  const randomness = rowScalars({
    seed: keys.seed,
    use: concatBytes(USE_SEAL, pairTranscript(keys.context, jointKeys)),
    count: to - from,
    describe: (i) =>
      concatBytes(rowOf(pseudonyms, ELEMENT_BYTES, i), new Uint8Array(values.slice(i * slots, (i + 1) * slots).buffer)),
  });
  const encrypted = await group.encryptRows(values, randomness, concatBytes(GENERATOR, jointKeys) as Elements);
  randomness.fill(0);
  values.fill(0);
  return withKeys(pseudonyms, encrypted, rowElements(slots));
};

/** Puts each row's key in front of its ciphertext. @param rest n × (width − 1) × 32 bytes */
export const withKeys = (keys: Elements, rest: Elements, width: number): Elements => {
  const rows = keys.length / ELEMENT_BYTES;
  const restBytes = (width - 1) * ELEMENT_BYTES;
  const out = new Uint8Array(rows * width * ELEMENT_BYTES);
  for (let i = 0; i < rows; i++) {
    out.set(keys.subarray(i * ELEMENT_BYTES, (i + 1) * ELEMENT_BYTES), i * width * ELEMENT_BYTES);
    out.set(rest.subarray(i * restBytes, (i + 1) * restBytes), i * width * ELEMENT_BYTES + ELEMENT_BYTES);
  }
  return out as Elements;
};
