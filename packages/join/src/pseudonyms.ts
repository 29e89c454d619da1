import { domain, type Watch } from '@vouchsafe/core';
import { ELEMENT_BYTES, type Elements, type Group, type ScalarBytes } from '@vouchsafe/group';
import { type BureauContext, subjectMessages } from './context.ts';

/** Identifiers hashed before the next are prepared: a few milliseconds of preparation at a time, and little memory, however many there are. */
const CHUNK = 4096;

/**
 * Hash(id) (protocols §0) itself, for proofs about a party's pseudonyms.
 * @returns n × 32 bytes
 */
export const hashSubjects = (
  { context, ids }: { readonly context: BureauContext; readonly ids: readonly Uint8Array[] },
  group: Group,
): Promise<Elements> => group.hashToGroup(ids.map(subjectMessages(context)), domain('join'));

/**
 * k·Hash(id) (protocols §0) for each identifier: what a party's subjects are called in the sealed join. Progress counts identifiers (task `pseudonyms`).
 * @returns n × 32 bytes
 */
export const pseudonymsOf = async (
  {
    context,
    ids,
    scalar,
    watch,
  }: {
    readonly context: BureauContext;
    /** Canonical identifiers. */
    readonly ids: readonly Uint8Array[];
    readonly scalar: ScalarBytes;
    readonly watch?: Watch | undefined;
  },
  group: Group,
): Promise<Elements> => {
  const dst = domain('join');
  const out = new Uint8Array(ids.length * ELEMENT_BYTES) as Elements;
  const messageOf = subjectMessages(context);
  const messages = (from: number): readonly Uint8Array[] => ids.slice(from, from + CHUNK).map(messageOf);
  let next = messages(0);
  for (let from = 0; from < ids.length; from += CHUNK) {
    const hashing = group.hashAndMultiply(next, dst, scalar, { signal: watch?.signal });
    // Threads hash while this one prepares.
    next = messages(from + CHUNK);
    out.set(await hashing, from * ELEMENT_BYTES);
    watch?.onProgress?.({ task: 'pseudonyms', done: Math.min(ids.length, from + CHUNK), total: ids.length });
  }
  return out;
};
