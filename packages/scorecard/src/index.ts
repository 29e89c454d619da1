export { assignBins, binOf } from './assign.ts';
export { binTable } from './bin-table.ts';
export { fitBinning } from './fit-binning.ts';
export { fitLogistic } from './logistic.ts';
