export { CURVES, chooseCurve, isSupported } from './choose.ts';
export { type Curve, openCurve } from './curve.ts';
export type { CompiledCurve, CurveBinary, Layout, LayoutName } from './curve-module.ts';
export { type CurveOperation, type CurveTask, runCurveTask } from './curve-task.ts';
export { type CurvePool, closeSharedPools, openCurvePool, sharedCurvePool, WorkersFailed } from './pool.ts';
export { knownAnswer, passesSelfTest, type SelfTested } from './self-test.ts';
