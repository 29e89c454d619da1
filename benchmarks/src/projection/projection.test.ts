import { describe, expect, it } from 'vitest';
import { type Measurement, measurement } from '../measurement.ts';
import { CORES, project, SUBJECTS } from './projection.ts';

const seal = (n: number, seconds: number): Measurement =>
  measurement({
    name: 'seal',
    backend: 'plain',
    n,
    threads: 2,
    warmUp: 0,
    seconds: [seconds],
    sent: 300 * n,
    received: 700 * n,
    stored: 500 * n,
  });

describe('the projection', () => {
  it('takes the cost a row of the largest size, by threads, and spreads it over the cores of both parties', () => {
    // 100 µs a row at 1000 rows, 110 µs at 10,000.
    const [got] = project([seal(10_000, 1.1), seal(1000, 0.1)]);
    expect(got).toMatchObject({ from: 10_000, wireBytes: 1000 * SUBJECTS, storedBytes: 500 * SUBJECTS });
    expect(got!.microsPerRow).toBeCloseTo(110, 9);
    expect(got!.growth).toBeCloseTo(1.1, 9);
    expect(got!.coreHours).toBeCloseTo((110e-6 * 2 * SUBJECTS) / 3600, 6);
    expect(got!.hours[0]).toBeCloseTo(got!.coreHours / (2 * CORES[0]), 9);
    expect(got!.wireHours).toBeCloseTo((1000 * SUBJECTS * 8) / 1e9 / 3600, 9);
  });

  it('leaves out what was not measured', () => {
    expect(project([])).toEqual([]);
  });
});
