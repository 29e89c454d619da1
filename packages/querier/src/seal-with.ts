import { concatBytes, createMerkleRoot, E, type Either, encodeCanonical, equalBytes, rowOf, type Watch } from '@vouchsafe/core';
import { ELEMENT_BYTES, type Elements } from '@vouchsafe/group';
import {
  type Blinder,
  type BureauKeys,
  createBlinder,
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
  SealFinish,
  SealOffer,
  SealProgress,
  writeFrame,
} from '@vouchsafe/protocol';
import { createChunkSize } from './chunk-size.ts';
import type { QuerierContext } from './context.ts';
import type { HolderFault } from './errors.ts';
import { send, type Target } from './transport.ts';

/** A table sealed with a holder: what is needed to ask it and to read its answers. */
export interface SealedLink {
  readonly keys: BureauKeys;
  /** Merkle root over stream 1, 32 bytes. */
  readonly root: Uint8Array;
}

/** A sealing that is under way: a later call goes on where it stopped. */
export interface OpenSealing {
  readonly keys: BureauKeys;
  /** H_j as the holder sent them; with others this is another sealing. */
  readonly holderKeys: Elements;
  readonly blinder: Blinder;
  readonly merkle: ReturnType<typeof createMerkleRoot>;
  readonly rows: number;
}

/**
 * The bureau's side of the setup with one holder: keys → stream 1 → stream 2 → finish. Progress counts rows of both streams.
 * @param open a sealing of an earlier call, and what to do with the one at hand
 */
export const sealWith = async (
  context: QuerierContext,
  {
    target,
    scheme,
    open,
    keep,
    watch,
  }: {
    readonly target: Target;
    readonly scheme: string;
    readonly open: OpenSealing | undefined;
    readonly keep: (open: OpenSealing) => void;
    readonly watch: Watch;
  },
): Promise<Either<HolderFault, SealedLink>> => {
  const { group, transport, slots } = context;
  const { epoch } = context.federation;
  const { signal } = watch;
  const width = rowBytes(slots.length);

  const exchanged = await exchangeKeys(context, { target, scheme, signal });
  if (E.isLeft(exchanged)) return exchanged;
  const { accept, holderKeys, keys } = exchanged.right;
  const joint = await jointKeys({ holder: holderKeys, bureau: keys.slotKeys }, group);
  if (E.isLeft(joint)) return joint;
  const { rows } = accept;
  const going: OpenSealing =
    open && equalBytes(open.holderKeys, holderKeys) && open.rows === rows
      ? open
      : {
          keys,
          holderKeys,
          rows,
          merkle: createMerkleRoot(),
          blinder: createBlinder({ keys, jointKeys: joint.right, rows, slots: slots.length }, group),
        };
  keep(going);
  const { blinder, merkle } = going;
  const report = (done: number): void => watch.onProgress?.({ task: `seal ${target.holder}`, done, total: 2 * rows });

  const size = createChunkSize(width);
  const timed = async (chunk: () => ReturnType<typeof send>): ReturnType<typeof send> => {
    const start = performance.now();
    const body = await chunk();
    size.took(performance.now() - start);
    return body;
  };
  const fetchRows = (from: number) =>
    timed(() => send(transport, target, { route: ROUTES.sealRows, query: { epoch, scheme, from, count: size.rows() }, signal }));
  for (let next = blinder.taken < rows ? fetchRows(blinder.taken) : undefined; next !== undefined; ) {
    const body = await next;
    if (E.isLeft(body)) return body;
    const chunk = readFrame(SealChunk, width, body.right);
    if (E.isLeft(chunk)) return chunk;
    const count = chunk.right.rows.length / width;
    // The holder makes the next chunk while this one is blinded. One request at a time is under way: of several the later one could overtake, and rows are made in their order.
    const following = blinder.taken + count < rows && count > 0 ? fetchRows(blinder.taken + count) : undefined;
    following?.catch(() => undefined);
    const taken = await blinder.take(chunk.right.rows, { signal });
    if (E.isLeft(taken)) return taken;
    for (let i = 0; i < count; i++) merkle.append(rowOf(chunk.right.rows, width, i));
    report(blinder.taken);
    next = following;
  }

  const blinded = await blinder.finish();
  if (E.isLeft(blinded)) return blinded;
  for (let from = accept.accepted; from < rows && !accept.sealed; ) {
    const to = Math.min(rows, from + size.rows());
    const envelope = SealChunk.encode({ epoch, scheme, from });
    const bytes = writeFrame({ envelope, rows: blinded.right.subarray(from * width, to * width), rowBytes: width });
    const body = await timed(() =>
      send(transport, target, { route: ROUTES.sealRows, body: { type: FRAME_TYPE, bytes }, signal }),
    );
    if (E.isLeft(body)) return body;
    const progress = readEnvelope(SealProgress, body.right);
    if (E.isLeft(progress)) return progress;
    if (progress.right.accepted !== to)
      return E.left({ _tag: 'OutOfStep', message: 'counts other rows of stream 2 than were sent: seal again in the next epoch' });
    from = to;
    report(rows + from);
  }

  const root = merkle.root();
  const bytes = encodeCanonical(SealFinish.encode({ epoch, scheme, root }));
  const body = await send(transport, target, { route: ROUTES.sealFinish, body: { type: CBOR_TYPE, bytes }, signal });
  if (E.isLeft(body)) return body;
  const finish = readEnvelope(SealFinish, body.right);
  if (E.isLeft(finish)) return finish;
  if (!equalBytes(finish.right.root, root))
    return E.left({
      _tag: 'RootMismatch',
      message: 'has another Merkle root over its rows than what it sent: do not use its table',
    });
  return E.right({ keys, root });
};

/** Both sides prove that they know the secrets of the public keys they send, before any row is sealed. */
const exchangeKeys = async (
  { federation, federationHash, group, id, slots, store, transport }: QuerierContext,
  { target, scheme, signal }: { readonly target: Target; readonly scheme: string; readonly signal: AbortSignal | undefined },
): Promise<Either<HolderFault, { readonly accept: SealAccept; readonly holderKeys: Elements; readonly keys: BureauKeys }>> => {
  const { epoch } = federation;
  const context = { federation: federation.id, bureau: id, holder: target.holder, scheme, epoch };
  const keys = await deriveBureauKeys({ context, seeds: await store.epochSeeds(epoch), slots: slots.length }, group);
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
  return E.right({ accept: accept.right.envelope, holderKeys: holderKeys.right, keys });
};
