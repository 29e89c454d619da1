import { createHash } from 'node:crypto';
import { bytesToHex, E, type Either, encodeCanonical, giveBack, record } from '@vouchsafe/core';
import {
  BULK_PAGE_BYTES,
  BulkEnd,
  BulkOpened,
  BulkStep,
  BulkStepped,
  bulkContext,
  bulkTranscript,
  CBOR_TYPE,
  FRAME_TYPE,
  type Frame,
  ROUTES,
  readFrame,
  TableRef,
  writeFrame,
} from '@vouchsafe/protocol';
import {
  type BulkIds,
  type BulkParameters,
  type BulkSession,
  bulkParameters,
  bulkSizeOf,
  masksBytes,
  openBulkReceiverThread,
  type ReceiverState,
} from '@vouchsafe/psi/bulk';
import type * as t from 'io-ts';
import type { QuerierContext } from './context.ts';
import { type HolderFault, olderThanUsed } from './errors.ts';
import { send, type Target } from './transport.ts';

/** Whom to match with, and which identifiers. */
export interface BulkJob {
  readonly target: Target;
  readonly scheme: string;
  /** Each once. */
  readonly ids: BulkIds;
  /** The holder's identifiers, as its manifest says. */
  readonly rows: number;
  /** Told how many of the ids are on their way, of all. */
  readonly report: (done: number) => void;
  readonly signal: AbortSignal | undefined;
}

/** After this long without an answer to it, nobody waits for the end of a session. */
const END_MS = 2000;

/**
 * A bulk match with one holder, as the receiver: a session of signed requests, one on the way while the next is made on a thread of its own. The masks are used when all of them are here and the receipt
 * of the holder's log entry about them is good. A session that breaks off is lost: another one starts from the beginning, and pays again if this one got as far as the masks.
 * @returns the numbers of the ids that the holder has too
 */
export const bulkMatchWith = async (context: QuerierContext, job: BulkJob): Promise<Either<HolderFault, Uint32Array>> => {
  const { epoch, federation, id: bureau, store } = context;
  const { target, scheme, ids, rows } = job;
  const used = await store.pins.use(target.holder, scheme, epoch.number);
  if (used > epoch.number) return E.left(olderThanUsed(epoch.number, used));
  const about = bulkContext({ federation: federation.id, bureau, holder: target.holder, scheme, epoch: epoch.number });
  const session = await openBulkReceiverThread({ ids, context: about, limit: rows });
  if (E.isLeft(session)) return session;
  let name: Uint8Array | undefined;
  try {
    return await converse(context, job, {
      session: session.right,
      onName: (given) => {
        name = given;
      },
    });
  } finally {
    session.right.close();
    if (name) await end(context, target, name);
  }
};

const converse = async (
  context: QuerierContext,
  job: BulkJob,
  { session, onName }: { readonly session: BulkSession<ReceiverState>; readonly onName: (name: Uint8Array) => void },
): Promise<Either<HolderFault, Uint32Array>> => {
  const { epoch } = context;
  const { ids, rows, scheme } = job;
  const nx = ids.offsets.length - 1;
  const transcript = bulkTranscript();
  const hello = await session.step();
  if (E.isLeft(hello)) return hello;
  transcript.add(hello.right.message!);
  const ref = TableRef.encode({ epoch: epoch.number, scheme });
  const opened = await post(context, job, {
    route: ROUTES.bulkOpen,
    codec: BulkOpened,
    envelope: ref,
    message: hello.right.message!,
  });
  if (E.isLeft(opened)) return opened;
  const { session: name } = opened.right.envelope;
  onName(name);
  const size = bulkSizeOf('welcome', opened.right.rows);
  if (E.isLeft(size)) return size;
  if (size.right !== rows) return E.left(otherSize);
  const parameters = bulkParameters({ nx, ny: rows });

  let step = 0;
  let reply: Uint8Array | undefined = opened.right.rows;
  let onTheWay: Promise<Either<HolderFault, Frame<BulkStepped>>> | undefined;
  for (;;) {
    job.signal?.throwIfAborted();
    const turn = await session.step(reply);
    if (E.isLeft(turn)) return turn;
    const { message, state } = turn.right;
    if (onTheWay) {
      const before = await onTheWay;
      if (E.isLeft(before)) return before;
    }
    transcript.add(message!);
    const envelope = BulkStep.encode({ session: name, step });
    onTheWay = post(context, job, { route: ROUTES.bulkStep, codec: BulkStepped, envelope, message: message! });
    // Its fault is told where it is awaited; until then it is no unhandled one.
    onTheWay.catch(() => undefined);
    job.report(Math.min(nx, Math.floor((nx * step++) / (parameters.groups.length + 2))));
    reply = undefined;
    if (state === 'sending') continue;
    const answer = await onTheWay;
    onTheWay = undefined;
    if (E.isLeft(answer)) return answer;
    const { receipt } = answer.right.envelope;
    if (state !== 'masks') reply = answer.right.rows;
    else if (receipt === undefined) return E.left(noReceipt);
    else return conclude(context, job, { session, name, parameters, request: transcript.digest(), receipt });
  }
};

