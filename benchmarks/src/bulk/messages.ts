/** Who a process of the bulk case is. The sender listens, the receiver connects. */
export type Side = 'receiver' | 'sender';

/** What a process is told. */
export type Order =
  | { readonly tag: 'prepare'; readonly log2: number; readonly port?: number }
  /** One match. */
  | { readonly tag: 'match' };

/** What it answers: figures of this process. */
export interface Said {
  readonly tag: 'done' | 'failed';
  readonly message?: string;
  readonly port?: number;
  readonly backend?: string;
  /** Identifiers found, and whether they are the right ones. */
  readonly correct?: boolean;
  /** Processor seconds, and bytes sent, of this match. */
  readonly cpu?: number;
  readonly sent?: number;
  /** How often this side waited for the other one's message, after it had sent its own. */
  readonly turns?: number;
  /** Most anonymous memory above what the inputs took, in MiB, of all matches. */
  readonly rss?: number;
}
