import { afterEach, beforeEach, describe, it } from 'vitest';
import { entriesContract } from './kv-contract-entries.ts';
import { loadingContract } from './kv-contract-loading.ts';
import { kvModel } from './kv-contract-model.ts';
import type { KvUnderTest } from './kv-contract-rows.ts';
import { transactionsContract } from './kv-contract-transactions.ts';

export type { KvUnderTest } from './kv-contract-rows.ts';
export { kvModel };

/** What every implementation of the key-value port has to do: run it over each. */
export const kvContract = (name: string, open: () => Promise<KvUnderTest>): void => {
  describe(`the key-value port over ${name}`, () => {
    let opened: KvUnderTest;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.end());
    const current = (): KvUnderTest => opened;

    entriesContract(current);
    transactionsContract(current);
    loadingContract(current);
    it('does what a sorted map does, for any sequence of transactions', () => kvModel(open), 120_000);
  });
};
