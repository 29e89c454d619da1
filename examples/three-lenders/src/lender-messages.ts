import type { SignedFederation } from '@vouchsafe/protocol';

/** From the demo to a lender's process. */
export interface StartLender {
  readonly federation: SignedFederation;
  readonly auditorKey: string;
  readonly id: string;
  /** The lender's secret keys, in hexadecimal digits. */
  readonly secrets: { readonly signSeed: string; readonly boxSecret: string };
  /** Where the lender keeps its state, and the key of its store in hexadecimal digits. */
  readonly state: { readonly folder: string; readonly key: string };
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
