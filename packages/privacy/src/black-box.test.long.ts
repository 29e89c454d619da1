import { rational } from '@vouchsafe/core';
import { describe, expect, it } from 'vitest';
import { gaussianFinding, laplaceFinding, SLACK, thresholdFinding } from './black-box.test.fixture.ts';

const RIGHT = rational(1);
const COUNT = 4_000_000;

describe('the noise, tested from outside with many samples (99.9 % confidence)', () => {
  it.each([
    [rational(1, 10), 1n],
    [rational(1, 2), 3n],
    [rational(1), 20n],
    [rational(2), 1000n],
  ])('Laplace, ε = %o, sensitivity %s, and 19/20 of its scale', (epsilon, sensitivity) => {
    const claimed = Number(epsilon.num) / Number(epsilon.den);
    const { atLeast, atMost } = laplaceFinding({ epsilon, sensitivity, factor: RIGHT, count: COUNT });
    expect(atMost).toBeLessThanOrEqual(claimed + SLACK);
    expect(atLeast).toBeLessThanOrEqual(claimed);
    if (claimed >= 1)
      expect(laplaceFinding({ epsilon, sensitivity, factor: rational(19, 20), count: COUNT }).atLeast).toBeGreaterThan(claimed);
  });

  it.each([
    [rational(1, 32), 1n],
    [rational(1, 8), 20n],
    [rational(1, 2), 1000n],
  ])('Gaussian, ρ = %o, sensitivity %s', (rho, sensitivity) => {
    const { epsilon, finding } = gaussianFinding({ rho, delta: rational(1, 100), sensitivity, factor: RIGHT, count: COUNT / 2 });
    expect(finding.atMost).toBeLessThanOrEqual(epsilon + SLACK);
    expect(finding.atLeast).toBeLessThanOrEqual(epsilon);
  });

  it.each([rational(1, 10), rational(1)])('the noisy minimum cohort, ε = %o', (epsilon) => {
    const claimed = Number(epsilon.num) / Number(epsilon.den);
    const { atLeast, atMost } = thresholdFinding({ epsilon, factor: RIGHT, count: COUNT });
    expect(atMost).toBeLessThanOrEqual(claimed + SLACK);
    expect(atLeast).toBeLessThanOrEqual(claimed);
  });
});
