import { sha256 } from '@noble/hashes/sha2.js';
import { encodeLeaf } from '@vouchsafe/audit';
import { bytesToHex, concatBytes, E, type Either, rowOf } from '@vouchsafe/core';
import { ELEMENT_BYTES } from '@vouchsafe/group';
import { type CannotEvaluate, checkBatch, type VoprfServer } from '@vouchsafe/oprf';
import type { TableRef } from '@vouchsafe/protocol';
import { type HolderContext, secondsOf } from './context.ts';
import {
  affordableMatch,
  type MatchQuota,
  type QuotaSpent,
  type RateExceeded,
  type StoredEvaluation,
  withinRate,
} from './store/index.ts';

/** An element stands twice in a batch. Fresh blinds are never equal, so the sender's random generator is broken, or somebody tries something. */
export interface DuplicateElement {
  readonly _tag: 'DuplicateElement';
  readonly message: string;
  readonly index: number;
}

export type CannotMatch = CannotEvaluate | DuplicateElement | QuotaSpent | RateExceeded;

/**
 * One batch of `match`: stored answer? → quota → evaluate and prove → commit. The answer leaves when debit, log entry and answer are durable together; the same request again gets the
 * same bytes and does not pay again.
 * @param blinded n × 32 bytes, as they came
 */
export const evaluateBatch = async (
  context: HolderContext,
  {
    bureau,
    ref,
    server,
    quota,
    perMinute,
    blinded,
  }: {
    readonly bureau: string;
    readonly ref: TableRef;
    readonly server: VoprfServer;
    readonly quota: MatchQuota;
    /** Batches; absent where the policy says nothing of it. */
    readonly perMinute?: number | undefined;
    readonly blinded: Uint8Array;
  },
): Promise<Either<CannotMatch, StoredEvaluation>> => {
  const { store } = context;
  const elements = blinded.length / ELEMENT_BYTES;
  // Before a byte is hashed or decoded.
  const size = checkBatch(Math.ceil(elements));
  if (E.isLeft(size)) return size;
  const id = { bureau, epoch: ref.epoch, scheme: ref.scheme, request: sha256(blinded) };
  const before = await store.evaluated(id);
  if (before) return E.right(before);
  const duplicate = firstDuplicate(blinded);
  if (duplicate) return E.left(duplicate);
  // Before any work; the commit checks again.
  const now = context.clock();
  const funds = affordableMatch(await store.matchSpent(id, now), { elements, quota, now });
  if (E.isLeft(funds)) return funds;
  if (perMinute !== undefined) {
    const pace = withinRate(await store.answerTimes(bureau, 'match'), { perMinute, now });
    if (E.isLeft(pace)) return pace;
  }

  const result = await server.blindEvaluate(blinded);
  if (E.isLeft(result)) return result;
  const { evaluated, proof } = result.right;
  const entry = encodeLeaf({
    leaf: 'match',
    version: 1,
    time: secondsOf(context),
    querier: bureau,
    scheme: ref.scheme,
    epoch: ref.epoch,
    elements,
    request: id.request,
    answer: sha256(concatBytes(evaluated, proof)),
    policy: context.policyHash,
  });
  return store.commitEvaluation({ ...id, quota, perMinute, now, answer: { evaluated, proof }, entry }, context.log);
};

const firstDuplicate = (blinded: Uint8Array): DuplicateElement | undefined => {
  const seen = new Set<string>();
  for (let index = 0; index * ELEMENT_BYTES < blinded.length; index++) {
    seen.add(bytesToHex(rowOf(blinded, ELEMENT_BYTES, index)));
    if (seen.size <= index)
      return {
        _tag: 'DuplicateElement',
        index,
        message: `element ${index} stands twice in the batch: blind each subject with fresh randomness, and check the random generator`,
      };
  }
  return undefined;
};
