export type { LinkId, LinkState, LinkStore, SortedRows } from './link-port.ts';
export { memoryStore } from './memory.ts';
export { createQuerierStore } from './over-kv.ts';
export type { IndexPin, IndexPins, PinnedIndexes } from './pins.ts';
export type { KeptQuery, KeptReceipt, QuerierStore, RetireTerms } from './port.ts';
export type { KeptBatch, SentBatches } from './sent-batches.ts';
