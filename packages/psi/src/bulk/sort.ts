import type { Pace } from '@vouchsafe/core';
import type { BulkKernel } from '@vouchsafe/kernels/bulk';

const BUCKETS = 65_536;
/** Entries that are counted, moved or sorted before the event loop may have its turn. */
const PIECE = 32_768;

/** Sorts n entries of 16 bytes (see the kernel's `keep`). @returns the address of the sorted ones, above the given, until their memory is taken back */
export const sortEntries = async (
  { kernel, pace }: { readonly kernel: BulkKernel; readonly pace: Pace },
  entries: number,
  n: number,
): Promise<number> => {
  // One entry is read before the first.
  const sorted = kernel.allocate(16 * n + 128) + 64;
  const counts = kernel.allocate(4 * BUCKETS);
  const pieces = async (work: (at: number, count: number) => void): Promise<void> => {
    for (let at = 0; at < n; at += PIECE) {
      work(entries + 16 * at, Math.min(PIECE, n - at));
      if (pace.due()) await pace.rest();
    }
  };
  kernel.view32(counts, BUCKETS).fill(0);
  await pieces((at, count) => kernel.run.count(at, count, counts));
  const next = kernel.view32(counts, BUCKETS);
  let sum = 0;
  for (let i = 0; i < BUCKETS; i++) {
    const own = next[i]!;
    next[i] = sum;
    sum += own;
  }
  await pieces((at, count) => kernel.run.scatter(at, count, counts, sorted));
  let start = 0;
  for (let i = 0; i < BUCKETS; i++) {
    // After the move a bucket's counter is where it ends.
    const end = kernel.view32(counts + 4 * i, 1)[0]!;
    if (end - start < PIECE && i < BUCKETS - 1) continue;
    kernel.run.sort(sorted + 16 * start, end - start);
    start = end;
    if (pace.due()) await pace.rest();
  }
  return sorted;
};
