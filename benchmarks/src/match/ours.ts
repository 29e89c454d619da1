import { E, type Either, utf8ToBytes } from '@vouchsafe/core';
import type { Group } from '@vouchsafe/group';
import { createVoprfClient, createVoprfServer, generateKeyPair, MAX_BATCH } from '@vouchsafe/oprf';
import { buildIndex, openIndex, type TagIndex, tagsOf } from '@vouchsafe/psi/index';

export const right = <A>(result: Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(result)) throw new Error(result.left.message);
  return result.right;
};

export const ABOUT = { federation: 'benchmark', holder: 'ant', epoch: 1, scheme: 'cn-rid' };

/** Batches under way at a time. */
const LANES = 3;

/** The size of the intersection, bytes from the bureau and to it (messages without their frames), and round trips. */
export interface Matched {
  readonly known: number;
  readonly sent: number;
  readonly received: number;
  readonly turns: number;
}

/**
 * Our whole way, both sides in this process: key, tag index (encoded, opened and checked), batches blinded, evaluated, proven, the proofs verified, unblinded and looked up.
 */
export const matchBoth = async (group: Group, holderIds: readonly string[], subjects: readonly string[]): Promise<Matched> => {
  const keys = await generateKeyPair(group);
  const server = createVoprfServer(keys, group);
  const client = createVoprfClient({ pkS: keys.pkS }, group);
  const publish = async (): Promise<readonly [TagIndex, number]> => {
    const outputs = right(await server.evaluate(holderIds.map(utf8ToBytes)));
    const { manifest, segments } = await buildIndex({ outputs, padTo: 1, about: { ...ABOUT, pkS: keys.pkS } });
    return [right(await openIndex(manifest, segments)), segments.reduce((sum, { length }) => sum + length, 0)];
  };
  // Nobody needs the index before the first look-up.
  const published = publish();
  let [known, sent, received, turns] = [0, 0, 0, 1];
  let next = 0;
  // Several batches under way, as in the SDK: one is hashed here while threads multiply for another.
  const lane = async (): Promise<void> => {
    while (next < subjects.length) {
      const from = next;
      next += MAX_BATCH;
      const inputs = subjects.slice(from, next).map(utf8ToBytes);
      const { state, message } = right(await client.blind(inputs));
      const answer = right(await server.blindEvaluate(message));
      const seen = right(await client.finalize(state, answer));
      sent += message.length;
      received += answer.evaluated.length + answer.proof.length;
      turns++;
      const [index] = await published;
      for (const flag of index.lookup(tagsOf(seen, index.manifest.t))) known += flag;
    }
  };
  await Promise.all([published, ...Array.from({ length: LANES }, lane)]);
  received += (await published)[1];
  keys.skS.wipe();
  return { known, sent, received, turns };
};
