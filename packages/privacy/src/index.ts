export { composeCosts, coversCost, epsilonOf, type PrivacyCost, rhoOf, rhoWithin } from './accounting.ts';
export { bernoulliExp } from './bernoulli.ts';
export { discreteGaussian, noisyThresholdGaussian } from './discrete-gaussian.ts';
export { discreteLaplace, noisyThreshold } from './discrete-laplace.ts';
export { gaussianTail, plusMinusGaussian } from './gaussian-tail.ts';
export { drawNoise, type Noise, plusMinusOf, tailOf } from './noise.ts';
export { costOf, type NoisePlan, type NoisySlot, noisePlanOf } from './noise-plan.ts';
export {
  type BadPrice,
  type ColumnPrice,
  noiseScale,
  type Price,
  priceOf,
  printPrice,
  type SlotPrice,
  sensitivityOf,
  THRESHOLD_SHARE,
} from './price.ts';
export { type ColumnSensitivity, columnSensitivity, gaussianVariance } from './sensitivity.ts';
export { noiseTail, type PlusMinus, plusMinus } from './tail.ts';
