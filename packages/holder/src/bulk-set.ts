import { E } from '@vouchsafe/core';
import type { HolderContext } from './context.ts';
import type { SubjectSink } from './load.ts';

/**
 * The holder's own identifiers for bulk matches, kept from the same load as table and index, so that all three are about the same people for the whole epoch. Who stands in the source twice is found out
 * by the index, and by a session.
 */
export const bulkSink = async ({ epoch, store }: HolderContext, scheme: string): Promise<SubjectSink> => {
  const set = await store.bulkSet(scheme, epoch.number);
  let [batches, count] = [0, 0];
  return {
    isComplete: async () => (await set.size()) !== undefined,
    begin: async () => {
      [batches, count] = [0, 0];
      await set.begin();
    },
    take: async ({ ids }) => {
      count += ids.length;
      await set.add({ number: batches++, ids });
      return E.right(undefined);
    },
    end: async () => E.right(undefined),
    complete: async () => {
      await set.complete({ batches, ids: count });
      return undefined;
    },
  };
};
