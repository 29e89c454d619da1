import { E } from '@vouchsafe/core';
import { createGroup, type Elements } from '@vouchsafe/group';
import type { HoldersFailed, LogVerdict, Querier, QuerierStore } from '@vouchsafe/querier';
import type { Applicant } from './books.ts';
import { PURPOSE, SCHEME } from './federation.ts';

const ELEMENT_BYTES = 32;

/**
 * A bureau's store that gives one row of stream 2 another value than it had: every value of the first row a thousand times as large, so that its owner's figures could be read out of any total that it
 * is in. Q is left alone, the bureau's proof is made as well as it can be.
 * @param victim the lender whose row it is
 */
export const cheatingStore = (store: QuerierStore, victim: string): QuerierStore => {
  const group = createGroup();
  /** 2^10 times each element after Q and C'. */
  const scaled = async (rows: Elements, width: number): Promise<void> => {
    let values = rows.slice(2 * ELEMENT_BYTES, width) as Elements;
    for (let i = 0; i < 10; i++) values = await group.add(values, values);
    rows.set(values, 2 * ELEMENT_BYTES);
  };
  return {
    ...store,
    link: (id, slots) => {
      const link = store.link(id, slots);
      if (id.holder !== victim) return link;
      const blinded: typeof link.blinded = async () => {
        const sorted = await link.blinded();
        const read: typeof sorted.read = async (from, count) => {
          const made = await sorted.read(from, count);
          if (from === 0) await scaled(made.rows, (slots + 2) * ELEMENT_BYTES);
          return made;
        };
        return { ...sorted, read };
      };
      return { ...link, blinded };
    },
  };
};

/** What came of the attempt. */
export interface Cheated {
  /** What the lender says. */
  readonly refusal: string | undefined;
  /** What the bureau gets when it asks for totals all the same. */
  readonly asked: string | undefined;
  /** Does the lender's log, as the auditor reads it, say that the table was refused? */
  readonly logged: boolean;
}

/** Reads off what the lender did about it: nothing is undefined when it was refused as it should be. */
export const judge = async (
  {
    querier,
    victim,
    applicants,
  }: { readonly querier: Querier; readonly victim: string; readonly applicants: readonly Applicant[] },
  failed: HoldersFailed,
  logs: () => Promise<readonly LogVerdict[]>,
): Promise<Cheated> => {
  const fault = failed.holders.find(({ holder }) => holder === victim)?.fault;
  const cohort = applicants.map(({ national_id }) => ({ national_id }));
  const totals = await querier.aggregate({ scheme: SCHEME, purpose: PURPOSE, cohort, columns: ['present'], epsilon: 1 })();
  const log = (await logs()).find(({ holder }) => holder === victim)?.result;
  return {
    refusal: fault?._tag === 'ProofRefused' ? fault.message : undefined,
    asked: E.isLeft(totals) ? `${totals.left._tag}: ${totals.left.message}` : undefined,
    logged: log !== undefined && E.isRight(log) && log.right.sealed.some(({ stage }) => stage === 'refused'),
  };
};
