import { setTimeout as sleep } from 'node:timers/promises';
import { createPace, csprng, type Rng } from '@vouchsafe/core';
import { drawNoise, type Noise } from '@vouchsafe/privacy';
import type { QueryPlan } from './plan-query.ts';

/** A distribution of noise. */
export interface NoiseLaw {
  /** Two laws with one name are one distribution. */
  readonly name: string;
  readonly draw: (rng: Rng) => bigint;
}

/** Noise that is there before it is needed. */
export interface NoiseStock {
  /** A sample that nobody else gets: one from the stock, or, of a law that was not asked for before, a new one. */
  readonly take: (law: NoiseLaw) => bigint;
  /** A query with this noise is likely to come. */
  readonly expect: (laws: readonly NoiseLaw[]) => void;
  /** Forgets all of it. */
  readonly close: () => void;
}

/** The law of a query's noise. */
export const lawOf = (noise: Noise): NoiseLaw => {
  const { num, den } = noise.kind === 'laplace' ? noise.scale : noise.variance;
  return { name: `${noise.kind} ${num}/${den}`, draw: (rng) => drawNoise(noise, rng) };
};

/** All noise that a query needs. */
export const lawsOf = ({ slots, threshold }: Pick<QueryPlan, 'slots' | 'threshold'>): readonly NoiseLaw[] =>
  [threshold, ...slots.map(({ noise }) => noise)].flatMap((noise) => (noise ? [lawOf(noise)] : []));

/** Samples of one law that wait: enough for a burst of queries of one price. */
const DEPTH = 32;
/** Milliseconds from the moment when a sample is missed to the moment when new ones are drawn. */
const IDLE_MS = 10;
/** Laws with a stock; of more, those that were used longest ago go. A bureau can state as many ε as it likes. */
const LAWS = 128;

/**
 * A stock of samples by law, filled up in the background: how long a sample takes tells something of its size, so none is drawn while the querier that gets it waits. The first query of a new price finds
 * no stock; then the sample is drawn before a row is looked at, and the release tick covers the time.
 */
export const createNoiseStock = (rng: Rng = csprng): NoiseStock => {
  const stocks = new Map<string, { readonly law: NoiseLaw; readonly samples: bigint[] }>();
  let filling = false;
  let closed = false;

  const stockOf = (law: NoiseLaw): bigint[] => {
    const { samples } = stocks.get(law.name) ?? { samples: [] };
    // The last in the map is the one that was used last.
    stocks.delete(law.name);
    stocks.set(law.name, { law, samples });
    for (const name of stocks.keys()) {
      if (stocks.size <= LAWS) break;
      stocks.delete(name);
    }
    return samples;
  };

  const lacking = () => [...stocks.values()].findLast(({ samples }) => samples.length < DEPTH);

  const fill = async (): Promise<void> => {
    if (filling || closed) return;
    filling = true;
    // After the query that made room, not beside it.
    await sleep(IDLE_MS, undefined, { ref: false });
    const pace = createPace();
    for (let own = lacking(); own && !closed; own = lacking()) {
      own.samples.push(own.law.draw(rng));
      if (pace.due()) await pace.rest();
    }
    filling = false;
  };

  return {
    take: (law) => {
      const sample = stockOf(law).shift() ?? law.draw(rng);
      void fill();
      return sample;
    },
    expect: (laws) => {
      for (const law of laws) stockOf(law);
      void fill();
    },
    close: () => {
      closed = true;
      stocks.clear();
    },
  };
};
