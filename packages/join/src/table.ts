import { createPace, E, type Either, type Watch } from '@vouchsafe/core';
import { type BadElement, ELEMENT_BYTES, type Elements, elementAt, type Group } from '@vouchsafe/group';
import { badRows } from './blind.ts';
import { ascends, type BadRows, rowBytes } from './rows.ts';

/**
 * A sealed table Q → (C', D'), as a store keeps it. The holder cannot tell which of its customers a row is.
 * An implementation in memory is here; one on disk stands behind the same interface.
 */
export interface SealedTable {
  /** n, padding included. */
  readonly rows: number;
  /** V. */
  readonly slots: number;
  /**
   * For each key the row's C' and its D'_j for the slots asked, or identities where there is no such row: the result has the same size and takes the same work to add up,
   * whoever is in the table.
   * @param keys m × 32 bytes
   * @param slots positions in a row, 0 ≤ slot < V
   * @returns m × (1 + slots.length) × 32 bytes, and how many keys had a row
   */
  gather(keys: Elements, slots: readonly number[]): Promise<{ readonly rows: Elements; readonly matched: number }>;
}

/** Receives stream 2 and becomes a table when it is complete. */
export interface TableBuilder {
  /** Rows accepted so far. */
  readonly accepted: number;
  /** Takes the next chunk, k × (V+2) × 32 bytes: each element is checked, the keys Q must ascend over the whole stream (so they are distinct). */
  accept(chunk: Uint8Array, watch?: Watch): Promise<Either<BadElement | BadRows, void>>;
  /** The table, when exactly n rows came. The shuffle proof (protocols §2b) belongs here: without it a bureau is trusted to have followed step 2. */
  finish(): Either<BadRows, SealedTable>;
}

/** Setup step 3. @param rows n: the holder accepts exactly as many as it sent */
export const createTableBuilder = (
  { rows, slots }: { readonly rows: number; readonly slots: number },
  group: Group,
): TableBuilder => {
  const bytes = rowBytes(slots);
  const packed = new Uint8Array(rows * bytes);
  let accepted = 0;

  const accept: TableBuilder['accept'] = async (chunk, watch) => {
    const count = chunk.length / bytes;
    if (!Number.isInteger(count) || count === 0) return E.left(badRows(accepted, `expected whole rows of ${bytes} bytes`));
    if (accepted + count > rows) return E.left(badRows(rows, `more rows than the ${rows} that were sent out`));
    for (let i = 0; i < count; i++) {
      const before = i > 0 ? keyAt(chunk, i - 1) : accepted > 0 ? keyAt(packed, accepted - 1) : undefined;
      if (!ascends(before, keyAt(chunk, i))) return E.left(badRows(accepted + i, 'its key is not above the one before it'));
    }
    const received = await group.receive(chunk, watch);
    if (E.isLeft(received))
      return E.left({ ...received.left, message: `stream 2 from row ${accepted}: ${received.left.message}` });
    packed.set(received.right, accepted * bytes);
    accepted += count;
    return E.right(undefined);
  };

  const keyAt = (at: Uint8Array, row: number): Uint8Array => at.subarray(row * bytes, row * bytes + ELEMENT_BYTES);

  return {
    get accepted() {
      return accepted;
    },
    accept,
    finish: () =>
      accepted === rows
        ? E.right(memoryTable(packed as Elements, { rows, slots }))
        : E.left(badRows(accepted, `the stream ended before the ${rows} rows that were sent out`)),
  };
};

/** A table over packed rows in memory, ascending by key. */
const memoryTable = (packed: Elements, { rows, slots }: { readonly rows: number; readonly slots: number }): SealedTable => {
  const bytes = rowBytes(slots);
  const find = (key: Uint8Array): number => {
    let [low, high] = [0, rows - 1];
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const order = Buffer.compare(packed.subarray(middle * bytes, middle * bytes + ELEMENT_BYTES), key);
      if (order === 0) return middle;
      if (order < 0) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  };
  return {
    rows,
    slots,
    gather: async (keys, asked) => {
      const count = keys.length / ELEMENT_BYTES;
      const width = 1 + asked.length;
      // Identities (zero bytes) to begin with: what stays is a row that adds nothing.
      const out = new Uint8Array(count * width * ELEMENT_BYTES) as Elements;
      let matched = 0;
      const pace = createPace();
      for (let i = 0; i < count; i++) {
        if (pace.due()) await pace.rest();
        const row = find(elementAt(keys, i));
        if (row < 0) continue;
        matched++;
        for (const [to, element] of [1, ...asked.map((slot) => 2 + slot)].entries()) {
          const from = row * bytes + element * ELEMENT_BYTES;
          out.set(packed.subarray(from, from + ELEMENT_BYTES), (i * width + to) * ELEMENT_BYTES);
        }
      }
      return { rows: out, matched };
    },
  };
};
