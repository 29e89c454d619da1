import {
  type Checkpoint,
  decodeReceipt,
  type ExpectedLeaf,
  expectLeaf,
  followLog,
  type LogIdentity,
  openCheckpoint,
  proofNeeded,
  type Receipt,
  rootBefore,
  type Sighting,
  type VerifiedReceipt,
  verifyReceipt,
} from '@vouchsafe/audit';
import { createSerially, E, type Either, equalBytes, hexToBytes } from '@vouchsafe/core';
import { type Federation, LogCheckpoint, LogConsistency, memberOf, ROUTES, readEnvelope } from '@vouchsafe/protocol';
import type { HolderFault } from './errors.ts';
import type { QuerierStore } from './store/index.ts';
import { send, type Target, type Transport } from './transport.ts';

/** Checks what holders' logs say, and remembers how far each was seen. */
export interface LogFollower {
  /**
   * A receipt must be signed by the holder, stand in its log, say what was asked and answered, and its log must continue the last checkpoint that was seen. Only then is the answer used.
   * @param expected what the log entry must say
   */
  check(target: Target, receipt: Uint8Array, expected: ExpectedLeaf, signal?: AbortSignal): Promise<Either<HolderFault, void>>;
  /** Asks the holder for its newest checkpoint, which must continue the last one that was seen: a log that lost entries is found here. */
  look(target: Target, signal?: AbortSignal): Promise<Either<HolderFault, void>>;
}

/** The last checkpoint that was seen. */
interface Seen extends Pick<Checkpoint, 'size' | 'root'> {
  readonly note: Uint8Array;
}

/** Whose checkpoints to believe: a holder's present key, and its former ones for what they signed. */
export const logOf = (federation: Federation, holder: string): LogIdentity => {
  const { signKey, formerKeys = [] } = memberOf(federation, holder, 'holder')!;
  return {
    origin: `${federation.id}/${holder}`,
    publicKeys: [signKey, ...formerKeys.map((key) => key.signKey)].map(hexToBytes),
  };
};