const NoEnvelope: t.Type<object, unknown, unknown> = record<object>('NoEnvelope', {}, {});

const otherSize: HolderFault = {
  _tag: 'OutOfStep',
  message: 'has another number of identifiers than its manifest said: sync, then match again',
};
const noReceipt: HolderFault = { _tag: 'BadReceipt', message: 'sent no receipt for the bulk match: its masks are not used' };

/** All masks, page by page → the receipt says so → the result. */
const conclude = async (
  { epoch, id, logs, transport }: QuerierContext,
  { rows, scheme, signal, target, report }: BulkJob,
  {
    session,
    name,
    parameters,
    request,
    receipt,
  }: {
    readonly session: BulkSession<ReceiverState>;
    readonly name: Uint8Array;
    readonly parameters: BulkParameters;
    readonly request: Uint8Array;
    readonly receipt: Uint8Array;
  },
): Promise<Either<HolderFault, Uint32Array>> => {
  const masks = new Uint8Array(masksBytes(parameters));
  const hash = createHash('sha256');
  for (let from = 0; from < masks.length; from += BULK_PAGE_BYTES) {
    const query = { session: bytesToHex(name), page: from / BULK_PAGE_BYTES };
    const body = await send(transport, target, { route: ROUTES.bulkMasks, query, signal });
    if (E.isLeft(body)) return body;
    const page = readFrame(NoEnvelope, 1, body.right);
    if (E.isLeft(page)) return page;
    const part = page.right.rows;
    if (part.length !== Math.min(BULK_PAGE_BYTES, masks.length - from)) return E.left(otherSize);
    masks.set(part, from);
    hash.update(part);
  }
  const expected = {
    leaf: 'match',
    querier: id,
    scheme,
    epoch: epoch.number,
    elements: parameters.nx,
    request,
    answer: new Uint8Array(hash.digest()),
    bulk: { rows, charged: parameters.bound, outcome: 'answered' },
  } as const;
  const logged = await logs.check(target, receipt, expected, signal);
  if (E.isLeft(logged)) return logged;
  const last = await session.step(masks);
  if (E.isLeft(last)) return last;
  report(parameters.nx);
  return E.right(last.right.matches!);
};

/** One message there, and what comes back. */
const post = async <A>(
  { transport }: QuerierContext,
  { target, signal }: BulkJob,
  {
    route,
    codec,
    envelope,
    message,
  }: {
    readonly route: string;
    readonly codec: t.Type<A, unknown, unknown>;
    readonly envelope: unknown;
    readonly message: Uint8Array;
  },
): Promise<Either<HolderFault, Frame<A>>> => {
  const bytes = writeFrame({ envelope, rows: message, rowBytes: 1 });
  giveBack(message);
  const body = await send(transport, target, { route, body: { type: FRAME_TYPE, bytes }, signal });
  return E.isLeft(body) ? body : readFrame(codec, 1, body.right);
};

/** Lets the holder give its memory back at once. It does so on its own after a while, so nothing depends on this. */
const end = async ({ transport }: QuerierContext, target: Target, session: Uint8Array): Promise<void> => {
  const bytes = encodeCanonical(BulkEnd.encode({ session }));
  await send({ ...transport, timeoutMs: END_MS }, target, { route: ROUTES.bulkEnd, body: { type: CBOR_TYPE, bytes } });
};
