import { parentPort } from 'node:worker_threads';
import { drawSvg } from './draw.ts';
import type { Spec } from './specs.ts';

// Draws charts away from the thread that answers queries: loading Vega takes half a second, a chart some 50 ms.

parentPort!.on('message', async ({ id, spec }: { readonly id: number; readonly spec: Spec }) => {
  try {
    parentPort!.postMessage({ id, svg: await drawSvg(spec) });
  } catch {
    parentPort!.postMessage({ id });
  }
});
