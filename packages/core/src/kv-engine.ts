import type { KvEntry } from './kv.ts';

/** A piece of a range: from ≤ key < to. */
export interface KvPage {
  readonly from: Uint8Array | undefined;
  readonly to: Uint8Array | undefined;
  readonly reverse: boolean;
  /** At most so many entries. */
  readonly count: number;
  /** No further entry once keys and values have so many bytes. */
  readonly bytes: number;
}

/** One state of an engine. Arguments have been checked; what it returns is the caller's own copy. */
export interface KvState {
  get(table: string, key: Uint8Array): Uint8Array | undefined;
  /** The first entries of a range; none only when the range is empty. */
  page(table: string, page: KvPage): readonly KvEntry[];
}

/** A state that is being changed. Keys and values are copied in. */
export interface KvMutableState extends KvState {
  put(table: string, key: Uint8Array, value: Uint8Array): void;
  /** Puts a key that is above all others of its table. */
  append(table: string, key: Uint8Array, value: Uint8Array): void;
  delete(table: string, key: Uint8Array): void;
  drop(table: string): void;
}

/**
 * What an implementation of {@link Kv} has to bring; {@link kvOver} makes the rest of it: the queue, roll-back, checks. A state is used only while the callback that got it
 * runs.
 */
export interface KvEngine {
  read<T>(work: (state: KvState) => T): T;
  /**
   * Runs `work` once, later, in one atomic write, while nobody else writes. `work` does not throw. Resolves when everything is durable; rejects with a {@link KvFailure}
   * when nothing is there, or when that is uncertain.
   */
  write(work: (state: KvMutableState) => void): Promise<void>;
  close(): Promise<void>;
}
