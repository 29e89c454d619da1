import type { Person } from './population.ts';
import { createDice } from './population-random.ts';

/** Chance of a default, in 1000, for a person of that risk (0 to 999): hardly ever at the low end, nearly always at the high one. One in five of a population. */
const defaults = (risk: number): number => Math.min(950, 5 + Math.floor((risk * risk) / 500));

/**
 * Who does not pay in the year after the lenders' books were read: 1 for a bad, 0 for a good, one a person. Drawn from the latent risk alone, so that a scorecard finds
 * what the books betray of it, and no more.
 */
export const syntheticOutcomes = ({
  population,
  seed,
}: {
  readonly population: readonly Person[];
  readonly seed: string | number;
}): Uint8Array => {
  const dice = createDice(`${seed}/outcomes`);
  return Uint8Array.from(population, ({ risk }) => (dice.chance(defaults(risk)) ? 1 : 0));
};
