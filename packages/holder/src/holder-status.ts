import { type Rational, rational, subtractRational, toNumber } from '@vouchsafe/core';
import type { HolderContext } from './context.ts';
import { matchQuotaOf, type QuerierGrant } from './policy.ts';
import type { TableStage } from './store/index.ts';

/** A holder at a glance, for an operator. Depends on documents, budgets and progress only: nothing in it says who is in a table. */
export interface HolderStatus {
  /** The federation file in use: its name and serial number. */
  readonly federation: string;
  readonly serial: number;
  /** SHA-256 of the policy in use, 32 bytes. */
  readonly policyHash: Uint8Array;
  /** Live epochs in whose roster this holder is, in rising order: the first one answers, a second one is being made ready. */
  readonly epochs: readonly EpochStatus[];
}

/** How far a holder is with a live epoch. */
export interface EpochStatus {
  readonly epoch: number;
  /** The records of every scheme are loaded: requests in this epoch are answered. */
  readonly loaded: boolean;
  readonly tables: readonly TableStatus[];
  readonly budgets: readonly BudgetStatus[];
}

/** How far a table is with the bureau that it is sealed with. */
export interface TableStatus {
  readonly bureau: string;
  readonly scheme: string;
  /** `none` before its records are loaded. */
  readonly stage: TableStage | 'none';
  /** n, padding included; 0 before its records are loaded. */
  readonly rows: number;
  /** Rows that the bureau returned so far. */
  readonly accepted: number;
}

/** What a querier has left of something that it may use up. */
export interface BudgetStatus {
  readonly bureau: string;
  /** Privacy budgets ε and ρ of aggregates, where something is granted in them, number of signals, blinded elements of matches: per epoch, and the last also per day. */
  readonly budget: 'epsilon' | 'rho' | 'signals' | 'elements' | 'elementsOfDay';
  readonly cap: number;
  readonly left: number;
}

/** Reads an epoch's status from the store. */
export const readEpochStatus = async (context: HolderContext, loaded: boolean): Promise<EpochStatus> => {
  const { epoch, federation, policy } = context;
  const tables: TableStatus[] = [];
  const budgets: BudgetStatus[] = [];
  for (const grant of policy.queriers) {
    if (grant.totals)
      for (const scheme of federation.schemes) tables.push(await tableStatus(context, { bureau: grant.bureau, scheme }));
    budgets.push(...(await budgetsOf(context, grant)));
  }
  return { epoch: epoch.number, loaded, tables, budgets };
};

const tableStatus = async (
  { store, epoch, slots }: HolderContext,
  { bureau, scheme }: { readonly bureau: string; readonly scheme: string },
): Promise<TableStatus> => {
  const state = await (await store.table({ bureau, scheme, epoch: epoch.number }, slots.length)).state();
  return { bureau, scheme, stage: state?.stage ?? 'none', rows: state?.rows ?? 0, accepted: state?.accepted.taken ?? 0 };
};

const budgetsOf = async (context: HolderContext, grant: QuerierGrant): Promise<readonly BudgetStatus[]> => {
  const { bureau, totals } = grant;
  const account = { bureau, epoch: context.epoch.number };
  const budgets: BudgetStatus[] = [];
  if (totals) {
    const spent = await context.store.spent(account);
    if (totals.aggregate) {
      const { epsilonPerEpoch, rhoPerEpoch } = totals.aggregate;
      // Where rho is granted, epsilon may be 0: such a budget is none.
      if (epsilonPerEpoch.num > 0n || !rhoPerEpoch)
        budgets.push({ bureau, budget: 'epsilon', ...exactly(epsilonPerEpoch, spent.epsilon) });
      if (rhoPerEpoch) budgets.push({ bureau, budget: 'rho', ...exactly(rhoPerEpoch, spent.rho ?? rational(0)) });
    }
    if (totals.signal) {
      const cap = totals.signal.queriesPerEpoch;
      budgets.push({ bureau, budget: 'signals', cap, left: Math.max(0, cap - spent.signals) });
    }
  }
  const quota = matchQuotaOf(grant);
  if (quota) {
    const spent = await context.store.matchSpent(account, context.clock());
    const [day, all] = [quota.elementsPerDay, quota.elementsPerEpoch];
    budgets.push({ bureau, budget: 'elementsOfDay', cap: day, left: Math.max(0, day - spent.elementsOfDay) });
    budgets.push({ bureau, budget: 'elements', cap: all, left: Math.max(0, all - spent.elementsOfEpoch) });
  }
  return budgets;
};

const exactly = (cap: Rational, spent: Rational): Pick<BudgetStatus, 'cap' | 'left'> => ({
  cap: toNumber(cap),
  left: Math.max(0, toNumber(subtractRational(cap, spent))),
});
