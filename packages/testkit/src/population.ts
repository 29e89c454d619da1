import { syntheticPhone, syntheticRid } from './identifiers.ts';
import { syntheticName } from './population-names.ts';
import { createDice, drawDistinct } from './population-random.ts';

/** One person that does not exist. The identifiers have the names that the canonical `loans` table has for them. */
export interface Person {
  readonly national_id: string;
  readonly phone: string;
  readonly name: string;
  /** Latent risk, 0 (pays everything) to 999: what lenders' records show traces of, and what a scorecard should find. */
  readonly risk: number;
  /** Does the bureau have a file on this person before it asks anybody? */
  readonly hasBureauFile: boolean;
}

/** What a population is made of. */
export interface PopulationOptions {
  readonly seed: string | number;
  /** How many, at most 2^21. */
  readonly people: number;
  /** Share of the people without a file at the bureau, rounded to whole people. 46 % by default. */
  readonly noFileShare?: number;
}

/** Populations of different seeds begin at different rows of `syntheticRid` and `syntheticPhone`, below this. */
const OFFSETS = 1_000_000;

/** People with resident identity numbers, phones and names; all different in the first two, and the same for the same seed. */
export const syntheticPopulation = ({ seed, people, noFileShare = 0.46 }: PopulationOptions): readonly Person[] => {
  if (!(noFileShare >= 0 && noFileShare <= 1)) throw new RangeError('noFileShare is a share from 0 to 1');
  const dice = createDice(seed);
  const offset = dice.below(OFFSETS);
  const noFile = new Set(drawDistinct({ dice, count: Math.round(people * noFileShare), n: people }));
  return Array.from({ length: people }, (_, i) => ({
    national_id: syntheticRid(offset + i),
    phone: syntheticPhone(offset + i),
    name: syntheticName(dice),
    // The product of two uniform draws: most people are near 0, some are far up.
    risk: Math.floor((dice.below(1000) * dice.below(1000)) / 1000),
    hasBureauFile: !noFile.has(i),
  }));
};
