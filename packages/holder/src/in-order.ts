/** Who comes early waits this long, in milliseconds, for the one before it. */
const PATIENCE_MS = 30_000;
/** More than this many never wait at once: a partner keeps a few chunks on the way, not hundreds. */
const MAX_WAITING = 16;

/** Lets requests that overtook each other on the way take their turn in the order of a stream. */
export interface InOrder {
  /** @returns has it become ready? Not, when the one before it does not come in time, or too many wait */
  readonly until: (ready: () => boolean) => Promise<boolean>;
  /** Something changed: whoever is ready goes on. */
  readonly wake: () => void;
}

export const createInOrder = (): InOrder => {
  const waiting = new Set<() => void>();
  return {
    until: async (ready) => {
      if (ready()) return true;
      if (waiting.size >= MAX_WAITING) return false;
      return new Promise((resolve) => {
        const end = (result: boolean): void => {
          clearTimeout(timer);
          waiting.delete(look);
          resolve(result);
        };
        const look = (): void => {
          if (ready()) end(true);
        };
        const timer = setTimeout(() => end(false), PATIENCE_MS);
        timer.unref();
        waiting.add(look);
      });
    },
    wake: () => {
      for (const look of [...waiting]) look();
    },
  };
};
