import type { Founded } from '../seal/federation.ts';
import type { Figures } from '../seal/messages.ts';

/** What a process of this case is told. */
export type Order =
  | {
      readonly tag: 'serve';
      readonly id: string;
      readonly port: number;
      readonly founded: Founded;
      readonly folder: string;
      readonly rows: number;
      readonly slots: number;
    }
  /** Of a holder: bytes of live objects, after a collection. */
  | { readonly tag: 'heap' }
  /** Of the bureau: open, and seal what is not sealed yet. */
  | { readonly tag: 'sync'; readonly founded: Founded; readonly folder: string }
  /** Of the bureau: blind and sign so many signals for the measured holder, and keep them. */
  | { readonly tag: 'prepare'; readonly count: number; readonly rows: number; readonly port: number }
  /** Of the bureau: send what is prepared, so many at a time, and tell how long each took. */
  | { readonly tag: 'send'; readonly atOnce: number; readonly perSecond?: number | undefined };

/** What it says. */
export type Said =
  | { readonly tag: 'done'; readonly figures: Figures; readonly backend?: string }
  | { readonly tag: 'failed'; readonly message: string };
