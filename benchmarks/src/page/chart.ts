import type { Spec } from './plot.ts';

/** A chart of the report, and what a reader needs to know of it. */
export interface Chart {
  /** Of its file. */
  readonly name: string;
  readonly title: string;
  readonly caption: string;
  readonly spec: Spec;
}

export const WIDTH = 460;
export const HEIGHT = 280;
/** Names are never cut: a width that none reaches. */
export const LABEL_LIMIT = 1000;
