/**
 * A queue of one: each task begins when the one before it has ended, however it ended.
 * @returns a function that runs a task in its turn and gives its result
 */
export const createSerially = (): (<A>(task: () => Promise<A>) => Promise<A>) => {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const result = last.then(task);
    last = result.catch(() => undefined);
    return result;
  };
};
