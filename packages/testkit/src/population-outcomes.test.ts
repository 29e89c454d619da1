import { expect, test } from 'vitest';
import { syntheticPopulation } from './population.ts';
import { syntheticOutcomes } from './population-outcomes.ts';

const population = syntheticPopulation({ seed: 'test', people: 20_000 });
const bad = syntheticOutcomes({ population, seed: 'test' });
const badRate = (from: number, to: number): number => {
  const own = [...bad].filter((_, i) => population[i]!.risk >= from && population[i]!.risk < to);
  return own.reduce((sum, one) => sum + one, 0) / own.length;
};

test('one person in five defaults, the more so the higher the risk', () => {
  expect(badRate(0, 1000)).toBeCloseTo(0.21, 1);
  expect(badRate(0, 50)).toBeLessThan(0.02);
  expect(badRate(400, 500)).toBeCloseTo(0.4, 1);
  expect(badRate(700, 1000)).toBeGreaterThan(0.9);
});

test('the same seed gives the same outcomes, another seed others', () => {
  expect(syntheticOutcomes({ population, seed: 'test' })).toEqual(bad);
  expect(syntheticOutcomes({ population, seed: 'other' })).not.toEqual(bad);
});
