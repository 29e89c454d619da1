import { decodeReceipt } from '@vouchsafe/audit';
import { acknowledge } from '@vouchsafe/audit/statement';
import { E, encodeCanonical } from '@vouchsafe/core';
import { Acknowledgements, CBOR_TYPE, MAX_ACKNOWLEDGEMENTS, ROUTES } from '@vouchsafe/protocol';
import type { QuerierStore } from './store/index.ts';
import { send, type Target, type Transport } from './transport.ts';

/**
 * Counter-signs the receipts that a holder has no counter-signature for yet: with them the holder shows what it contributed. What cannot be delivered waits in the store for the next answer or
 * statement; no query fails for it, and none waits for it.
 */
export interface Acknowledger {
  /** Sees to it beside other work; answers that come shortly after each other share a delivery. */
  readonly begin: (target: Target) => void;
  /** Sees to it, and waits until everything that was there is delivered or cannot be. */
  readonly finish: (target: Target) => Promise<void>;
  /** Gives what is under way or due a moment; what is not delivered then is delivered another time. */
  readonly stop: () => Promise<void>;
}

/** Milliseconds from one delivery to a holder to the next that nobody waits for: of many questions in a row only some have one beside them. */
const GATHER_MS = 250;
/** Milliseconds that the last deliveries get when the bureau closes. */
const LAST_MS = 500;

/** One holder's deliveries: the one under way, and the one after it, which takes whatever came meanwhile. */
interface Deliveries {
  now: Promise<void>;
  next?: Promise<void> | undefined;
}

export const createAcknowledger = (parts: {
  /** Name of the federation. */
  readonly federation: string;
  readonly store: QuerierStore;
  readonly transport: Transport;
}): Acknowledger => {
  const going = new Map<string, Deliveries>();
  const stopping = new AbortController();
  /** When the last delivery to a holder began, and the next one that is due. */
  const last = new Map<string, number>();
  const due = new Map<string, { readonly target: Target; readonly timer: NodeJS.Timeout }>();

  const finish = (target: Target): Promise<void> => {
    const own = going.get(target.holder);
    if (own) {
      own.next ??= own.now.then(() => start(target));
      return own.next;
    }
    return start(target);
  };

  const start = (target: Target): Promise<void> => {
    const own: Deliveries = { now: Promise.resolve() };
    // A store that cannot be read or written is told to whoever uses it next.
    own.now = deliver(parts, target, stopping.signal)
      .catch(() => undefined)
      .then(() => {
        if (!own.next) going.delete(target.holder);
      });
    going.set(target.holder, own);
    last.set(target.holder, performance.now());
    return own.now;
  };

  const begin = (target: Target): void => {
    const { holder } = target;
    if (due.has(holder) || stopping.signal.aborted) return;
    const later = (last.get(holder) ?? Number.NEGATIVE_INFINITY) + GATHER_MS - performance.now();
    if (later <= 0) return void finish(target);
    const timer = setTimeout(() => {
      due.delete(holder);
      void finish(target);
    }, later);
    // What waits is in the store: a process that has nothing else to do may end.
    due.set(holder, { target, timer: timer.unref() });
  };

  return {
    begin,
    finish,
    stop: async () => {
      const timer = setTimeout(() => stopping.abort(), LAST_MS);
      for (const own of due.values()) {
        clearTimeout(own.timer);
        void finish(own.target);
      }
      due.clear();
      while (going.size > 0) await Promise.all([...going.values()].map(({ now, next }) => next ?? now));
      clearTimeout(timer);
      stopping.abort();
    },
  };
};

const deliver = async (
  { federation, store, transport }: Parameters<typeof createAcknowledger>[0],
  target: Target,
  signal: AbortSignal,
): Promise<void> => {
  const { holder } = target;
  for (;;) {
    const kept = await store.unacknowledged(holder, MAX_ACKNOWLEDGEMENTS);
    if (kept.length === 0) return;
    const items = kept.flatMap(({ index, receipt }) => {
      const read = decodeReceipt(receipt);
      if (E.isLeft(read)) throw new Error('a receipt of the store is damaged: restore the store from its last backup');
      const { entry } = read.right;
      return [{ index, signature: acknowledge({ origin: `${federation}/${holder}`, index, entry }, transport.signer) }];
    });
    const bytes = encodeCanonical(Acknowledgements.encode({ items }));
    const body = await send(transport, target, { route: ROUTES.acknowledgements, body: { type: CBOR_TYPE, bytes }, signal });
    if (E.isLeft(body)) return;
    await store.acknowledged(
      holder,
      items.map(({ index }) => index),
    );
    if (kept.length < MAX_ACKNOWLEDGEMENTS) return;
  }
};
