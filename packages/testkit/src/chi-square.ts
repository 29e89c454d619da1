/**
 * How far integer samples are from the distribution they should have: the z-score of Pearson's chi-square (Wilson and Hilferty 1931). p > 0.001 means z < 3.09.
 * @param probability of an integer z; symmetric around 0 and falling from there
 */
export const chiSquareZ = (samples: Float64Array, probability: (z: number) => number): number => {
  const expectedAt = (z: number): number => samples.length * probability(z);
  // Cells that expect fewer than 20 samples are joined to one tail per side.
  let last = 0;
  let within = expectedAt(0);
  while (expectedAt(last + 1) >= 20) within += 2 * expectedAt(++last);
  const tail = (samples.length - within) / 2;
  const observed = new Float64Array(2 * last + 3);
  for (const z of samples) observed[Math.max(-last - 1, Math.min(last + 1, z)) + last + 1]!++;
  const freedom = observed.length - 1;
  const chiSquare = observed.reduce((sum, count, i) => {
    const expected = i === 0 || i === freedom ? tail : expectedAt(i - last - 1);
    // A tail that expects next to nothing counts only when something is there.
    return sum + (expected < 1e-3 && count === 0 ? 0 : (count - expected) ** 2 / expected);
  }, 0);
  return ((chiSquare / freedom) ** (1 / 3) - (1 - 2 / (9 * freedom))) / Math.sqrt(2 / (9 * freedom));
};
