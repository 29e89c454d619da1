import { decodeReceipt } from '@vouchsafe/audit';
import { acknowledge } from '@vouchsafe/audit/statement';
import { E, encodeCanonical } from '@vouchsafe/core';
import { Acknowledgements, CBOR_TYPE, MAX_ACKNOWLEDGEMENTS, ROUTES } from '@vouchsafe/protocol';
import type { QuerierContext } from './context.ts';
import { send, type Target } from './transport.ts';

/**
 * Counter-signs the receipts that a holder has no counter-signature for yet: with them the holder shows what it contributed. What cannot be delivered waits for the next answer or statement; no query fails for it.
 */
export const acknowledgeReceipts = async (
  { federation, store, transport }: QuerierContext,
  target: Target,
  signal: AbortSignal | undefined,
): Promise<void> => {
  const { holder } = target;
  for (;;) {
    const kept = await store.unacknowledged(holder, MAX_ACKNOWLEDGEMENTS);
    if (kept.length === 0) return;
    const items = kept.flatMap(({ index, receipt }) => {
      const read = decodeReceipt(receipt);
      if (E.isLeft(read)) throw new Error('a receipt of the store is damaged: restore the store from its last backup');
      const { entry } = read.right;
      return [{ index, signature: acknowledge({ origin: `${federation.id}/${holder}`, index, entry }, transport.signer) }];
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
