export type { LinkId, LinkState, LinkStore, SortedRows } from './link-port.ts';
export { memoryStore } from './memory.ts';
export { createQuerierStore } from './over-kv.ts';
export type { QuerierStore, RetireTerms } from './port.ts';
