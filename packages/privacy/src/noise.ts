import { csprng, type Rational, type Rng } from '@vouchsafe/core';
import { discreteGaussian } from './discrete-gaussian.ts';
import { discreteLaplace } from './discrete-laplace.ts';
import { gaussianTail, plusMinusGaussian } from './gaussian-tail.ts';
import { noiseTail, type PlusMinus, plusMinus } from './tail.ts';

/** A distribution of noise: discrete Laplace where a query is priced in ε, discrete Gaussian where it is priced in ρ. */
export type Noise =
  | { readonly kind: 'laplace'; readonly scale: Rational }
  /** `variance` is the parameter σ². */
  | { readonly kind: 'gaussian'; readonly variance: Rational };

/** One exact sample. @throws RangeError for a parameter that is not positive */
export const drawNoise = (noise: Noise, rng: Rng = csprng): bigint =>
  noise.kind === 'laplace' ? discreteLaplace(noise, rng) : discreteGaussian(noise, rng);

/** A bound that the sum of the noise of `holders` leaves with probability 2^-40 at most: `noiseTail` or `gaussianTail`. */
export const tailOf = (noise: Noise, holders: number): bigint =>
  noise.kind === 'laplace' ? noiseTail({ scale: noise.scale, holders }) : gaussianTail({ variance: noise.variance, holders });

/** What ± to print for the sum of the noise of `holders`: `plusMinus` or `plusMinusGaussian`. */
export const plusMinusOf = (noise: Noise, holders: number): PlusMinus =>
  noise.kind === 'laplace'
    ? plusMinus({ scale: noise.scale, holders })
    : plusMinusGaussian({ variance: noise.variance, holders });
