import { E } from '@vouchsafe/core';
import type { ScalarBytes } from '@vouchsafe/group';
import { deriveHolderKeys, type HolderKeys, paddedRows, paddingPseudonyms, pseudonymsOf } from '@vouchsafe/join';
import type { HolderContext } from './context.ts';
import type { SubjectSink } from './load.ts';
import type { TableId } from './store/index.ts';

/** This holder's keys towards one bureau for one scheme and epoch. */
export const keysOfTable = async (
  { federation, group, id, slots, store }: HolderContext,
  { bureau, scheme, epoch }: TableId,
): Promise<HolderKeys> =>
  deriveHolderKeys(
    {
      context: { federation: federation.id, bureau, holder: id, scheme, epoch },
      seeds: await store.epochSecrets(epoch),
      slots: slots.length,
    },
    group,
  );

/** The rows of one table before they are sealed: P = kH·Hash(id) and the values, in the store, which sorts them. */
export const tableSink = async (
  context: HolderContext,
  { bureau, scheme }: { readonly bureau: string; readonly scheme: string },
): Promise<SubjectSink> => {
  const { epoch, group, padTo, slots, store } = context;
  const id = { bureau, scheme, epoch: epoch.number };
  const table = await store.table(id, slots.length);
  const keys = await keysOfTable(context, id);
  /** The batches before the next one, written in their order. */
  let written: Promise<void> = Promise.resolve();
  return {
    isComplete: async () => {
      const state = await table.state();
      return state !== undefined && state.stage !== 'loading';
    },
    begin: () => table.begin(),
    // The threads have the next batch before this one is written.
    take: async ({ ids, values, rows }, { signal }) => {
      const scalar = keys.joinScalar.reveal() as ScalarBytes;
      const computed = pseudonymsOf({ context: keys.context, ids, scalar, watch: { signal } }, group);
      const before = written;
      written = Promise.all([computed, before]).then(([pseudonyms]) => table.add({ pseudonyms, values }, rows));
      // Whoever waits for it next is told of its failure; until then it is no unhandled one.
      written.catch(() => undefined);
      await before;
      return E.right(undefined);
    },
    end: async () => {
      await written;
      return E.right(undefined);
    },
    complete: ({ signal }) =>
      table.complete(async (subjects) => {
        const count = paddedRows(subjects, padTo) - subjects;
        const pseudonyms = await paddingPseudonyms({ keys, from: 0, count, watch: { signal } }, group);
        return { pseudonyms, values: new Uint32Array(count * slots.length) };
      }),
  };
};
