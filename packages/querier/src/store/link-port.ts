import type { MerkleState } from '@vouchsafe/core';
import type { Elements } from '@vouchsafe/group';
import type { BlindedRows, MadeRows, StreamPlace } from '@vouchsafe/join';

/** Which link: one with each holder, for each scheme and epoch. */
export interface LinkId {
  readonly holder: string;
  readonly scheme: string;
  readonly epoch: number;
}

/** What is durable about a link. */
export interface LinkState {
  /** H_1 … H_V as the holder sent them: rows are blinded under them and no others. */
  readonly holderKeys: Elements;
  /** The holder's salted commitment to KH, 32 bytes. */
  readonly commitment: Uint8Array;
  /** How far stream 1 is. */
  readonly taken: StreamPlace;
  /** The Merkle tree over its rows. */
  readonly merkle: MerkleState;
  /** Merkle root over stream 1, 32 bytes, once the table is sealed on both sides. */
  readonly root?: Uint8Array | undefined;
}

/** A bureau's durable side of one sealed table. Each method that writes is one commit. */
export interface LinkStore {
  state(): Promise<LinkState | undefined>;
  begin(link: { readonly rows: number; readonly holderKeys: Elements; readonly commitment: Uint8Array }): Promise<void>;
  /** Takes the next blinded rows over, k × (V+2) × 32 bytes, with their randomness, k × 32 bytes, and how far stream 1 is with them. */
  take(rows: Pick<BlindedRows, 'rows' | 'randomness'>, progress: Pick<LinkState, 'taken' | 'merkle'>): Promise<void>;
  /** Stream 1 is complete: stream 2 can be read in its order. */
  blinded(): Promise<SortedRows>;
  /** Both sides agree: the table is in use, and the rows are the holder's. */
  seal(root: Uint8Array): Promise<void>;
}

/** Stream 2, sorted by Q. */
export interface SortedRows {
  /** Rows [from, from + k), with the randomness that each was made with. */
  readonly read: (from: number, k: number) => Promise<MadeRows>;
  /** π: which row of stream 1 each row was made from, n numbers from 0. Secret. */
  readonly permutation: () => Promise<Uint32Array>;
}
