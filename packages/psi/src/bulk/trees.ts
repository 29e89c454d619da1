import { concatBytes, csprng, equalBytes, type Rng, rowOf } from '@vouchsafe/core';
import type { BulkKernel } from '@vouchsafe/kernels/bulk';
import { hashBlocks, permutation } from './aes.ts';
import { derive } from './derive.ts';
import { hashMessages } from './ids.ts';
import { FIELD, FIELD_BITS } from './parameters.ts';

// Punctured pseudo-random functions: one GGM tree of 16 leaves a code column. The receiver has all leaves, the sender all but number Δ_i. Corrections and check follow
// Roy 2022, §3.2 (figure 5): leaves are hashed once more, into a stream key and a check value; the check values' sum lets the sender complete the missing one.

const BLOCK = 16;
const CHECK = 32;
/** Bytes of the corrections of one column: two blocks a level. */
const CORRECTION = FIELD_BITS * 2 * BLOCK;
const KEYS: readonly [Uint8Array, Uint8Array] = [new Uint8Array(BLOCK).fill(1), new Uint8Array(BLOCK).fill(2)];

/** Bytes of the receiver's message for so many columns. */
export const treesBytes = (columns: number): number => columns * (CORRECTION + CHECK) + CHECK;

/** child_b = π_b(s) ⊕ s for all nodes, the children of one node beside each other. */
const double = (nodes: Uint8Array): Uint8Array => {
  const children = KEYS.map((key) => {
    const out = new Uint8Array(nodes.length);
    hashBlocks(permutation(key), nodes, out);
    return out;
  });
  const out = new Uint8Array(2 * nodes.length);
  for (let i = 0; i < nodes.length; i += BLOCK)
    for (let b = 0; b < 2; b++) out.set(children[b]!.subarray(i, i + BLOCK), 2 * i + b * BLOCK);
  return out;
};

/** Sums of the left and of the right children of one column's level. */
const sums = (level: Uint8Array): Uint8Array => {
  const out = new Uint8Array(2 * BLOCK);
  for (let at = 0; at < level.length; at++) out[at % (2 * BLOCK)]! ^= level[at]!;
  return out;
};

const xorInto = (to: Uint8Array, from: Uint8Array): void => {
  for (let i = 0; i < to.length; i++) to[i]! ^= from[i]!;
};

/** Stream keys of all leaves, 16 × 16 bytes a column; the sender's at Δ_i is of no use. */
interface Leaves {
  readonly keys: Uint8Array;
  /** The check values, 16 × 32 bytes a column. */
  readonly checks: Uint8Array;
}

const LEAF_PARTS = 3;

/** Each leaf's stream key (16 bytes) and check value (32 bytes): hashes of part ‖ column ‖ x ‖ leaf, under a key from sid, for parts 0, 1 and 2. */
const hashLeaves = (kernel: BulkKernel, sid: Uint8Array, leaves: Uint8Array): Leaves => {
  const count = leaves.length / BLOCK;
  const width = 4 + BLOCK;
  const data = new Uint8Array(LEAF_PARTS * count * width);
  for (let k = 0; k < count; k++)
    for (let part = 0; part < LEAF_PARTS; part++) {
      const message = rowOf(data, width, LEAF_PARTS * k + part);
      const column = Math.floor(k / FIELD);
      message.set([part, column >> 8, column & 255, k % FIELD]);
      message.set(rowOf(leaves, BLOCK, k), 4);
    }
  const offsets = Uint32Array.from({ length: LEAF_PARTS * count + 1 }, (_, k) => k * width);
  const hashed = hashMessages(kernel, derive('leaf', sid), { data, offsets });
  const [keys, checks] = [new Uint8Array(leaves.length), new Uint8Array(CHECK * count)];
  for (let k = 0; k < count; k++) {
    const own = rowOf(hashed, LEAF_PARTS * BLOCK, k);
    keys.set(own.subarray(0, BLOCK), BLOCK * k);
    checks.set(own.subarray(BLOCK), CHECK * k);
  }
  data.fill(0);
  hashed.fill(0);
  return { keys, checks };
};

const checkSums = (checks: Uint8Array): Uint8Array => {
  const out = new Uint8Array(checks.length / FIELD);
  for (let k = 0; k < checks.length / CHECK; k++) xorInto(rowOf(out, CHECK, Math.floor(k / FIELD)), rowOf(checks, CHECK, k));
  return out;
};

