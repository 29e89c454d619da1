import { ELEMENT_BYTES, type Elements, elementAt } from '@vouchsafe/group';

/** Finds a row's C' and D', (1 + V) × 32 bytes, by its key Q of 32 bytes. */
export type FindRow = (key: Uint8Array) => Uint8Array | undefined;

/** What a cohort meets in a table. */
export interface Gathered {
  /**
   * For each key the row's C' and its D'_j for the slots asked, or identities where there is no such row: the result has the same size and takes the same work to add up, whoever is in the
   * table. m × (1 + k) × 32 bytes.
   */
  readonly rows: Elements;
  /** How many keys had a row: never leaves the holder. */
  readonly matched: number;
}

/** A sealed table Q → (C', D'), wherever it is kept. The holder cannot tell which of its customers a row is. */
export interface SealedTable {
  /**
   * Looks keys up, see {@link gatherRows}.
   * @param keys m × 32 bytes
   * @param slots the k slots asked, 0 ≤ slot < V
   */
  gather(keys: Elements, slots: readonly number[]): Promise<Gathered>;
}

/**
 * Looks keys up in a sealed table Q → (C', D').
 * @param keys m × 32 bytes
 * @param slots the k slots asked, 0 ≤ slot < V
 */
export const gatherRows = ({
  find,
  keys,
  slots,
}: {
  readonly find: FindRow;
  readonly keys: Elements;
  readonly slots: readonly number[];
}): Gathered => {
  const count = keys.length / ELEMENT_BYTES;
  const width = 1 + slots.length;
  // Identities (zero bytes) to begin with: what stays is a row that adds nothing.
  const rows = new Uint8Array(count * width * ELEMENT_BYTES) as Elements;
  const elements = [0, ...slots.map((slot) => 1 + slot)];
  // Copied in the place of a row that is not there, so that it takes the same work.
  const none = new Uint8Array((2 + Math.max(-1, ...slots)) * ELEMENT_BYTES);
  let matched = 0;
  for (let i = 0; i < count; i++) {
    const found = find(elementAt(keys, i));
    const row = found ?? none;
    matched += found ? 1 : 0;
    for (const [to, element] of elements.entries())
      rows.set(row.subarray(element * ELEMENT_BYTES, (element + 1) * ELEMENT_BYTES), (i * width + to) * ELEMENT_BYTES);
  }
  return { rows, matched };
};
