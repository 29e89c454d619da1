import { concatBytes, type Rng } from '@vouchsafe/core';
import { SCALAR_BYTES } from '@vouchsafe/group';

/** Uniform bytes for a scalar. */
const WIDE_BYTES = 2 * SCALAR_BYTES;

/**
 * A generator that makes the next random scalars exactly these: for known answers with fixed blinds and proof randomness. A scalar is drawn as 64
 * bytes, little-endian, reduced modulo q; these are the scalar's own 32 bytes and 32 zeros.
 * @param scalars 32 bytes each, non-zero and below q
 */
export const fixedScalars = (...scalars: readonly Uint8Array[]): Rng => {
  const left = [...scalars];
  return (length) => {
    const next = left.splice(0, length / WIDE_BYTES);
    if (next.length !== length / WIDE_BYTES || next.some((scalar) => scalar.length !== SCALAR_BYTES))
      throw new RangeError('expected more scalars of 32 bytes, each drawn as 64');
    return concatBytes(...next.flatMap((scalar) => [scalar, new Uint8Array(SCALAR_BYTES)]));
  };
};
