import type { Federation } from '@vouchsafe/protocol';

/** From the demo to a lender's process. */
export interface StartLender {
  readonly federation: Federation;
  readonly id: string;
  readonly boxSecret: string;
  readonly policy: unknown;
  readonly file: string;
  readonly asOf: string;
  readonly currency: string;
  readonly padTo: number;
}

/** From a lender's process to the demo. */
export type FromLender =
  | { readonly tag: 'listening'; readonly port: number }
  | { readonly tag: 'progress'; readonly done: number; readonly total: number }
  | { readonly tag: 'ready'; readonly report: readonly string[] }
  | { readonly tag: 'failed'; readonly message: string };
