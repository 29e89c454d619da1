import { decodeReceipt } from '@vouchsafe/audit';
import { compareStatements, createStatement, type Difference, type Period, StatementReport } from '@vouchsafe/audit/statement';
import { createPace, E, type Either, type StoreFault, type Watch } from '@vouchsafe/core';
import { memberOf, ROUTES, readEnvelope } from '@vouchsafe/protocol';
import type { QuerierContext } from './context.ts';
import type { HolderFault } from './errors.ts';
import { send } from './transport.ts';

const PAGE = 256;

/** Which holder's contributions to this bureau. */
export interface StatementQuestion extends Period {
  readonly holder: string;
}

/** What a holder contributed, as this bureau and the holder itself say. */
export interface ComparedStatement {
  /** From this bureau's own receipts. */
  readonly own: StatementReport;
  /** From the holder's log. */
  readonly holder: StatementReport;
  /** Empty when both say the same. */
  readonly differences: readonly Difference[];
}

/** The federation has no such holder. */
export interface NoSuchHolder {
  readonly _tag: 'NoSuchHolder';
  readonly message: string;
}

/** Why a bureau could not compare a holder’s statement with its own receipts. */
export type StatementError = StoreFault | NoSuchHolder | HolderFault;

/** Adds up this bureau's own receipts of a holder's answers. */
export const ownStatement = async (
  { federation, id: querier, store }: QuerierContext,
  { holder, from, to }: StatementQuestion,
): Promise<StatementReport> => {
  const statement = createStatement({ federation: federation.id, holder, period: { from, to }, querier });
  const pace = createPace();
  for (let next = 0; ; ) {
    const page = await store.receipts(holder, { from: next, count: PAGE });
    for (const { index, receipt } of page) {
      const read = decodeReceipt(receipt);
      if (E.isLeft(read)) throw new Error('a receipt of the store is damaged: restore the store from its last backup');
      statement.add(index, read.right.entry, true);
      next = index + 1;
    }
    if (page.length < PAGE) return statement.report();
    if (pace.due()) await pace.rest();
  }
};

/** The same from both sides' stores, and where they differ. Counter-signatures that wait are delivered first. */
export const compareWithHolder = async (
  context: QuerierContext,
  question: StatementQuestion,
  { signal }: Watch,
): Promise<Either<StatementError, ComparedStatement>> => {
  const { holder, from, to } = question;
  const url = memberOf(context.federation, holder, 'holder')?.url;
  if (url === undefined)
    return E.left({ _tag: 'NoSuchHolder', message: `the federation has no holder "${holder.slice(0, 40)}"` });
  const target = { holder, url };
  await context.acknowledger.finish(target);
  const body = await send(context.transport, target, { route: ROUTES.statement, query: { from, to }, signal });
  if (E.isLeft(body)) return body;
  const theirs = readEnvelope(StatementReport, body.right);
  if (E.isLeft(theirs)) return theirs;
  const own = await ownStatement(context, question);
  return E.right({ own, holder: theirs.right, differences: compareStatements({ holder: theirs.right, querier: own }) });
};
