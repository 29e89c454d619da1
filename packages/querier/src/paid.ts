import type { Elements } from '@vouchsafe/group';
import type { BlindState } from '@vouchsafe/oprf';

/** A batch that was sent. The holder may have charged for it, so it is sent again as it was: the same bytes get the stored answer and cost nothing. */
export interface SentBatch {
  readonly ids: readonly Uint8Array[];
  readonly state: BlindState;
  /** n × 32 bytes. */
  readonly message: Elements;
}

/** What this bureau paid one holder for under one key, as long as the process lives: nobody is asked about twice, and no answer that is on the way is lost. */
export interface Paid {
  /** 1 when the holder knows the subject, 0 when it does not, undefined while that was not asked. */
  readonly known: (id: Uint8Array) => 0 | 1 | undefined;
  /** The batch is answered. @param flags 1 or 0 for each of its subjects */
  readonly answered: (batch: SentBatch, flags: Uint8Array) => void;
  /** The batch is about to be sent. */
  readonly sent: (batch: SentBatch) => void;
  /** Nothing was charged for the batch, or its answer is of no use. */
  readonly dropped: (batch: SentBatch) => void;
  /** Batches without an answer that are about one of these subjects. */
  readonly pending: (ids: ReadonlyMap<string, unknown>) => readonly SentBatch[];
}

/** Batches without an answer at most; of more the oldest are forgotten. */
const MAX_PENDING = 64;

/** A subject as a key. */
export const keyOf = (id: Uint8Array): string => Buffer.from(id.buffer, id.byteOffset, id.length).toString('latin1');

export const createPaid = (): Paid => {
  const verdicts = new Map<string, 0 | 1>();
  const waiting = new Set<SentBatch>();
  return {
    known: (id) => verdicts.get(keyOf(id)),
    answered: (batch, flags) => {
      for (const [i, id] of batch.ids.entries()) verdicts.set(keyOf(id), flags[i] === 1 ? 1 : 0);
      waiting.delete(batch);
    },
    sent: (batch) => {
      waiting.add(batch);
      const [oldest] = waiting;
      if (oldest && waiting.size > MAX_PENDING) waiting.delete(oldest);
    },
    dropped: (batch) => void waiting.delete(batch),
    pending: (ids) => [...waiting].filter((batch) => batch.ids.some((id) => ids.has(keyOf(id)))),
  };
};
