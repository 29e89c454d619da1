import { type BulkKernel, openBulkKernel } from '@vouchsafe/kernels/bulk';

/** Instances that no session uses: the first touch of memory costs more than the computing, so it is used again, wiped. */
const free: BulkKernel[] = [];
const KEPT = 2;
/** A larger one is given back to the system. */
const KEPT_BYTES = 2 ** 29;

/** An instance for one session. @throws RangeError where the module does not run: then there is no bulk match on this engine */
export const borrowKernel = (): BulkKernel => {
  const kernel = free.pop() ?? openBulkKernel();
  if (kernel === undefined)
    throw new RangeError('this engine does not run the bulk kernel (WebAssembly SIMD): match one by one instead');
  return kernel;
};

/** Wipes an instance and keeps it for the next session. */
export const returnKernel = (kernel: BulkKernel): void => {
  kernel.wipe();
  if (free.length < KEPT && kernel.size <= KEPT_BYTES) free.push(kernel);
};
