export type { Backend, BatchOperation, BatchPool, BatchTask, ScalarOperation } from './backend.ts';
export {
  type BadElement,
  type BadScalar,
  countOf,
  ELEMENT_BYTES,
  type ElementBytes,
  type Elements,
  elementAt,
  findIdentity,
  SCALAR_BYTES,
  type ScalarBytes,
  type Scalars,
  scalarAt,
} from './elements.ts';
export { createGroup, GENERATOR, type Group, type GroupOptions, IDENTITY, type NoSmallLog } from './group.ts';
export { type BackendName, openBackend } from './kernel-backend.ts';
export { createNobleBackend } from './noble.ts';
export {
  addScalars,
  deriveScalar,
  hashToScalar,
  invertScalar,
  invertScalars,
  multiplyScalars,
  negateScalar,
  ORDER,
  randomScalar,
  randomScalars,
  receiveScalars,
  subtractScalars,
  toBigint,
  toScalar,
} from './scalar.ts';
