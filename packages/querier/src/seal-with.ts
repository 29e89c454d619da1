import { concatBytes, E, type Either, encodeCanonical, equalBytes, type Watch } from '@vouchsafe/core';
import { ELEMENT_BYTES, type Elements } from '@vouchsafe/group';
import { type BureauKeys, deriveBureauKeys, hashSealKeys, jointKeys, proveKeys, verifyKeys } from '@vouchsafe/join';
import {
  CBOR_TYPE,
  FRAME_TYPE,
  ROUTES,
  readEnvelope,
  readFrame,
  SealAccept,
  SealDone,
  SealFinish,
  SealOffer,
  writeFrame,
} from '@vouchsafe/protocol';
import type { QuerierContext } from './context.ts';
import type { HolderFault } from './errors.ts';
import { proveSealing } from './prove-sealing.ts';
import { giveStream, type Stream, takeStream } from './seal-streams.ts';
import type { LinkId } from './store/index.ts';
import { send, type Target } from './transport.ts';

/** A table sealed with a holder: what is needed to ask it and to read its answers. */
export interface SealedLink {
  readonly keys: BureauKeys;
  /** Merkle root over stream 1, 32 bytes. */
  readonly root: Uint8Array;
}

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
  const hash = hashSealKeys(keys.context, { bureau: concatBytes(keys.joinKey, keys.slotKeys), holder: holderKeys });
  return finishSealing(context, stream, { root: root.right, commitment, keys: hash });
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

/** Both sides compare what they saw, the holder's log says so, and the table is in use. */
const finishSealing = async (
  { id: querier, logs, transport }: QuerierContext,
  { target, epoch, scheme, link, keys, rows, watch: { signal } }: Stream,
  { root, commitment, keys: keysHash }: { readonly root: Uint8Array; readonly commitment: Uint8Array; readonly keys: Uint8Array },
): Promise<Either<HolderFault, SealedLink>> => {
  const bytes = encodeCanonical(SealFinish.encode({ epoch, scheme, root }));
  const body = await send(transport, target, { route: ROUTES.sealFinish, body: { type: CBOR_TYPE, bytes }, signal });
  if (E.isLeft(body)) return body;
  const done = readEnvelope(SealDone, body.right);
  if (E.isLeft(done)) return done;
  if (!equalBytes(done.right.root, root)) return E.left(rootMismatch);
  const expected = {
    leaf: 'seal',
    stage: 'sealed',
    proof: 'valid',
    querier,
    scheme,
    epoch,
    rows,
    root,
    commitment,
    keys: keysHash,
  } as const;
  const logged = await logs.check(target, done.right.receipt, expected, signal);
  if (E.isLeft(logged)) return logged;
  await link.seal(root);
  return E.right({ keys, root });
};

const otherTable: HolderFault = {
  _tag: 'OutOfStep',
  message: 'offers another table than the one whose sealing was begun: seal in the next epoch',
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
