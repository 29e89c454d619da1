import { setImmediate } from 'node:timers/promises';
import { concatBytes, createMerkleRoot, E, type Either, encodeCanonical, equalBytes, rowOf, type Watch } from '@vouchsafe/core';
import { ELEMENT_BYTES, type Elements } from '@vouchsafe/group';
import {
  advance,
  type BureauKeys,
  blindRows,
  checkComplete,
  deriveBureauKeys,
  jointKeys,
  proveKeys,
  rowBytes,
  verifyKeys,
} from '@vouchsafe/join';
import {
  CBOR_TYPE,
  FRAME_TYPE,
  ROUTES,
  readEnvelope,
  readFrame,
  SealAccept,
  SealChunk,
  SealDone,
  SealFinish,
  SealOffer,
  SealProgress,
  writeFrame,
} from '@vouchsafe/protocol';
import type { QuerierContext } from './context.ts';
import type { HolderFault } from './errors.ts';
import { proveSealing } from './prove-sealing.ts';
import type { LinkId, LinkState, LinkStore } from './store/index.ts';
import { send, type Target } from './transport.ts';

/** A table sealed with a holder: what is needed to ask it and to read its answers. */
export interface SealedLink {
  readonly keys: BureauKeys;
  /** Merkle root over stream 1, 32 bytes. */
  readonly root: Uint8Array;
}

/** Chunks that are being blinded behind the one that is settled. */
const AHEAD = 1;

/** Chunks on the way at once: the holder makes, or checks, the next ones while this one is blinded or written. */
const WINDOW = 3;

/**
 * The bureau's side of the setup with one holder: keys → stream 1 → stream 2 → shuffle proof → finish. Every chunk is durable before it counts, so that a later call, also of another process, goes on where
 * this one stopped. Progress counts rows of both streams.
 */
export const sealWith = async (
  context: QuerierContext,
  { target, scheme, watch }: { readonly target: Target; readonly scheme: string; readonly watch: Watch },
): Promise<Either<HolderFault, SealedLink>> => {
  const { epoch, group, slots, store } = context;
  const id = { holder: target.holder, scheme, epoch: epoch.number };
  const link = store.link(id, slots.length);
  const done = await sealedBefore(context, id);
  if (done) return E.right(done);
  const keys = await keysOfLink(context, id);
  const before = await link.state();
  const exchanged = await exchangeKeys(context, { target, scheme, keys, signal: watch.signal });
  if (E.isLeft(exchanged)) return exchanged;
  const { accept, holderKeys } = exchanged.right;
  const joint = await jointKeys({ holder: holderKeys, bureau: keys.slotKeys }, group);
  if (E.isLeft(joint)) return joint;
  const { rows, commitment } = accept;
  if (before && !(equalBytes(before.holderKeys, holderKeys) && before.taken.rows === rows)) return E.left(otherTable);
  if (!before) await link.begin({ rows, holderKeys, commitment });
  const state = (await link.state())!;

  const stream = { ...id, target, link, keys, jointKeys: joint.right, rows, watch };
  const root = await takeStream(context, stream, state);
  if (E.isLeft(root)) return root;
  const given = await giveStream(context, stream, accept.accepted);
  if (E.isLeft(given)) {
    // A chunk of an earlier call came in meanwhile: the holder says how far it is, once.
    if (given.left._tag !== 'HolderRefused' || given.left.problem !== 'OutOfTurn') return given;
    const again = await exchangeKeys(context, { target, scheme, keys, signal: watch.signal });
    if (E.isLeft(again)) return again;
    const rest = await giveStream(context, stream, again.right.accept.accepted);
    if (E.isLeft(rest)) return rest;
  }
  const proven = await proveSealing(context, { ...stream, root: root.right, proven: accept.proven });
  if (E.isLeft(proven)) return proven;
  return finishSealing(context, stream, { root: root.right, commitment });
};

/** The table of a link that is sealed already, as the store has it. */
export const sealedBefore = async (context: QuerierContext, id: LinkId): Promise<SealedLink | undefined> => {
  const state = await context.store.link(id, context.slots.length).state();
  return state?.root && { keys: await keysOfLink(context, id), root: state.root };
};

/** This bureau's keys towards one holder for one scheme and epoch. */
export const keysOfLink = async (
  { federation, group, id: bureau, slots, store }: QuerierContext,
  { holder, scheme, epoch }: LinkId,
): Promise<BureauKeys> =>
  deriveBureauKeys(
    {
      context: { federation: federation.id, bureau, holder, scheme, epoch },
      seeds: await store.epochSeeds(epoch),
      slots: slots.length,
    },
    group,
  );

