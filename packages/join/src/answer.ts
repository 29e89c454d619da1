import { concatBytes, csprng, type Rng, rowOf, type Watch } from '@vouchsafe/core';
import {
  addScalars,
  ELEMENT_BYTES,
  type Elements,
  elementAt,
  GENERATOR,
  type Group,
  randomScalar,
  type ScalarBytes,
  type Scalars,
  scalarAt,
  toScalar,
} from '@vouchsafe/group';
import type { HolderKeys } from './keys.ts';
import { type MaskSecret, masksFor } from './masks.ts';
import type { Gathered, SealedTable } from './table.ts';

/** Query step 2: kH·U, looked up. @param slots the k slots asked */
export const lookUp = async (
  {
    keys,
    table,
    cohort,
    slots,
    watch,
  }: {
    readonly keys: HolderKeys;
    readonly table: SealedTable;
    readonly cohort: Elements;
    readonly slots: readonly number[];
    readonly watch?: Watch | undefined;
  },
  group: Group,
): Promise<Gathered> => table.gather(await group.multiply(cohort, keys.joinScalar.reveal() as ScalarBytes, watch), slots);

/**
 * Query step 3: C° = C* + s·G, E_j = D*_j − h_j·C* + s·B_j + (z_j + m_j)·G. A holder that suppresses, or knows nobody, runs the very same code over identities.
 * @param suppress answer as if nobody had matched
 * @param noise z_j, drawn in advance; zeros for `signal`
 * @param bureauKeys B_j of all slots, V × 32 bytes
 * @returns C° and E_j for the k slots asked, (1 + k) × 32 bytes
 */
export const answerQuery = async (
  {
    keys,
    bureauKeys,
    lookup,
    slots,
    suppress,
    noise,
    masks: { secrets, digest },
    watch,
  }: {
    readonly keys: HolderKeys;
    readonly bureauKeys: Elements;
    readonly lookup: Gathered;
    readonly slots: readonly number[];
    readonly suppress: boolean;
    readonly noise: readonly bigint[];
    readonly masks: { readonly secrets: readonly MaskSecret[]; readonly digest: Uint8Array };
    readonly watch?: Watch | undefined;
  },
  group: Group,
  rng: Rng = csprng,
): Promise<Elements> => {
  const width = 1 + slots.length;
  const rows = lookup.rows.slice() as Elements;
  // Zero bytes are the identity's encoding: M := ∅ costs what any M costs.
  if (suppress) rows.fill(0);
  const sums = await group.sumRows(rows, width, watch);
  const [c, d] = [elementAt(sums, 0), sums.subarray(ELEMENT_BYTES) as Elements];
  const s = randomScalar(rng);
  const masks = masksFor(secrets, digest, slots.length);
  const shift = concatBytes(...noise.map((z, j) => addScalars(toScalar(z), masks[j]!))) as Scalars;
  const h = concatBytes(...slots.map((slot) => scalarAt(keys.slotSecrets.reveal() as Scalars, slot))) as Scalars;
  const b = concatBytes(...slots.map((slot) => rowOf(bureauKeys, ELEMENT_BYTES, slot))) as Elements;
  const opened = await group.subtract(d, await group.multiply(repeat(c, slots.length), h));
  const fresh = await group.add(await group.multiply(b, s), await group.multiplyBase(GENERATOR, shift));
  const out = concatBytes(await group.add(c, await group.multiplyBase(GENERATOR, s)), await group.add(opened, fresh)) as Elements;
  for (const secret of [s, h, shift, rows]) secret.fill(0);
  return out;
};

const repeat = (element: Elements, count: number): Elements =>
  concatBytes(...Array.from({ length: count }, () => element)) as Elements;
