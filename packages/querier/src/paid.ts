import { sha256 } from '@noble/hashes/sha2.js';
import type { Elements, Scalars } from '@vouchsafe/group';
import { type Blinding, BlindState } from '@vouchsafe/oprf';
import type { LinkId, SentBatches } from './store/index.ts';

/** A batch that was sent. The holder may have charged for it, so it is sent again as it was: the same bytes get the stored answer and cost nothing. */
export interface SentBatch {
  readonly ids: readonly Uint8Array[];
  readonly state: BlindState;
  /** n × 32 bytes. */
  readonly message: Elements;
}

/**
 * What this bureau paid one holder for under one key, until the epoch ends: nobody is asked about twice, and no answer that is on the way is lost. Where the store is on a disk it outlives a crash: a batch is
 * there before it is sent, and its answer before anything is made of it.
 */
export interface Paid {
  /** 1 when the holder knows the subject, 0 when it does not, undefined while that was not asked. */
  readonly known: (id: Uint8Array) => 0 | 1 | undefined;
  /** The batch is about to be sent. */
  readonly sent: (batch: SentBatch) => Promise<void>;
  /** The batch is answered. @param flags 1 or 0 for each of its subjects */
  readonly answered: (batch: SentBatch, flags: Uint8Array) => Promise<void>;
  /** Nothing was charged for the batch, or its answer is of no use. */
  readonly dropped: (batch: SentBatch) => Promise<void>;
  /** Batches without an answer that are about one of these subjects. */
  readonly pending: (ids: ReadonlyMap<string, unknown>) => readonly SentBatch[];
}

/** A subject as a key. */
export const keyOf = (id: Uint8Array): string => Buffer.from(id.buffer, id.byteOffset, id.length).toString('latin1');

/** Takes up what the store has. */
export const openPaid = async (store: SentBatches, link: LinkId): Promise<Paid> => {
  const verdicts = new Map<string, 0 | 1>();
  const waiting = new Set<SentBatch>();
  const learn = (ids: readonly Uint8Array[], flags: Uint8Array): void => {
    for (const [i, id] of ids.entries()) verdicts.set(keyOf(id), flags[i] === 1 ? 1 : 0);
  };
  for (const { ids, sent, flags } of await store.read(link)) {
    if (flags) learn(ids, flags);
    if (!sent) continue;
    const blinded = sent.blinded as Elements;
    const parts = { blinded, blinds: sent.blinds as Scalars, blinding: sent.blinding as Blinding, inputs: ids };
    waiting.add({ ids, message: blinded, state: new BlindState(parts) });
  }
  return {
    known: (id) => verdicts.get(keyOf(id)),
    sent: async (batch) => {
      if (waiting.has(batch)) return;
      waiting.add(batch);
      const { ids, message, state } = batch;
      const sent = { blinded: message, blinds: state.reveal().blinds, blinding: state.blinding };
      await store.write(link, { request: sha256(message), ids, sent });
    },
    answered: async (batch, flags) => {
      await store.write(link, { request: sha256(batch.message), ids: batch.ids, flags });
      learn(batch.ids, flags);
      waiting.delete(batch);
    },
    dropped: async (batch) => {
      waiting.delete(batch);
      await store.remove(link, sha256(batch.message));
    },
    pending: (ids) => [...waiting].filter((batch) => batch.ids.some((id) => ids.has(keyOf(id)))),
  };
};
