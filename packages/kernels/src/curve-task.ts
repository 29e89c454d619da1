import type { Curve } from './curve.ts';

/** The operations that answer one packed array, and so can run in a worker: everything long. */
export type CurveOperation =
  | 'hashToGroup'
  | 'hashAndMultiply'
  | 'validate'
  | 'decode'
  | 'multiply'
  | 'multiplyBase'
  | 'add'
  | 'subtract'
  | 'sumRows'
  | 'multiScalar'
  | 'multiScalarRows'
  | 'multiScalarHashed'
  | 'hashAndAddBase'
  | 'addBase'
  | 'hashToScalars'
  | 'hashOutputs'
  | 'multiplyBases'
  | 'encryptRows'
  | 'doubleRerandomizeRows';

/** One call of an operation. What is sent is copied; scalars in it are wiped from the worker when it is done. */
export interface CurveTask<K extends CurveOperation = CurveOperation> {
  readonly operation: K;
  readonly args: Parameters<Curve[K]>;
}

/** Runs a task on this thread. */
export const runCurveTask = (curve: Pick<Curve, CurveOperation>, { operation, args }: CurveTask): Uint8Array =>
  (curve[operation] as (...args: readonly unknown[]) => Uint8Array)(...args);