/** The receiver's trees: stream keys, and the message with corrections, check sums and digest. @param pads 2·4·columns keys of the transfers */
export const growTrees = (
  kernel: BulkKernel,
  { sid, columns, pads }: { readonly sid: Uint8Array; readonly columns: number; readonly pads: Uint8Array },
  rng: Rng = csprng,
): { readonly keys: Uint8Array; readonly message: Uint8Array } => {
  let level = rng(BLOCK * columns);
  const corrections = Uint8Array.from(pads);
  for (let d = 0; d < FIELD_BITS; d++) {
    level = double(level);
    const width = (2 * BLOCK) << d;
    for (let i = 0; i < columns; i++) {
      const at = CORRECTION * i + 2 * BLOCK * d;
      xorInto(corrections.subarray(at, at + 2 * BLOCK), sums(rowOf(level, width, i)));
    }
  }
  const { keys, checks } = hashLeaves(kernel, sid, level);
  const message = concatBytes(corrections, checkSums(checks), derive('trees', concatBytes(sid, checks), CHECK));
  level.fill(0);
  return { keys, message };
};

/** −1 where a = b, else 0, for small numbers, without a branch. */
const same = (a: number, b: number): number => ((a ^ b) - 1) >> 31;

/**
 * The sender's punctured trees from the receiver's message. Whether the check passed is told, not acted upon: the abort waits for the receiver check, so that it says no more
 * than that one does. No branch and no address depends on Δ.
 * @param chosen the keys of the transfers with choices {@link treeChoices}
 */
export const receiveTrees = (
  kernel: BulkKernel,
  {
    sid,
    delta,
    chosen,
    message,
  }: {
    readonly sid: Uint8Array;
    readonly delta: Uint8Array;
    readonly chosen: Uint8Array;
    readonly message: Uint8Array;
  },
): { readonly keys: Uint8Array; readonly honest: boolean } => {
  const columns = delta.length;
  let level: Uint8Array = new Uint8Array(BLOCK * columns);
  for (let d = 0; d < FIELD_BITS; d++) {
    level = double(level);
    const nodes = 2 << d;
    for (let i = 0; i < columns; i++) {
      const own = rowOf(level, BLOCK * nodes, i);
      // The two children of the node on the path are unknown; the one beside the path comes from the correction.
      const path = delta[i]! >> (FIELD_BITS - d);
      const wanted = 1 ^ ((delta[i]! >> (FIELD_BITS - 1 - d)) & 1);
      for (let node = 0; node < nodes; node++) {
        const keep = ~same(node >> 1, path);
        for (let k = 0; k < BLOCK; k++) own[BLOCK * node + k]! &= keep;
      }
      const known = sums(own);
      const at = CORRECTION * i + 2 * BLOCK * d;
      const found = Uint8Array.from(rowOf(chosen, BLOCK, FIELD_BITS * i + d));
      for (let b = 0; b < 2; b++) {
        const take = same(b, wanted);
        for (let k = 0; k < BLOCK; k++) found[k]! ^= take & (known[BLOCK * b + k]! ^ message[at + BLOCK * b + k]!);
      }
      for (let node = 0; node < nodes; node++) {
        const here = same(node, 2 * path + wanted);
        for (let k = 0; k < BLOCK; k++) own[BLOCK * node + k]! ^= here & found[k]!;
      }
    }
  }
  const { keys, checks } = hashLeaves(kernel, sid, level);
  const stated = message.subarray(CORRECTION * columns, (CORRECTION + CHECK) * columns);
  for (let i = 0; i < columns; i++) {
    const missing = Uint8Array.from(rowOf(stated, CHECK, i));
    for (let x = 0; x < FIELD; x++) {
      const keep = ~same(x, delta[i]!);
      const own = rowOf(checks, CHECK, FIELD * i + x);
      for (let k = 0; k < CHECK; k++) {
        own[k]! &= keep;
        missing[k]! ^= own[k]!;
      }
    }
    for (let x = 0; x < FIELD; x++) {
      const here = same(x, delta[i]!);
      const own = rowOf(checks, CHECK, FIELD * i + x);
      for (let k = 0; k < CHECK; k++) own[k]! ^= here & missing[k]!;
    }
  }
  const honest = equalBytes(derive('trees', concatBytes(sid, checks), CHECK), message.subarray((CORRECTION + CHECK) * columns));
  level.fill(0);
  return { keys, honest };
};

/** Choice bits of the 4·columns transfers: at level d (most significant first) the complement of Δ_i's bit 3 − d. */
export const treeChoices = (delta: Uint8Array): Uint8Array =>
  Uint8Array.from({ length: FIELD_BITS * delta.length }, (_, k) => 1 ^ ((delta[k >> 2]! >> (FIELD_BITS - 1 - (k & 3))) & 1));
