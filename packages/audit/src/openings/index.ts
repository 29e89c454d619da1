export {
  type BadSample,
  type CheckedRow,
  checkSample,
  type RowFault,
  type SampleStatement,
  sampleStatement,
} from './check-sample.ts';
export { detection, smallestFound } from './detection.ts';
export { drawRows, MAX_SAMPLE, SEED_BYTES } from './draw.ts';
export {
  type BadOpenRequest,
  MAX_OPENED,
  makeOpenRequest,
  type OpenedRequest,
  type OpenRequest,
  type OpenTerms,
  readOpenRequest,
  verifierSecret,
} from './open-request.ts';
export { type BadOpening, checkOpening, encodeOpening, type OpenedSubject, type Opening, type ShownSubject } from './opening.ts';
export { Sample, type SampledRow } from './sampled-row.ts';
