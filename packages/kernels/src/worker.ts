import { Tinypool } from 'tinypool';
import { openCurve } from './curve.ts';
import type { CompiledCurve } from './curve-module.ts';
import { runCurveTask } from './curve-task.ts';
import { receiveTask, type SentTask, wipeTask } from './sent-task.ts';

// A thread starts in the time that its imports take, so this file and what it imports do without the larger libraries.

/** An instance of the module that the parent chose, tested and compiled. A thread that cannot have one does not start, and its pool says so. */
const curve = openCurve(Tinypool.workerData as CompiledCurve);

/** Entry point of a pool's worker. @returns the packed result, moved, not copied */
export default (sent: SentTask): unknown => {
  try {
    return Tinypool.move(runCurveTask(curve, receiveTask(sent)));
  } finally {
    wipeTask(sent);
  }
};
