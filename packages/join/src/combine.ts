import { concatBytes, E, type Either, type Watch } from '@vouchsafe/core';
import { type BadElement, ELEMENT_BYTES, type Elements, elementAt, type Group, type Scalars, scalarAt } from '@vouchsafe/group';
import type { BureauKeys } from './keys.ts';

/** A holder's answer as it came, with the keys that open it. */
export interface HolderAnswer {
  readonly keys: BureauKeys;
  /** C° and E_j, (1 + k) × 32 bytes. */
  readonly received: Uint8Array;
}

/**
 * The answers do not add up to a total: some holder answered another query (cohort, columns, roster or table), so that the masks did not cancel, or a total
 * left its range.
 */
export interface NoTotal {
  readonly _tag: 'NoTotal';
  readonly message: string;
}

/** An answer of another size than was asked for. */
export interface BadAnswer {
  readonly _tag: 'BadAnswer';
  readonly message: string;
  readonly holder: string;
}

/**
 * Query step 4: T_j = Σ over holders (E_j − b_j·C°) = total_j·G, then the small discrete logarithm. Needs the answer of every holder of the roster: no partial
 * total exists.
 * @param slots the k slots asked, as positions in a row
 * @param bounds for each of them the largest |total| that can be, noise included
 * @returns k totals in the slots' units, offsets not yet taken off
 */
export const combine = async (
  {
    answers,
    slots,
    bounds,
    watch,
  }: {
    readonly answers: readonly HolderAnswer[];
    readonly slots: readonly number[];
    readonly bounds: readonly number[];
    readonly watch?: Watch | undefined;
  },
  group: Group,
): Promise<Either<BadElement | BadAnswer | NoTotal, readonly number[]>> => {
  const opened: Elements[] = [];
  for (const { keys, received } of answers) {
    const { holder } = keys.context;
    if (received.length !== (1 + slots.length) * ELEMENT_BYTES)
      return E.left({
        _tag: 'BadAnswer',
        holder,
        message: `"${holder}" answered with another number of elements than ${1 + slots.length}`,
      });
    const answer = await group.receive(received, watch);
    if (E.isLeft(answer)) return E.left({ ...answer.left, message: `the answer of "${holder}": ${answer.left.message}` });
    opened.push(await openAnswer(keys, answer.right, slots, group));
  }
  const totals = await group.sumRows(concatBytes(...opened) as Elements, slots.length, watch);
  // Narrow ranges first: when the masks did not cancel, that shows after a short search.
  const order = slots.map((_, k) => k).sort((a, b) => bounds[a]! - bounds[b]!);
  const found = new Array<number>(slots.length).fill(0);
  for (const k of order) {
    const log = await group.smallLogs(elementAt(totals, k), bounds[k]!, watch);
    if (E.isLeft(log)) return E.left(noTotal);
    found[k] = log.right[0]!;
  }
  return E.right(found);
};

const noTotal: NoTotal = {
  _tag: 'NoTotal',
  message:
    'the answers do not add up to a total in range: the holders answered different queries or tables. Sync again, then ask again',
};

/** E_j − b_j·C° for the slots asked: this holder's share, masked by the others'. */
const openAnswer = async (keys: BureauKeys, answer: Elements, slots: readonly number[], group: Group): Promise<Elements> => {
  const b = concatBytes(...slots.map((slot) => scalarAt(keys.slotSecrets.reveal() as Scalars, slot))) as Scalars;
  const c = concatBytes(...slots.map(() => elementAt(answer, 0))) as Elements;
  const opened = await group.subtract(answer.subarray(ELEMENT_BYTES) as Elements, await group.multiply(c, b));
  b.fill(0);
  return opened;
};
