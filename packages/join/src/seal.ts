import { concatBytes, i2osp, rowOf, type Watch } from '@vouchsafe/core';
import { ELEMENT_BYTES, type Elements, GENERATOR, type Group, type Scalars } from '@vouchsafe/group';
import { pairTranscript } from './context.ts';
import type { HolderJoin } from './keys.ts';
import { joinRows, rowScalars, USE_PADDING, USE_SEAL } from './rows.ts';

/** Rows of stream 1 before their values are encrypted. */
export interface PlainRows {
  /** P, k × 32 bytes. */
  readonly pseudonyms: Elements;
  /** k × V slot values, `present` first; a padding row has zeros. */
  readonly values: Uint32Array;
}

/** n rounded up to the declared step, so that a holder's growth does not show in every epoch. At least one step. */
export const paddedRows = (subjects: number, step: number): number => Math.max(step, Math.ceil(subjects / step) * step);

/**
 * Keys of padding rows [from, from + count): random elements, like P under DDH. They come from the seed, so that a resumed stream has the same ones.
 * @returns count × 32 bytes
 */
export const paddingPseudonyms = async (
  {
    keys,
    from,
    count,
    watch,
  }: { readonly keys: HolderJoin; readonly from: number; readonly count: number; readonly watch?: Watch | undefined },
  group: Group,
): Promise<Elements> => {
  const scalars = paddingScalars(keys, { from, count }, group);
  const out = await group.multiplyBase(GENERATOR, scalars, watch);
  scalars.fill(0);
  return out;
};

/** The scalars s of padding rows [from, from + count), whose keys are s·G: shown to the auditor, they show that a row is padding. count × 32 bytes. */
export const paddingScalars = (
  keys: HolderJoin,
  { from, count }: { readonly from: number; readonly count: number },
  group: Group,
): Scalars => {
  const use = concatBytes(USE_PADDING, pairTranscript(keys.context));
  return rowScalars({ seed: keys.seed, use, count, describe: (i) => i2osp(from + i, 6) }, group);
};

/**
 * The r of rows: PRF(seed, row), so that a row is sealed with the same one whenever it is asked for, the shuffle proof can be verified by it, and the auditor can be shown it.
 * @param jointKeys PK_j, V × 32 bytes
 * @returns k × 32 bytes
 */
export const sealingScalars = (
  keys: HolderJoin,
  { jointKeys, rows: { pseudonyms, values } }: { readonly jointKeys: Elements; readonly rows: PlainRows },
  group: Group,
): Scalars => {
  const width = 4 * (jointKeys.length / ELEMENT_BYTES);
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const use = concatBytes(USE_SEAL, pairTranscript(keys.context, jointKeys));
  const count = pseudonyms.length / ELEMENT_BYTES;
  const describe = (i: number): Uint8Array => concatBytes(rowOf(pseudonyms, ELEMENT_BYTES, i), rowOf(bytes, width, i));
  return rowScalars({ seed: keys.seed, use, count, describe }, group);
};

/**
 * Setup step 1: the rows P, C = r·G, D_j = v_j·(G/2) + r·PK_j. The same rows come out whenever they are asked for.
 * @param jointKeys PK_j, V × 32 bytes
 * @returns k × (V+2) × 32 bytes
 */
export const sealRows = async (
  {
    keys,
    jointKeys,
    rows,
    watch,
  }: {
    readonly keys: HolderJoin;
    readonly jointKeys: Elements;
    readonly rows: PlainRows;
    readonly watch?: Watch | undefined;
  },
  group: Group,
): Promise<Elements> => {
  const randomness = sealingScalars(keys, { jointKeys, rows }, group);
  const encrypted = await group.encryptRows(rows.values, randomness, concatBytes(GENERATOR, jointKeys) as Elements, watch);
  randomness.fill(0);
  return joinRows(rows.pseudonyms, encrypted);
};
