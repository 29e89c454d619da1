import { E, type Either, encodeCanonical, type Watch } from '@vouchsafe/core';
import { ELEMENT_BYTES, type Elements } from '@vouchsafe/group';
import { type BureauKeys, chunksBefore, proofChunks, proveShuffle } from '@vouchsafe/join';
import {
  CBOR_TYPE,
  FRAME_TYPE,
  ROUTES,
  readEnvelope,
  SealFinish,
  SealProof,
  SealProven,
  SealVerified,
  writeFrame,
} from '@vouchsafe/protocol';
import type { QuerierContext } from './context.ts';
import type { HolderFault } from './errors.ts';
import type { LinkId, LinkStore } from './store/index.ts';
import { send, type Target } from './transport.ts';

/** A sealing whose two streams are complete. */
export interface Provable extends LinkId {
  readonly target: Target;
  readonly link: LinkStore;
  readonly keys: BureauKeys;
  /** PK_j, V × 32 bytes. */
  readonly jointKeys: Elements;
  /** n. */
  readonly rows: number;
  /** Merkle root over stream 1, 32 bytes. */
  readonly root: Uint8Array;
  /** Chunks of the proof that the holder has. */
  readonly proven: number;
  readonly watch: Watch;
}

/**
 * Proves to the holder that stream 2 is stream 1 shuffled, and waits until it has verified that. A proof that is made again, after a restart, is the same: what the holder has is not sent again. Progress: `prove`
 * counts chunks of the proof, `verify` the holder's steps.
 */
export const proveSealing = async (context: QuerierContext, sealing: Provable): Promise<Either<HolderFault, void>> => {
  if (sealing.proven < proofChunks(sealing.rows)) {
    const sent = await sendProof(context, sealing);
    if (E.isLeft(sent)) return sent;
  }
  return awaitVerdict(context, sealing);
};

const sendProof = async (
  { group, transport }: QuerierContext,
  { target, epoch, scheme, link, keys, jointKeys, rows, root, proven, watch: { onProgress, signal } }: Provable,
): Promise<Either<HolderFault, void>> => {
  const total = proofChunks(rows);
  const post = async (chunk: number, bytes: Uint8Array): Promise<Either<HolderFault, void>> => {
    const body = writeFrame({ envelope: SealProof.encode({ epoch, scheme, chunk }), rows: bytes, rowBytes: ELEMENT_BYTES });
    const answer = await send(transport, target, { route: ROUTES.sealProof, body: { type: FRAME_TYPE, bytes: body }, signal });
    if (E.isLeft(answer)) return E.left(asVerdict(answer.left));
    const progress = readEnvelope(SealProven, answer.right);
    if (E.isLeft(progress)) return progress;
    onProgress?.({ task: `prove ${target.holder}`, done: chunk + 1, total });
    return progress.right.proven > chunk ? E.right(undefined) : E.left(otherCount);
  };

  const made = await link.blinded();
  const statement = { context: keys.context, joinKey: keys.joinKey, jointKeys, rows, inputRoot: root };
  const witness = { joinScalar: keys.joinScalar, seed: keys.seed, permutation: await made.permutation(), made: made.read };
  // One chunk is on its way while the next is made.
  let going: Promise<Either<HolderFault, void>> = Promise.resolve(E.right(undefined));
  try {
    for await (const { place, bytes } of proveShuffle({ statement, witness }, group)) {
      signal?.throwIfAborted();
      const before = await going;
      if (E.isLeft(before)) return before;
      const chunk = chunksBefore(place, rows);
      if (chunk < proven) continue;
      going = post(chunk, bytes);
      going.catch(() => undefined);
    }
    return await going;
  } finally {
    witness.permutation.fill(0);
  }
};

/** The holder verifies about a second's worth a request. */
const awaitVerdict = async (
  { transport }: QuerierContext,
  { target, epoch, scheme, root, watch: { onProgress, signal } }: Provable,
): Promise<Either<HolderFault, void>> => {
  const bytes = encodeCanonical(SealFinish.encode({ epoch, scheme, root }));
  for (;;) {
    const answer = await send(transport, target, { route: ROUTES.sealVerify, body: { type: CBOR_TYPE, bytes }, signal });
    if (E.isLeft(answer)) return E.left(asVerdict(answer.left));
    const verified = readEnvelope(SealVerified, answer.right);
    if (E.isLeft(verified)) return verified;
    const { done, total } = verified.right;
    onProgress?.({ task: `verify ${target.holder}`, done, total });
    if (done >= total) return E.right(undefined);
  }
};

/** A holder's signed refusal of the proof is a verdict of its own; an unsigned one can come from anybody on the way. */
const asVerdict = (fault: HolderFault): HolderFault =>
  fault._tag === 'HolderRefused' && fault.signed && fault.problem === 'BadShuffle'
    ? { _tag: 'ProofRefused', message: `refused the shuffle proof, so that nothing is answered in this epoch: ${fault.message}` }
    : fault;

const otherCount: HolderFault = {
  _tag: 'OutOfStep',
  message: 'counts other chunks of the shuffle proof than were sent: seal again in the next epoch',
};
