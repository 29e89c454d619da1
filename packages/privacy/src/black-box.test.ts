import { rational } from '@vouchsafe/core';
import { describe, expect, it } from 'vitest';
import { gaussianFinding, laplaceFinding, SLACK, thresholdFinding } from './black-box.test.fixture.ts';

const RIGHT = rational(1);
const HALF = rational(1, 2);
const COUNT = 400_000;

describe('the noise, tested from outside on neighbouring tables (99.9 % confidence)', () => {
  it.each([
    [rational(1, 2), 1n],
    [rational(1), 20n],
  ])('Laplace, ε = %o, sensitivity %s: no more leaks than is claimed', (epsilon, sensitivity) => {
    const claimed = Number(epsilon.num) / Number(epsilon.den);
    const { atLeast, atMost, events } = laplaceFinding({ epsilon, sensitivity, factor: RIGHT, count: COUNT });
    expect(atMost).toBeLessThanOrEqual(claimed + SLACK);
    expect(atLeast).toBeLessThanOrEqual(claimed);
    // Nor much less: the test looks where the leak is.
    expect(atLeast).toBeGreaterThan(claimed - 0.1);
    expect(events).toBeGreaterThan(10);
  });

  it('Laplace with half the scale is caught', () => {
    const { atLeast } = laplaceFinding({ epsilon: rational(1), sensitivity: 20n, factor: HALF, count: 40_000 });
    expect(atLeast).toBeGreaterThan(1 + SLACK);
  });

  it('Laplace with nine tenths of the scale is caught too', () => {
    const { atLeast } = laplaceFinding({ epsilon: rational(1), sensitivity: 20n, factor: rational(9, 10), count: COUNT });
    expect(atLeast).toBeGreaterThan(1 + SLACK);
  });

  it('Gaussian: no more than (ε, δ) as converted from ρ; with half the deviation it is caught', () => {
    const claim = { rho: rational(1, 8), delta: rational(1, 100), sensitivity: 1n } as const;
    const { epsilon, finding } = gaussianFinding({ ...claim, factor: RIGHT, count: COUNT / 2 });
    expect(finding.atMost).toBeLessThanOrEqual(epsilon + SLACK);
    expect(finding.atLeast).toBeLessThanOrEqual(epsilon);
    expect(finding.events).toBeGreaterThan(10);
    const half = gaussianFinding({ ...claim, factor: HALF, count: 40_000 });
    expect(half.finding.atLeast).toBeGreaterThan(half.epsilon + SLACK);
  });

  it('the noisy minimum cohort: no more than its share; with half the scale it is caught', () => {
    const epsilon = rational(1, 2);
    const { atLeast, atMost } = thresholdFinding({ epsilon, factor: RIGHT, count: COUNT });
    expect(atMost).toBeLessThanOrEqual(0.5 + SLACK);
    expect(atLeast).toBeGreaterThan(0.4);
    expect(thresholdFinding({ epsilon, factor: HALF, count: COUNT }).atLeast).toBeGreaterThan(0.5 + SLACK);
  });
});