interface Stream extends LinkId {
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
const takeStream = async (
  { chunkRows, group, slots, transport }: QuerierContext,
  { target, epoch, scheme, link, keys, jointKeys, rows, watch }: Stream,
  state: LinkState,
): Promise<Either<HolderFault, Uint8Array>> => {
  const { signal } = watch;
  const width = rowBytes(slots.length);
  const merkle = createMerkleRoot(state.merkle);
  let place = state.taken;
  let stored: Promise<void> = Promise.resolve();
  const blinding: { readonly own: Uint8Array; readonly blinded: ReturnType<typeof blindRows> }[] = [];

  /** Takes the oldest chunk that is being blinded into the tree and the store. */
  const settle = async (): Promise<Either<HolderFault, void>> => {
    const { own, blinded: begun } = blinding.shift()!;
    const blinded = await begun;
    if (E.isLeft(blinded)) return blinded;
    await setImmediate();
    for (let i = 0; i < own.length / width; i++) merkle.append(rowOf(own, width, i));
    // One chunk is written while the next is blinded.
    await stored;
    const { place: taken, randomness } = blinded.right;
    stored = link.take(blinded.right, { taken, merkle: merkle.state() }).finally(() => randomness.fill(0));
    stored.catch(() => undefined);
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
    const own = Uint8Array.from(chunk.right.rows);
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
    const settled = await settle();
    if (E.isLeft(settled)) return settled;
  }
  await stored;
  if (E.isLeft(taken)) return taken;
  const complete = checkComplete(place);
  return E.isLeft(complete) ? complete : E.right(merkle.root());
};

/** Stream 2, in the order of Q: what the holder has not accepted yet. */
const giveStream = async (
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

/** Both sides compare what they saw, the holder's log says so, and the table is in use. */
const finishSealing = async (
  { id: querier, logs, transport }: QuerierContext,
  { target, epoch, scheme, link, keys, rows, watch: { signal } }: Stream,
  { root, commitment }: { readonly root: Uint8Array; readonly commitment: Uint8Array },
): Promise<Either<HolderFault, SealedLink>> => {
  const bytes = encodeCanonical(SealFinish.encode({ epoch, scheme, root }));
  const body = await send(transport, target, { route: ROUTES.sealFinish, body: { type: CBOR_TYPE, bytes }, signal });
  if (E.isLeft(body)) return body;
  const done = readEnvelope(SealDone, body.right);
  if (E.isLeft(done)) return done;
  if (!equalBytes(done.right.root, root)) return E.left(rootMismatch);
  const expected = { leaf: 'seal', stage: 'sealed', proof: 'valid', querier, scheme, epoch, rows, root, commitment } as const;
  const logged = await logs.check(target, done.right.receipt, expected, signal);
  if (E.isLeft(logged)) return logged;
  await link.seal(root);
  return E.right({ keys, root });
};

/** First rows of the chunks from one place to the end. */
const starts = (from: number, rows: number, size: number): readonly number[] =>
  Array.from({ length: Math.ceil((rows - from) / size) }, (_, i) => from + i * size);

/** Results in their order, with a few tasks under way at once. Whoever stops listening leaves none of them unobserved. */
async function* inWindow<A>(froms: readonly number[], start: (from: number) => Promise<A>): AsyncGenerator<A> {
  const going: Promise<A>[] = [];
  let next = 0;
  while (next < froms.length || going.length > 0) {
    while (next < froms.length && going.length < WINDOW) {
      const task = start(froms[next++]!);
      task.catch(() => undefined);
      going.push(task);
    }
    yield await going.shift()!;
  }
}

const otherTable: HolderFault = {
  _tag: 'OutOfStep',
  message: 'offers another table than the one whose sealing was begun: seal in the next epoch',
};
const otherCount: HolderFault = {
  _tag: 'OutOfStep',
  message: 'counts other rows than were asked for or sent: seal again in the next epoch',
};
const rootMismatch: HolderFault = {
  _tag: 'RootMismatch',
  message: 'has another Merkle root over its rows than what it sent: do not use its table',
};

/** Both sides prove that they know the secrets of the public keys they send, before any row is sealed. */
const exchangeKeys = async (
  { federationHash, epoch: { number: epoch }, group, slots, transport }: QuerierContext,
  {
    target,
    scheme,
    keys,
    signal,
  }: {
    readonly target: Target;
    readonly scheme: string;
    readonly keys: BureauKeys;
    readonly signal: AbortSignal | undefined;
  },
): Promise<Either<HolderFault, { readonly accept: SealAccept; readonly holderKeys: Elements }>> => {
  const { context } = keys;
  const publicKeys = concatBytes(keys.joinKey, keys.slotKeys) as Elements;
  const proof = await proveKeys({ context, role: 'bureau', publicKeys, secrets: [keys.joinScalar, keys.slotSecrets] }, group);
  const envelope = SealOffer.encode({ epoch, scheme, federation: federationHash, proof });
  const bytes = writeFrame({ envelope, rows: publicKeys, rowBytes: ELEMENT_BYTES });
  const body = await send(transport, target, { route: ROUTES.sealKeys, body: { type: FRAME_TYPE, bytes }, signal });
  if (E.isLeft(body)) return body;
  const accept = readFrame(SealAccept, ELEMENT_BYTES, body.right);
  if (E.isLeft(accept)) return accept;
  const { rows: received } = accept.right;
  if (received.length !== slots.length * ELEMENT_BYTES)
    return E.left({ _tag: 'OutOfStep', message: 'has another number of slots: compare the catalogues' });
  const holderKeys = await verifyKeys({ context, role: 'holder', received, proof: accept.right.envelope.proof }, group);
  if (E.isLeft(holderKeys)) return holderKeys;
  return E.right({ accept: accept.right.envelope, holderKeys: holderKeys.right });
};
