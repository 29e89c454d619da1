import { sha256 } from '@noble/hashes/sha2.js';
import { encodeLeaf } from '@vouchsafe/audit';
import { concatBytes, E, type Either } from '@vouchsafe/core';
import { ELEMENT_BYTES, type Elements } from '@vouchsafe/group';
import type { CannotEvaluate, VoprfServer } from '@vouchsafe/oprf';
import type { TableRef } from '@vouchsafe/protocol';
import { type HolderContext, secondsOf } from './context.ts';

/** An evaluated batch, in the log. */
export interface Matched {
  /** n × 32 bytes. */
  readonly evaluated: Elements;
  /** One DLEQ proof, 64 bytes. */
  readonly proof: Uint8Array;
  readonly receipt: Uint8Array;
}

/** One batch of `match`: evaluate and prove → log. @param blinded n × 32 bytes, as they came */
export const evaluateBatch = async (
  context: HolderContext,
  {
    bureau,
    ref,
    server,
    blinded,
  }: { readonly bureau: string; readonly ref: TableRef; readonly server: VoprfServer; readonly blinded: Uint8Array },
): Promise<Either<CannotEvaluate, Matched>> => {
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
    elements: blinded.length / ELEMENT_BYTES,
    request: sha256(blinded),
    answer: sha256(concatBytes(evaluated, proof)),
    policy: context.policyHash,
  });
  return E.right({ evaluated, proof, receipt: await context.store.append(entry, context.log) });
};
