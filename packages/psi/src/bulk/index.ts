export type {
  BadBulkMessage,
  BulkBadLuck,
  BulkBroken,
  BulkCheckFailed,
  BulkError,
  BulkFault,
  BulkOver,
  BulkSetSize,
} from './errors.ts';
export { type BulkIds, packIds, shareIds } from './ids.ts';
export { bulkMemory } from './memory.ts';
export { bulkSizeOf, masksBytes, transcriptBytes } from './messages.ts';
export { type BulkGroup, type BulkParameters, bulkParameters, MAX_BULK_SET } from './parameters.ts';
export { type BulkInput, openBulkReceiver, type ReceiverState } from './receiver.ts';
export { openBulkSender, type SenderState } from './sender.ts';
export type { BulkSession, BulkTurn } from './session.ts';
export { closeBulkThreads, openBulkReceiverThread, openBulkSenderThread } from './threads.ts';
