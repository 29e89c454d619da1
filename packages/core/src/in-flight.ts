/** Work that is going on: whoever wants to take something away waits until nobody uses it. */
export interface InFlight {
  readonly run: <A>(work: () => Promise<A>) => Promise<A>;
  /** Resolves when all work that is going on now is done, however it ends. */
  readonly settled: () => Promise<void>;
}

/** Keeps track of work that is going on, nothing at first. */
export const createInFlight = (): InFlight => {
  const going = new Set<Promise<unknown>>();
  return {
    run: async (work) => {
      const own = work();
      going.add(own);
      try {
        return await own;
      } finally {
        going.delete(own);
      }
    },
    settled: async () => {
      await Promise.allSettled([...going]);
    },
  };
};
