import { concatBytes, type Rng, type Watch } from '@vouchsafe/core';
import { tagBytes } from './layout.ts';
import { maskTail, sortDistinct } from './tags.ts';

/** Random tags that pad an index, put among its own as these come in their order. */
export interface Padding {
  /** The next own tags, ascending, with the dummies that are not above the last of them. */
  readonly mixInto: (tags: Uint8Array) => Uint8Array;
  /** The dummies that are left, behind the last own tag. */
  readonly rest: () => Uint8Array;
}

/** Is the tag at a of one array above the tag at b of another? */
const isAbove = (one: Uint8Array, a: number, other: Uint8Array, b: number, width: number): boolean => {
  for (let i = 0; i < width; i++) {
    const difference = one[a + i]! - other[b + i]!;
    if (difference !== 0) return difference > 0;
  }
  return false;
};

/** @param dummies k × width bytes, ascending */
const createPadding = (dummies: Uint8Array, width: number): Padding => {
  let at = 0;
  return {
    mixInto: (tags) => {
      const parts: Uint8Array[] = [];
      let taken = 0;
      for (let own = 0; own < tags.length && at < dummies.length; own += width) {
        const from = at;
        while (at < dummies.length && !isAbove(dummies, at, tags, own, width)) at += width;
        if (at === from) continue;
        parts.push(tags.subarray(taken, own), dummies.subarray(from, at));
        taken = own;
      }
      return parts.length === 0 ? tags : concatBytes(...parts, tags.subarray(taken));
    },
    rest: () => dummies.subarray(at),
  };
};

/** Draws dummies until there are enough of them. */
export interface Dummies {
  /** Draws so many more. What was drawn stays: one that is an own tag by chance stands for nobody, and another takes its place. */
  readonly draw: (count: number) => Promise<void>;
  readonly padding: () => Padding;
}

export const createDummies = (t: number, rng: Rng, watch?: Watch): Dummies => {
  const width = tagBytes(t);
  let drawn: Uint8Array = new Uint8Array(0);
  return {
    draw: async (count) => {
      if (count === 0) return;
      drawn = await sortDistinct(concatBytes(drawn, maskTail(rng(count * width), t)), width, watch);
    },
    padding: () => createPadding(drawn, width),
  };
};
