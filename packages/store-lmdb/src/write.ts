import type { Environment } from './environment.ts';

/**
 * One write transaction of LMDB. Its callback runs here, while a thread of lmdb-js holds LMDB's write lock; that thread then commits and syncs. Rejects with the error of LMDB: lmdb-js
 * says only that a commit failed, and why by a second promise, which would end the process if nobody listened to it at once.
 */
export const write = async (root: Environment['root'], work: () => void): Promise<void> => {
  try {
    await root.transaction(work);
  } catch (error) {
    const { commitError } = error as { readonly commitError?: Promise<unknown> };
    throw commitError === undefined ? error : await commitError.catch((cause: unknown) => cause);
  }
};
