import type { BulkError } from './errors.ts';
import type { BulkIds } from './ids.ts';
import type { BulkTurn } from './session.ts';

/** Which part of the protocol a session plays. */
export type BulkRole = 'receiver' | 'sender';

/** What a thread is told. The arrays are its own. */
export type ThreadOrder =
  | {
      readonly tag: 'open';
      readonly role: BulkRole;
      readonly ids: BulkIds;
      readonly context: Uint8Array;
      readonly limit: number | undefined;
      readonly padTo: number | undefined;
    }
  | { readonly tag: 'step'; readonly message: Uint8Array | undefined }
  | { readonly tag: 'close' };

/** What it answers, to each order once. */
export type ThreadAnswer =
  | { readonly tag: 'turn'; readonly turn: BulkTurn<string> }
  | { readonly tag: 'refused'; readonly error: BulkError }
  /** A bug of the caller or of ours: nothing that a peer can bring about. */
  | { readonly tag: 'thrown'; readonly message: string };
