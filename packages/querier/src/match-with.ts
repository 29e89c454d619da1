import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, E, type Either } from '@vouchsafe/core';
import { ELEMENT_BYTES } from '@vouchsafe/group';
import { MAX_BATCH } from '@vouchsafe/oprf';
import { Evaluated, FRAME_TYPE, ROUTES, readFrame, TableRef, writeFrame } from '@vouchsafe/protocol';
import { tagsOf } from '@vouchsafe/psi/index';
import type { QuerierContext } from './context.ts';
import { type HolderFault, olderThanUsed } from './errors.ts';
import type { MatchLink } from './link.ts';
import { keyOf, type SentBatch } from './paid.ts';
import { send, type Target } from './transport.ts';

/** Batches on the way to one holder at once: while it evaluates one, the next is blinded and the one before is unblinded. */
const AT_ONCE = 3;

/** Whom to ask about whom. */
export interface MatchJob {
  readonly target: Target;
  readonly link: MatchLink;
  readonly scheme: string;
  readonly ids: readonly Uint8Array[];
  /** Told how many of the ids were answered since the last time. */
  readonly report: (count: number) => void;
  readonly signal: AbortSignal | undefined;
}

/**
 * One holder's verdict on each id. Who was asked about before, under this key, is not asked about again; batches whose answer got lost are sent again as they were; the others go in batches of
 * {@link MAX_BATCH}, several on the way at once. After a fault what was answered is kept: a later call asks for the rest.
 * @returns n flags
 */
export const matchWith = async (context: QuerierContext, job: MatchJob): Promise<Either<HolderFault, Uint8Array>> => {
  const { link, ids, report } = job;
  const used = await context.store.pins.use(job.target.holder, job.scheme, context.epoch.number);
  if (used > context.epoch.number) return E.left(olderThanUsed(context.epoch.number, used));
  const { paid } = link;
  /** How often each subject stands in the list, of those that have to be asked about. */
  const wanted = new Map<string, number>();
  const rest: Uint8Array[] = [];
  for (const id of ids) {
    const key = keyOf(id);
    if (paid.known(id) === undefined && !wanted.has(key)) rest.push(id);
    if (paid.known(id) === undefined) wanted.set(key, (wanted.get(key) ?? 0) + 1);
  }
  report(ids.length - [...wanted.values()].reduce((sum, count) => sum + count, 0));
  const again = [...paid.pending(wanted)];
  const onTheirWay = new Set(again.flatMap((batch) => batch.ids.map(keyOf)));
  const fresh = rest.filter((id) => !onTheirWay.has(keyOf(id)));

  let fault: HolderFault | undefined;
  let from = 0;
  const next = async (): Promise<Either<HolderFault, SentBatch> | undefined> => {
    const before = again.shift();
    if (before) return E.right(before);
    if (from >= fresh.length) return undefined;
    const start = from;
    from += MAX_BATCH;
    return blind(job, fresh.slice(start, start + MAX_BATCH), start);
  };
  const lane = async (): Promise<void> => {
    for (let batch = await next(); batch && fault === undefined; batch = await next()) {
      const done = E.isLeft(batch) ? batch : await exchange(context, job, batch.right);
      if (E.isLeft(done)) fault ??= done.left;
      else if (E.isRight(batch)) report(batch.right.ids.reduce((sum, id) => sum + (wanted.get(keyOf(id)) ?? 0), 0));
    }
  };
  await allSettled(Array.from({ length: AT_ONCE }, lane));
  return fault ? E.left(fault) : E.right(Uint8Array.from(ids, (id) => paid.known(id) ?? 0));
};

/** When one rejects (the caller's abort, a store that cannot be written), the others still come to their end. */
const allSettled = async (lanes: readonly Promise<void>[]): Promise<void> => {
  for (const lane of await Promise.allSettled(lanes)) if (lane.status === 'rejected') throw lane.reason;
};

const blind = async (
  { link: { client }, signal }: MatchJob,
  ids: readonly Uint8Array[],
  from: number,
): Promise<Either<HolderFault, SentBatch>> => {
  const blinded = await client.blind(ids, { signal });
  // The batch was cut to size here and identifiers are short, so what is left is an input that hashes to the identity.
  if (E.isLeft(blinded)) return E.left({ _tag: 'InvalidInput', index: from, message: blinded.left.message });
  return E.right({ ids, ...blinded.right });
};

/** One batch there and back: send → check the proof and unblind → check the receipt → look up. Nothing of it is used before all is checked. */
const exchange = async (
  { id, epoch, transport, logs }: QuerierContext,
  { target, link: { client, index, paid }, scheme, signal }: MatchJob,
  batch: SentBatch,
): Promise<Either<HolderFault, void>> => {
  const { state, message } = batch;
  const bytes = writeFrame({
    envelope: TableRef.encode({ epoch: epoch.number, scheme }),
    rows: message,
    rowBytes: ELEMENT_BYTES,
  });
  await paid.sent(batch);
  const body = await send(transport, target, { route: ROUTES.match, body: { type: FRAME_TYPE, bytes }, signal });
  if (E.isLeft(body)) {
    // A refusal that the holder signed says that nothing was charged; any other fault leaves it open.
    if (body.left._tag === 'HolderRefused' && body.left.signed && body.left.status < 500) await paid.dropped(batch);
    return body;
  }
  const answer = readFrame(Evaluated, ELEMENT_BYTES, body.right);
  if (E.isLeft(answer)) return answer;
  const { proof, receipt } = answer.right.envelope;
  const evaluated = answer.right.rows;
  const outputs = await client.finalize(state, { evaluated, proof }, { signal });
  if (E.isLeft(outputs)) {
    // The holder signed it: the same request would get the same bytes again.
    await paid.dropped(batch);
    return outputs;
  }
  const expected = {
    leaf: 'match',
    querier: id,
    scheme,
    epoch: epoch.number,
    elements: batch.ids.length,
    request: sha256(message),
    answer: sha256(concatBytes(evaluated, proof)),
  } as const;
  const logged = await logs.check(target, receipt, expected, signal);
  if (E.isLeft(logged)) return logged;
  await paid.answered(batch, index.lookup(tagsOf(outputs.right, index.manifest.t)));
  return E.right(undefined);
};
