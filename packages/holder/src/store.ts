import { addRational, compareRational, csprng, E, type Either, type Rational, type Rng, rational, Secret } from '@vouchsafe/core';
import type { EpochSeeds } from '@vouchsafe/join';

/** The secrets of a holder in one epoch. */
export interface EpochSecrets extends EpochSeeds {
  /** 32 bytes: the VOPRF keys come from it. */
  readonly match: Secret;
}

/** What a querier has used up in an epoch, or may. */
export interface Spending {
  readonly epsilon: Rational;
  readonly signals: number;
}

/** An answer as it left, so that the same query gets the same bytes. */
export interface StoredAnswer {
  /** C° and E_j, (1 + k) × 32 bytes. */
  readonly rows: Uint8Array;
  readonly suppressed: boolean;
}

/** A querier's budget of this epoch does not cover the query. Nothing was charged. */
export interface BudgetSpent {
  readonly _tag: 'BudgetSpent';
  readonly message: string;
}

/** What becomes durable before an answer leaves, all of it or nothing. */
export interface Commitment {
  readonly bureau: string;
  readonly epoch: number;
  /** The query's digest, 64 bytes. */
  readonly digest: Uint8Array;
  readonly charge: Spending;
  /** The querier's whole budget of the epoch. */
  readonly cap: Spending;
  readonly answer: StoredAnswer;
}

/** A holder's durable state, as the SDK sees it. {@link memoryStore} is the implementation for tests and demos. */
export interface HolderStore {
  /** The epoch's secrets: drawn when first asked for, the same from then on. */
  epochSecrets(epoch: number): Promise<EpochSecrets>;
  /** The stored answer to a digest of this querier, if it was answered before. */
  answered(query: {
    readonly bureau: string;
    readonly epoch: number;
    readonly digest: Uint8Array;
  }): Promise<StoredAnswer | undefined>;
  spent(querier: { readonly bureau: string; readonly epoch: number }): Promise<Spending>;
  /**
   * One commit: checks the cap, debits and stores the answer. A digest that was answered meanwhile gives that answer and is not charged again, so that
   * of two equal queries at once only one pays.
   */
  commit(commitment: Commitment): Promise<Either<BudgetSpent, StoredAnswer>>;
  /** Overwrites what is secret. The store is unusable afterwards. */
  close(): Promise<void>;
}

const nothing: Spending = { epsilon: rational(0), signals: 0 };

const add = (a: Spending, b: Spending): Spending => ({
  epsilon: addRational(a.epsilon, b.epsilon),
  signals: a.signals + b.signals,
});

/** Does the charge fit under the cap on top of what was spent? */
export const affordable = (
  spent: Spending,
  { charge, cap }: { readonly charge: Spending; readonly cap: Spending },
): Either<BudgetSpent, Spending> => {
  const sum = add(spent, charge);
  if (compareRational(sum.epsilon, cap.epsilon) > 0) return E.left(budgetSpent('privacy budget (epsilon)'));
  return sum.signals > cap.signals ? E.left(budgetSpent('number of signal queries')) : E.right(sum);
};

const budgetSpent = (what: string): BudgetSpent => ({
  _tag: 'BudgetSpent',
  message: `this epoch’s ${what} does not cover the query; nothing was charged. Ask for less, or wait for the next epoch`,
});

/** State that ends with the process. */
export const memoryStore = (rng: Rng = csprng): HolderStore => {
  const secrets = new Map<number, EpochSecrets>();
  const answers = new Map<string, StoredAnswer>();
  const spendings = new Map<string, Spending>();
  const querierKey = ({ bureau, epoch }: { readonly bureau: string; readonly epoch: number }): string => `${epoch}/${bureau}`;
  const answerKey = (query: { readonly bureau: string; readonly epoch: number; readonly digest: Uint8Array }): string =>
    `${querierKey(query)}/${Buffer.from(query.digest).toString('hex')}`;
  return {
    epochSecrets: async (epoch) => {
      const own = secrets.get(epoch) ?? { join: new Secret(rng(32)), value: new Secret(rng(32)), match: new Secret(rng(32)) };
      secrets.set(epoch, own);
      return own;
    },
    answered: async (query) => answers.get(answerKey(query)),
    spent: async (querier) => spendings.get(querierKey(querier)) ?? nothing,
    // No await inside: nothing comes between the check and the debit.
    commit: async (commitment) => {
      const before = answers.get(answerKey(commitment));
      if (before) return E.right(before);
      const sum = affordable(spendings.get(querierKey(commitment)) ?? nothing, commitment);
      if (E.isLeft(sum)) return sum;
      spendings.set(querierKey(commitment), sum.right);
      answers.set(answerKey(commitment), commitment.answer);
      return E.right(commitment.answer);
    },
    close: async () => {
      for (const { join, value, match } of secrets.values()) for (const secret of [join, value, match]) secret.wipe();
      secrets.clear();
      answers.clear();
    },
  };
};
