import { slotsOf } from '@vouchsafe/core';
import type { HolderStore, Policy } from '@vouchsafe/holder';
import type { Epoch, Federation } from '@vouchsafe/protocol';

/** Where one table is: of one epoch, for one bureau and scheme. */
export interface TableProgress {
  readonly epoch: number;
  readonly bureau: string;
  readonly scheme: string;
  readonly stage: 'not loaded' | 'loading' | 'ready' | 'sent' | 'sealed' | 'refused';
  /** n, padding included. */
  readonly rows: number;
  /** Rows that the bureau has fetched. */
  readonly sent: number;
  /** Rows that the bureau has sent back. */
  readonly accepted: number;
}

/** The live epochs in whose roster the holder is, in rising order. */
export const epochsOf = ({ epochs }: Federation, name: string): readonly Epoch[] =>
  epochs.filter(({ roster }) => roster.some(({ holder }) => holder === name)).toSorted((a, b) => a.number - b.number);

/** The tables that an epoch has or will have: one for each bureau that may ask for totals, and each scheme. */
export const tablesOf = async ({
  store,
  federation,
  policy,
  epoch,
}: {
  readonly store: HolderStore;
  readonly federation: Federation;
  readonly policy: Policy;
  readonly epoch: number;
}): Promise<readonly TableProgress[]> => {
  const slots = slotsOf(federation.catalogue).length;
  const tables: TableProgress[] = [];
  for (const { bureau } of policy.queriers.filter(({ totals }) => totals !== undefined))
    for (const scheme of federation.schemes) {
      // Looking at a table of an epoch that nothing was loaded for would draw the epoch's secrets.
      const loaded = (await store.loaded(scheme, epoch)) !== undefined;
      const state = loaded ? await (await store.table({ bureau, scheme, epoch }, slots)).state() : undefined;
      const id = { epoch, bureau, scheme };
      tables.push(
        state === undefined
          ? { ...id, stage: 'not loaded', rows: 0, sent: 0, accepted: 0 }
          : { ...id, stage: state.stage, rows: state.rows, sent: state.sent.size, accepted: state.accepted.taken },
      );
    }
  return tables;
};
