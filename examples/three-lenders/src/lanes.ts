import { E, type Either, type Progress } from '@vouchsafe/core';

/** Why something did not work. */
export interface Fault {
  readonly _tag: string;
  readonly message: string;
}

/** Pieces of work under way at a time. */
const LANES = 8;

/** Works through a list, some at a time, in its order of results; stops at the first fault. */
export const inLanes = async <A, B>(
  items: readonly A[],
  {
    task,
    work,
    onProgress,
  }: {
    readonly task: string;
    readonly work: (item: A) => Promise<Either<Fault, B>>;
    readonly onProgress: (progress: Progress) => void;
  },
): Promise<Either<Fault, readonly B[]>> => {
  const results = new Array<B>(items.length);
  let [next, done] = [0, 0];
  let fault: Either<Fault, never> | undefined;
  const lane = async (): Promise<void> => {
    while (fault === undefined && next < items.length) {
      const at = next++;
      const result = await work(items[at]!);
      if (E.isLeft(result)) fault = result;
      else results[at] = result.right;
      onProgress({ task, done: ++done, total: items.length });
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return fault ?? E.right(results);
};
