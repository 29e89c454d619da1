import { setImmediate } from 'node:timers/promises';
import type { Watch } from '@vouchsafe/core';

/** Gives the event loop its turn, and stops when asked: rejects with the signal's reason. */
export const giveTurn = async (watch?: Watch): Promise<void> => {
  await setImmediate();
  watch?.signal?.throwIfAborted();
};
