import { createHash } from 'node:crypto';
import { type BulkFacts, encodeLeaf } from '@vouchsafe/audit';
import { E, type Either } from '@vouchsafe/core';
import { bulkContext, bulkTranscript, type TableRef } from '@vouchsafe/protocol';
import { type BulkError, bulkMemory, bulkParameters, bulkSizeOf, openBulkSenderThread } from '@vouchsafe/psi/bulk';
import type { BulkSessions, OpenBulk, TooManySessions } from './bulk-sessions.ts';
import { type HolderContext, secondsOf } from './context.ts';
import { type OutOfTurn, outOfTurn } from './out-of-turn.ts';
import { affordableMatch, type MatchQuota, type QuotaSpent } from './store/index.ts';

/** What this holder's policy and records say about bulk matches of one querier. */
export interface BulkTerms {
  readonly quota: MatchQuota;
  /** This holder's identifiers, padding included. */
  readonly rows: number;
}

export type CannotMatchInBulk = BulkError | QuotaSpent | TooManySessions | OutOfTurn;

/** Messages that may wait for the one before them: one on the way while another is worked on. */
const MAX_WAITING = 2;

/**
 * Opens a bulk match, as the sender: quota → room → the session on a thread of its own. Nothing is charged yet, and nothing that leaves before the masks depends on this holder's
 * identifiers but their number.
 * @returns the session's name, and the sender's first message
 */
export const openBulkMatch = async (
  context: HolderContext,
  sessions: BulkSessions,
  {
    bureau,
    ref,
    terms: { quota, rows },
    hello,
  }: { readonly bureau: string; readonly ref: TableRef; readonly terms: BulkTerms; readonly hello: Uint8Array },
): Promise<Either<CannotMatchInBulk, { readonly session: Uint8Array; readonly message: Uint8Array }>> => {
  const { federation, id: holder, store } = context;
  const size = bulkSizeOf('hello', hello);
  if (E.isLeft(size)) return size;
  const parameters = bulkParameters({ nx: size.right, ny: rows });
  // Before any work; the commit checks again.
  const now = context.clock();
  const spent = await store.matchSpent({ bureau, epoch: ref.epoch }, now);
  const funds = affordableMatch(spent, { elements: parameters.bound, quota, now, what: 'the bulk match counts as' });
  if (E.isLeft(funds)) return funds;
  const place = sessions.reserve({ bureau, bytes: bulkMemory(parameters, rows) });
  if (E.isLeft(place)) return place;
  try {
    const ids = await (await store.bulkSet(ref.scheme, ref.epoch)).read();
    const about = bulkContext({ federation: federation.id, bureau, holder, ...ref });
    const opened = await openBulkSenderThread({ ids, context: about, limit: size.right, padTo: rows });
    if (E.isLeft(opened)) {
      place.right.release();
      return opened;
    }
    const turn = await opened.right.step(hello);
    if (E.isLeft(turn)) {
      place.right.release();
      return turn;
    }
    const transcript = bulkTranscript();
    transcript.add(hello);
    const session = place.right.fill({
      ...{ bureau, ref, parameters, transcript },
      session: opened.right,
      next: 0,
      waiting: 0,
      last: Promise.resolve(turn),
      masks: undefined,
    });
    return E.right({ session, message: turn.right.message! });
  } catch (error) {
    place.right.release();
    throw error;
  }
};

/**
 * Takes the querier's next message. Those that need no answer are taken over and worked on while the next one is on its way. With the last one the masks are charged and logged in one commit;
 * only then may they leave. A querier whose messages fail the check is charged and logged too, and gets none.
 * @returns the sender's next message, or, after the last one, the receipt
 */
export const stepBulkMatch = async (
  context: HolderContext,
  sessions: BulkSessions,
  {
    open,
    quota,
    step,
    message,
  }: { readonly open: OpenBulk; readonly quota: MatchQuota; readonly step: number; readonly message: Uint8Array },
): Promise<Either<CannotMatchInBulk, { readonly message?: Uint8Array; readonly receipt?: Uint8Array }>> => {
  if (step !== open.next || open.waiting >= MAX_WAITING)
    return E.left(outOfTurn(`step ${open.next} of this bulk match comes next, when the one before it is answered`));
  // After open and trees each group, then the answer to the check.
  const groups = open.parameters.groups.length;
  const isSilent = step >= 1 && step <= groups;
  const isLast = step === groups + 2;
  open.next++;
  open.waiting++;
  open.transcript.add(message);
  const before = open.last;
  const own = before.then((turn) => (E.isLeft(turn) ? turn : open.session.step(message)));
  open.last = own;
  own.then(
    () => open.waiting--,
    () => open.waiting--,
  );
  try {
    const turn = await (isSilent ? before : own);
    if (E.isRight(turn)) {
      if (isSilent) return E.right({});
      if (!isLast) return E.right({ message: turn.right.message! });
    }
    return await finish(context, sessions, { open, quota, turn });
  } catch (error) {
    sessions.end(open);
    throw error;
  }
};

/** The end of a session, whichever: masks or an error. */
const finish = async (
  context: HolderContext,
  sessions: BulkSessions,
  { open, quota, turn }: { readonly open: OpenBulk; readonly quota: MatchQuota; readonly turn: Awaited<OpenBulk['last']> },
): Promise<Either<CannotMatchInBulk, { readonly receipt: Uint8Array }>> => {
  if (E.isLeft(turn)) {
    if (turn.left._tag === 'BulkCheckFailed')
      await commit(context, { open, quota, masks: new Uint8Array(0), outcome: 'refused' });
    sessions.end(open);
    return turn;
  }
  const masks = turn.right.message!;
  const receipt = await commit(context, { open, quota, masks, outcome: 'answered' });
  if (E.isLeft(receipt)) {
    masks.fill(0);
    sessions.end(open);
    return receipt;
  }
  open.masks = masks;
  return E.right({ receipt: receipt.right });
};

/** What is debited is the most that a deviating receiver can have bound, not what it said. */
const commit = (
  context: HolderContext,
  {
    open: { bureau, ref, parameters, transcript },
    quota,
    masks,
    outcome,
  }: {
    readonly open: OpenBulk;
    readonly quota: MatchQuota;
    readonly masks: Uint8Array;
    readonly outcome: BulkFacts['outcome'];
  },
): Promise<Either<QuotaSpent, Uint8Array>> => {
  const { nx, ny, bound } = parameters;
  const [request, answer] = [transcript.digest(), new Uint8Array(createHash('sha256').update(masks).digest())];
  const entry = (charged: number): Uint8Array =>
    encodeLeaf({
      leaf: 'match',
      version: 1,
      time: secondsOf(context),
      querier: bureau,
      scheme: ref.scheme,
      epoch: ref.epoch,
      elements: nx,
      request,
      answer,
      policy: context.policyHash,
      bulk: { rows: ny, charged, outcome },
    });
  return context.store.commitBulk(
    { bureau, epoch: ref.epoch, quota, now: context.clock(), elements: bound, passed: outcome === 'answered', entry },
    context.log,
  );
};
