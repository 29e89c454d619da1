import { E, type Either } from '@vouchsafe/core';
import { LogEntries, ROUTES, readEnvelope } from '@vouchsafe/protocol';
import type { HolderFault } from './errors.ts';
import { send, type Target, type Transport } from './transport.ts';

/** Entries of a holder's log as it serves them to the auditor: whether it signed them is for whoever checks. */
export const fetchEntries = async (
  transport: Transport,
  target: Target,
  { from, count }: { readonly from: number; readonly count: number },
  signal: AbortSignal | undefined,
): Promise<Either<HolderFault, readonly Uint8Array[]>> => {
  const body = await send(transport, target, { route: ROUTES.logEntries, query: { from, count }, signal });
  if (E.isLeft(body)) return body;
  const page = readEnvelope(LogEntries, body.right);
  if (E.isLeft(page)) return page;
  return page.right.from === from
    ? E.right(page.right.entries)
    : E.left({ _tag: 'OutOfStep', message: 'sent other entries of its log than were asked for' });
};