export const createLogFollower = ({
  federation,
  store,
  transport,
}: {
  /** The document in use. */
  readonly federation: () => Federation;
  readonly store: QuerierStore;
  readonly transport: Transport;
}): LogFollower => {
  const turns = new Map<string, ReturnType<typeof createSerially>>();

  /** One after the other: two answers at once that each continue the last checkpoint need not continue each other. */
  const inTurn = <A>(holder: string, task: () => Promise<A>): Promise<A> => {
    const turn = turns.get(holder) ?? createSerially();
    turns.set(holder, turn);
    return turn(task);
  };

  /** What was seen of the log, as it is stored and opened. */
  const lastSeen = async (holder: string, log: LogIdentity): Promise<Either<HolderFault, Seen | undefined>> => {
    const note = await store.checkpoint(holder);
    if (!note) return E.right(undefined);
    const opened = openCheckpoint(note, log);
    return E.isLeft(opened) ? opened : E.right({ note, size: opened.right.size, root: opened.right.root });
  };

  /** Does the checkpoint continue what was seen? @returns what is to be remembered then; nothing where what was seen is newer */
  const follow = async (
    target: Target,
    sighting: Pick<Sighting, 'checkpoint' | 'log' | 'mayBeOlder'> & { readonly size: number; readonly seen: Seen | undefined },
    signal: AbortSignal | undefined,
  ): Promise<Either<HolderFault, Uint8Array | undefined>> => {
    const { checkpoint, log, mayBeOlder, seen, size } = sighting;
    const needed = seen && proofNeeded({ seen: seen.size, size });
    const proof = needed ? await fetchProof(transport, target, needed, signal) : E.right(undefined);
    // A holder that says, with its signature, that it has no proof has no such log: what follows says so.
    if (E.isLeft(proof) && !saysNotInLog(proof.left)) return proof;
    const hashes = E.isRight(proof) ? proof.right : undefined;
    const followed = followLog({ seen: seen?.note, checkpoint, proof: hashes, log, mayBeOlder });
    if (E.isLeft(followed)) return followed;
    return E.right(followed.right.latest === seen?.note ? undefined : followed.right.latest);
  };

  const followReceipt = async (
    target: Target,
    { receipt, verified, log }: { readonly receipt: Receipt; readonly verified: VerifiedReceipt; readonly log: LogIdentity },
    signal: AbortSignal | undefined,
  ): Promise<Either<HolderFault, Uint8Array | undefined>> => {
    const seen = await lastSeen(target.holder, log);
    if (E.isLeft(seen)) return seen;
    const { checkpoint } = receipt;
    const before = rootBefore(receipt, verified);
    if (seen.right && before && seen.right.size === receipt.index && equalBytes(before, seen.right.root))
      return E.right(checkpoint);
    const { size } = verified.checkpoint;
    return follow(target, { checkpoint, size, log, seen: seen.right, mayBeOlder: true }, signal);
  };

  return {
    check: async (target, received, expected, signal) => {
      const log = logOf(federation(), target.holder);
      const receipt = decodeReceipt(received);
      if (E.isLeft(receipt)) return receipt;
      const verified = verifyReceipt({ receipt: receipt.right, log });
      if (E.isLeft(verified)) return verified;
      const leaf = expectLeaf<ExpectedLeaf['leaf']>(verified.right.leaf, expected);
      if (E.isLeft(leaf)) return leaf;
      const { holder } = target;
      return inTurn(holder, async () => {
        const followed = await followReceipt(target, { receipt: receipt.right, verified: verified.right, log }, signal);
        if (E.isLeft(followed)) return followed;
        if (expected.leaf === 'query' || expected.leaf === 'match')
          await store.keepReceipt({ holder, index: receipt.right.index, receipt: received }, followed.right);
        else if (followed.right) await store.remember(holder, followed.right);
        return E.right(undefined);
      });
    },
    look: async (target, signal) => {
      const log = logOf(federation(), target.holder);
      return inTurn(target.holder, async () => {
        const seen = await lastSeen(target.holder, log);
        if (E.isLeft(seen)) return seen;
        const checkpoint = await fetchCheckpoint(transport, target, signal);
        if (E.isLeft(checkpoint)) return checkpoint;
        const opened = openCheckpoint(checkpoint.right, log);
        if (E.isLeft(opened)) return opened;
        const { size } = opened.right;
        const followed = await follow(target, { checkpoint: checkpoint.right, size, log, seen: seen.right }, signal);
        if (E.isLeft(followed)) return followed;
        if (followed.right) await store.remember(target.holder, followed.right);
        return E.right(undefined);
      });
    },
  };
};

const saysNotInLog = (fault: HolderFault): boolean =>
  fault._tag === 'HolderRefused' && fault.signed && fault.problem === 'NotInLog';

const fetchProof = async (
  transport: Transport,
  target: Target,
  { first, second }: { readonly first: number; readonly second: number },
  signal: AbortSignal | undefined,
): Promise<Either<HolderFault, readonly Uint8Array[]>> => {
  const body = await send(transport, target, { route: ROUTES.logConsistency, query: { from: first, to: second }, signal });
  if (E.isLeft(body)) return body;
  const proof = readEnvelope(LogConsistency, body.right);
  return E.isLeft(proof) ? proof : E.right(proof.right.hashes);
};

/** The newest checkpoint that the holder calls its own, a signed note. */
export const fetchCheckpoint = async (
  transport: Transport,
  target: Target,
  signal: AbortSignal | undefined,
): Promise<Either<HolderFault, Uint8Array>> => {
  const body = await send(transport, target, { route: ROUTES.logCheckpoint, signal });
  if (E.isLeft(body)) return body;
  const checkpoint = readEnvelope(LogCheckpoint, body.right);
  return E.isLeft(checkpoint) ? checkpoint : E.right(checkpoint.right.note);
};
