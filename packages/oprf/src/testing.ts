import { concatBytes, type Rng } from '@vouchsafe/core';
import { SCALAR_BYTES } from '@vouchsafe/group';

/**
 * A generator that makes the next random scalars exactly these: for known answers with fixed blinds and proof randomness. A scalar is drawn as 64
 * bytes, little-endian, reduced modulo q; these are the scalar's own 32 bytes and 32 zeros.
 * @param scalars 32 bytes each, non-zero and below q
 */
export const fixedScalars = (...scalars: readonly Uint8Array[]): Rng => {
  const left = [...scalars];
  return (length) => {
    const next = left.shift();
    if (next?.length !== SCALAR_BYTES || length !== 2 * SCALAR_BYTES)
      throw new RangeError('expected one more scalar of 32 bytes, drawn as 64');
    return concatBytes(next, new Uint8Array(SCALAR_BYTES));
  };
};
