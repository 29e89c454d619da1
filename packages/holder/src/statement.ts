import { MAX_PAGE_ENTRIES } from '@vouchsafe/audit';
import { createStatement, type Period, type StatementReport } from '@vouchsafe/audit/statement';
import { createPace, E, type Either } from '@vouchsafe/core';
import type { HolderContext } from './context.ts';
import type { CannotReadLog } from './store/index.ts';

/** What this holder contributed in a period, from its own log and the counter-signatures that it keeps. @param querier only what this one asked; all by default */
export const statementOf = async (
  { federation, id: holder, store }: HolderContext,
  { period, querier }: { readonly period: Period; readonly querier?: string | undefined },
): Promise<Either<CannotReadLog, StatementReport>> => {
  const statement = createStatement({ federation: federation.id, holder, period, querier });
  const pace = createPace();
  for (let from = 0; ; from += MAX_PAGE_ENTRIES) {
    const page = await store.log.entries({ from, count: MAX_PAGE_ENTRIES });
    if (E.isLeft(page)) return page;
    const signed = new Set((await store.acknowledgements({ from, count: MAX_PAGE_ENTRIES })).map(({ index }) => index));
    for (const [i, entry] of page.right.entries()) statement.add(from + i, entry, signed.has(from + i));
    if (page.right.length < MAX_PAGE_ENTRIES) return E.right(statement.report());
    if (pace.due()) await pace.rest();
  }
};
