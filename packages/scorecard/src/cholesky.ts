/** A diagonal entry that loses this much of its size is zero but for rounding. */
const SINGULAR = 1e-10;

/**
 * The lower Cholesky factor of a symmetric positive definite matrix.
 * @param matrix size × size, row by row; the lower half is read
 * @returns the factor, or the index of the first row that is a combination of those before it
 */
export const cholesky = (matrix: Float64Array, size: number): Float64Array | number => {
  const factor = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * size + j]!;
      for (let k = 0; k < j; k++) sum -= factor[i * size + k]! * factor[j * size + k]!;
      if (i > j) factor[i * size + j] = sum / factor[j * size + j]!;
      else if (!(sum > SINGULAR * matrix[i * size + i]!)) return i;
      else factor[i * size + i] = Math.sqrt(sum);
    }
  return factor;
};

/** Solves L·Lᵀ·x = b for the lower factor L. */
export const solve = (factor: Float64Array, b: Float64Array): Float64Array => {
  const size = b.length;
  const x = Float64Array.from(b);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) x[i]! -= factor[i * size + k]! * x[k]!;
    x[i]! /= factor[i * size + i]!;
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) x[i]! -= factor[k * size + i]! * x[k]!;
    x[i]! /= factor[i * size + i]!;
  }
  return x;
};

/** The diagonal of (L·Lᵀ)^−1. */
export const inverseDiagonal = (factor: Float64Array, size: number): Float64Array =>
  Float64Array.from({ length: size }, (_, i) => {
    const unit = new Float64Array(size);
    unit[i] = 1;
    return solve(factor, unit)[i]!;
  });
