export { bernoulliExp } from './bernoulli.ts';
export { discreteLaplace, noisyThreshold } from './discrete-laplace.ts';
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
export { noiseTail, type PlusMinus, plusMinus } from './tail.ts';
