import { Tinypool } from 'tinypool';
import { CURVES } from './choose.ts';
import { type Curve, openCurve } from './curve.ts';
import type { CurveBinary } from './curve-module.ts';
import { type CurveTask, runCurveTask } from './curve-task.ts';

/** What a worker is told when it starts: the module that its parent chose and tested. */
export interface WorkerStart {
  readonly module: CurveBinary['name'];
}

let curve: Curve | undefined;

/** Entry point of a pool's worker. @returns the packed result, moved, not copied */
export default (task: CurveTask): unknown => {
  const { module } = Tinypool.workerData as WorkerStart;
  curve ??= openCurve(CURVES.find(({ name }) => name === module)!);
  try {
    return Tinypool.move(runCurveTask(curve, task));
  } finally {
    // These are this thread's copies, and some are scalars.
    for (const arg of task.args) if (arg instanceof Uint8Array || arg instanceof Uint32Array) arg.fill(0);
  }
};
