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
  return {
    isComplete: async () => {
      const state = await table.state();
      return state !== undefined && state.stage !== 'loading';
    },
    begin: () => table.begin(),
    take: async ({ ids, values, rows }, { signal }) => {
      const pseudonyms = await pseudonymsOf(
        { context: keys.context, ids, scalar: keys.joinScalar.reveal() as ScalarBytes, watch: { signal } },
        group,
      );
      await table.add({ pseudonyms, values }, rows);
      return E.right(undefined);
    },
    end: async () => E.right(undefined),
    complete: ({ signal }) =>
      table.complete(async (subjects) => {
        const count = paddedRows(subjects, padTo) - subjects;
        const pseudonyms = await paddingPseudonyms({ keys, from: 0, count, watch: { signal } }, group);
        return { pseudonyms, values: new Uint32Array(count * slots.length) };
      }),
  };
};
