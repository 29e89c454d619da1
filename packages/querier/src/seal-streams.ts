import { setImmediate } from 'node:timers/promises';
import { concatBytes, createMerkleRoot, E, type Either, rowOf, type Watch } from '@vouchsafe/core';
import type { Elements, Scalars } from '@vouchsafe/group';
import { advance, type BlindedRows, type BureauKeys, blindRows, checkComplete, rowBytes } from '@vouchsafe/join';
import { FRAME_TYPE, ROUTES, readEnvelope, readFrame, SealChunk, SealProgress, writeFrame } from '@vouchsafe/protocol';
import type { QuerierContext } from './context.ts';
import type { HolderFault } from './errors.ts';
import type { LinkId, LinkState, LinkStore } from './store/index.ts';
import { send, type Target } from './transport.ts';

/** Chunks that are being blinded behind the one that is settled. */
const AHEAD = 1;

/** Chunks written together: the store cuts what it is given into 256 encrypted pieces, which a single chunk would make as short as their overhead. */
const TOGETHER = 4;

/** Chunks on the way at once: the holder makes, or checks, the next ones while this one is blinded or written. */
const WINDOW = 3;

/** What both streams of a setup need. */
export interface Stream extends LinkId {
  readonly target: Target;
  readonly link: LinkStore;
  readonly keys: BureauKeys;
  /** PK_j, V × 32 bytes. */
  readonly jointKeys: Elements;
  /** n. */
  readonly rows: number;
  readonly watch: Watch;
}

/** Stream 1: asks for rows, checks, blinds and stores them. @returns the Merkle root over them */
export const takeStream = async (
  { chunkRows, group, slots, transport }: QuerierContext,
  { target, epoch, scheme, link, keys, jointKeys, rows, watch }: Stream,
  state: LinkState,
): Promise<Either<HolderFault, Uint8Array>> => {
  const { signal } = watch;
  const width = rowBytes(slots.length);
  const merkle = createMerkleRoot(state.merkle);
  let place = state.taken;
  let stored: Promise<void> = Promise.resolve();
  const settled: BlindedRows[] = [];
  const blinding: { readonly own: Uint8Array; readonly blinded: ReturnType<typeof blindRows> }[] = [];

  /** Begins to write the chunks that are settled, once those before them are written. Others are blinded meanwhile. */
  const store = async (): Promise<void> => {
    const chunks = settled.splice(0);
    const { place: taken } = chunks.at(-1)!;
    const progress = { taken, merkle: merkle.state() };
    const made = {
      rows: concatBytes(...chunks.map((chunk) => chunk.rows)) as Elements,
      randomness: concatBytes(...chunks.map((chunk) => chunk.randomness)) as Scalars,
    };
    for (const { randomness } of chunks) randomness.fill(0);
    await stored;
    stored = link.take(made, progress).finally(() => made.randomness.fill(0));
    stored.catch(() => undefined);
  };

  /** Takes the oldest chunk that is being blinded into the tree, and with others into the store. */
  const settle = async (): Promise<Either<HolderFault, void>> => {
    const { own, blinded: begun } = blinding.shift()!;
    const blinded = await begun;
    if (E.isLeft(blinded)) {
      // Nothing that comes after a bad chunk may take its place.
      for (const { blinded: later } of blinding.splice(0))
        void later.then(
          (made) => E.isRight(made) && made.right.randomness.fill(0),
          () => undefined,
        );
      return blinded;
    }
    await setImmediate();
    for (let i = 0; i < own.length / width; i++) merkle.append(rowOf(own, width, i));
    settled.push(blinded.right);
    if (settled.length === TOGETHER) await store();
    watch.onProgress?.({ task: `seal ${target.holder}`, done: blinded.right.place.taken, total: 2 * rows });
    return E.right(undefined);
  };

  const fetchRows = (from: number) =>
    send(transport, target, { route: ROUTES.sealRows, query: { epoch, scheme, from, count: chunkRows }, signal });

  /** Begins to blind a chunk, and settles the one before it: the thread that blinds never waits for this one. */
  const take = async (body: Either<HolderFault, Uint8Array>): Promise<Either<HolderFault, void>> => {
    if (E.isLeft(body)) return body;
    const chunk = readFrame(SealChunk, width, body.right);
    if (E.isLeft(chunk)) return chunk;
    const { rows: own } = chunk.right;
    if (own.length !== Math.min(chunkRows, rows - place.taken) * width) return E.left(otherCount);
    const next = advance({ place, chunk: own, slots: slots.length });
    if (E.isLeft(next)) return next;
    const blinded = blindRows({ keys, jointKeys, place, chunk: own, watch: { signal } }, group);
    blinded.catch(() => undefined);
    blinding.push({ own, blinded });
    place = next.right;
    return blinding.length > AHEAD ? settle() : E.right(undefined);
  };

  let taken: Either<HolderFault, void> = E.right(undefined);
  for await (const body of inWindow(starts(place.taken, rows, chunkRows), fetchRows)) {
    taken = await take(body);
    if (E.isLeft(taken)) break;
  }
  // What came before a fault is kept.
  while (blinding.length > 0) {
    const last = await settle();
    if (E.isLeft(last)) taken = last;
  }
  if (settled.length > 0) await store();
  await stored;
  if (E.isLeft(taken)) return taken;
  const complete = checkComplete(place);
  return E.isLeft(complete) ? complete : E.right(merkle.root());
};

/** Stream 2, in the order of Q: what the holder has not accepted yet. */
export const giveStream = async (
  { chunkRows, slots, transport }: QuerierContext,
  { target, epoch, scheme, link, rows, watch }: Stream,
  accepted: number,
): Promise<Either<HolderFault, void>> => {
  const { signal } = watch;
  const width = rowBytes(slots.length);
  const blinded = await link.blinded();
  const sendRows = async (from: number) => {
    const envelope = SealChunk.encode({ epoch, scheme, from });
    const bytes = writeFrame({ envelope, rows: (await blinded.read(from, chunkRows)).rows, rowBytes: width });
    return send(transport, target, { route: ROUTES.sealRows, body: { type: FRAME_TYPE, bytes }, signal });
  };
  let from = accepted;
  for await (const body of inWindow(starts(accepted, rows, chunkRows), sendRows)) {
    if (E.isLeft(body)) return body;
    const progress = readEnvelope(SealProgress, body.right);
    if (E.isLeft(progress)) return progress;
    from = Math.min(rows, from + chunkRows);
    if (progress.right.accepted !== from) return E.left(otherCount);
    watch.onProgress?.({ task: `seal ${target.holder}`, done: rows + from, total: 2 * rows });
  }
  return E.right(undefined);
};

/** First rows of the chunks from one place to the end. */
const starts = (from: number, rows: number, size: number): readonly number[] =>
  Array.from({ length: Math.ceil((rows - from) / size) }, (_, i) => from + i * size);

/** Results in their order, with a few tasks under way at once. Whoever stops listening waits for those: a chunk that comes in later would be out of turn for the next call. */
async function* inWindow<A>(froms: readonly number[], start: (from: number) => Promise<A>): AsyncGenerator<A> {
  const going: Promise<A>[] = [];
  let next = 0;
  try {
    while (next < froms.length || going.length > 0) {
      while (next < froms.length && going.length < WINDOW) {
        const task = start(froms[next++]!);
        task.catch(() => undefined);
        going.push(task);
      }
      yield await going.shift()!;
    }
  } finally {
    await Promise.allSettled(going);
  }
}

const otherCount: HolderFault = {
  _tag: 'OutOfStep',
  message: 'counts other rows than were asked for or sent: seal again in the next epoch',
};
