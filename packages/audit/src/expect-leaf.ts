import { compareBytes, E, type Either } from '@vouchsafe/core';
import { type WrongLeaf, wrongLeaf } from './errors.ts';
import type { Leaf, UnknownLeaf } from './leaf.ts';

/** The leaf of a kind. */
export type LeafOf<Kind extends Leaf['leaf']> = Extract<Leaf, { readonly leaf: Kind }>;

/** What a caller knows of a leaf: its kind, and some or all of its fields. */
export type ExpectedLeaf = { [Kind in Leaf['leaf']]: { readonly leaf: Kind } & Partial<LeafOf<Kind>> }[Leaf['leaf']];

/**
 * Does the leaf say what was asked and answered? A receipt proves that some leaf is in the log; without this check a holder can log another digest, purpose or size than it answered.
 * @param expected the kind, and every field that the caller knows
 * @returns the leaf, or the first field that differs
 */
export const expectLeaf = <Kind extends Leaf['leaf']>(
  leaf: Leaf | UnknownLeaf,
  expected: { readonly leaf: Kind } & Partial<LeafOf<Kind>>,
): Either<WrongLeaf, LeafOf<Kind>> => {
  const found = leaf as unknown as Readonly<Record<string, unknown>>;
  for (const [field, value] of [['leaf', expected.leaf] as const, ...Object.entries(expected)])
    if (value !== undefined && !isSame(found[field], value)) return E.left(wrongLeaf(field));
  return E.right(leaf as LeafOf<Kind>);
};

const isSame = (a: unknown, b: unknown): boolean => {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return compareBytes(a, b) === 0;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const [one, two] = [Object.entries(a), Object.entries(b)];
  return one.length === two.length && one.every(([key, value]) => isSame(value, (b as Readonly<Record<string, unknown>>)[key]));
};
