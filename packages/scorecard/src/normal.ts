/**
 * The complementary error function, relative error below 1e-10 and absolute error below 1e-15. Below 3 by the series
 * erf(x) = 2/√π · e^(−x²) · Σ 2^n x^(2n+1) / (2n+1)!!, whose terms are all positive (Abramowitz and Stegun 7.1.6); above by the continued fraction (7.1.14).
 */
export const erfc = (x: number): number => {
  if (x < 0) return 2 - erfc(-x);
  const scale = Math.exp(-x * x) / Math.sqrt(Math.PI);
  if (x < 3) {
    let [term, sum] = [x, x];
    for (let n = 1; term > sum * 1e-17; n++) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return 1 - 2 * scale * sum;
  }
  let fraction = x;
  for (let n = 80; n > 0; n--) fraction = x + n / 2 / fraction;
  return scale / fraction;
};

/** The two-sided p-value of a standard normal statistic: Pr[|Z| ≥ |z|]. */
export const twoSided = (z: number): number => erfc(Math.abs(z) / Math.SQRT2);

/**
 * The z such that a standard normal lies in [−z, z] with this probability: 1.959964… for 0.95.
 * @throws RangeError for a confidence outside (0, 1)
 */
export const normalHalfWidth = (confidence: number): number => {
  if (!(confidence > 0 && confidence < 1)) throw new RangeError('a confidence lies between 0 and 1');
  let [low, high] = [0, 40];
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2;
    if (twoSided(middle) > 1 - confidence) low = middle;
    else high = middle;
  }
  return high;
};
