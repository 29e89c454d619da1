import type { Founded } from './federation.ts';

/** What a party's process is told; each answers with what it measured. */
export type Order =
  | {
      readonly tag: 'load';
      readonly id: string;
      readonly founded: Founded;
      readonly folder: string;
      readonly rows: number;
      readonly slots: number;
    }
  | { readonly tag: 'open'; readonly founded: Founded; readonly folder: string }
  | { readonly tag: 'sync' }
  | { readonly tag: 'cohort'; readonly size: number; readonly rounds: number }
  | { readonly tag: 'signals'; readonly from: number; readonly count: number }
  /** Are answers released on the holders' tick, or when they are ready? */
  | { readonly tag: 'tick'; readonly on: boolean }
  | { readonly tag: 'measures' };

/** Figures by name. */
export type Figures = Readonly<Record<string, number>>;

/** From a party's process. */
export type Said =
  | { readonly tag: 'listening'; readonly port: number }
  | { readonly tag: 'done'; readonly figures: Figures; readonly backend?: string }
  | { readonly tag: 'failed'; readonly message: string };
