import type { MerkleState } from '@vouchsafe/core';
import type { Elements } from '@vouchsafe/group';
import type { PlainRows, SealedTable, ShuffleCheck, StreamPlace } from '@vouchsafe/join';
import type { LogIdentity } from './port.ts';
import type { RowLedger } from './row-ledger.ts';

/** Which table: one for each bureau, scheme and epoch. */
export interface TableId {
  readonly bureau: string;
  readonly scheme: string;
  readonly epoch: number;
}

/**
 * Where a table is in its life: `loading` its records, `ready` to be sent to the bureau, being `sent` (stream 1 may be half-way), `sealed` and in use, or `refused` because the two sides did not
 * agree on it.
 */
export type TableStage = 'loading' | 'ready' | 'sent' | 'sealed' | 'refused';

/** What is durable about a table. */
export interface TableState {
  readonly stage: TableStage;
  /** n, padding included; 0 while loading. */
  readonly rows: number;
  /** The bureau's public keys KB, B_1 … B_V, from the key exchange on: rows are sealed under them and no others. */
  readonly bureauKeys?: Elements | undefined;
  /** The Merkle tree over the rows of stream 1 that were sent. */
  readonly sent: MerkleState;
  /** How far stream 2 is. */
  readonly accepted: StreamPlace;
  /** Chunks of the shuffle proof that are in. */
  readonly proven: number;
  /** The check at which the proof failed, when it did. */
  readonly failed?: ShuffleCheck | undefined;
  /** Merkle root over stream 1, 32 bytes, once it is complete. */
  readonly root?: Uint8Array | undefined;
  /** The receipt of the log entry about the sealed table. */
  readonly receipt?: Uint8Array | undefined;
}

/** An entry for the log, written in the same commit as what it is about. */
export interface LoggedEntry {
  readonly entry: Uint8Array;
  readonly log: LogIdentity;
}

/** A holder's durable rows for one bureau, scheme and epoch. Each method that writes is one commit. */
export interface TableStore {
  state(): Promise<TableState | undefined>;
  /** Begins to load, or begins again: what a broken-off load left is gone. Not for a table whose rows may have been sent. */
  begin(): Promise<void>;
  /** Adds rows in any order. @param numbers where each row stands in the source, for the report of duplicates */
  add(rows: PlainRows, numbers: readonly number[]): Promise<void>;
  /**
   * All records are in.
   * @param padding makes n rows of so many different pseudonyms, and what pads them
   * @returns numbers of rows whose pseudonym, i.e. whose person, another row with a lower number has: they are left out
   */
  complete(padding: (subjects: number) => Promise<PlainRows>): Promise<readonly number[]>;
  /** Rows [from, from + count) of stream 1 before encryption, in the order of their pseudonyms. */
  plainRows(from: number, count: number): Promise<PlainRows>;
  /** Remembers both sides' public keys: KB, B_1 … B_V, and H_1 … H_V. */
  exchange(keys: { readonly bureau: Elements; readonly holder: Elements }): Promise<void>;
  /**
   * Stream 1 is so far; with the last row comes the log entry that fixes it.
   * @param fixed P and leaf hash of the rows that are new in it, k × 64 bytes: kept, so that rows can be shown to the auditor
   */
  sent(merkle: MerkleState, fixed: Uint8Array, complete?: LoggedEntry & { readonly root: Uint8Array }): Promise<void>;
  /** The next rows of stream 2, k × (V+2) × 32 bytes, and how far it is with them. */
  accept(rows: Elements, place: StreamPlace): Promise<void>;
  /** Rows of stream 2 in their order, at most `count` of those after the key `after`, k × (V+2) × 32 bytes. @param after none for the first rows */
  acceptedRows(after: Uint8Array | undefined, count: number): Promise<Elements>;
  /** The next chunk of the shuffle proof. */
  prove(chunk: number, bytes: Uint8Array): Promise<void>;
  /** A chunk of the proof that is in. */
  proofChunk(chunk: number): Promise<Uint8Array>;
  /** The table is in use from now on: its plain values and the proof are wiped. @returns the receipt */
  seal(logged: LoggedEntry): Promise<Uint8Array>;
  /** The table is never used. @param failed the check at which the proof failed, if it is for that */
  refuse(logged: LoggedEntry, failed?: ShuffleCheck): Promise<void>;
  /** The sealed rows. */
  readonly table: SealedTable;
  /** What they have spent, for queries with a price for each row. */
  readonly ledger: RowLedger;
}

/** What the auditor may ask about a table. */
export interface AuditTable {
  /** n, padding included. */
  readonly rows: number;
  /** Merkle root over stream 1, 32 bytes. */
  readonly root: Uint8Array;
  /** KB, B_1 … B_V. */
  readonly bureauKeys: Elements;
  /** H_1 … H_V. */
  readonly holderKeys: Elements;
  /** P and leaf hash of all rows of stream 1 in its order, n × 64 bytes. */
  fixed(): Promise<Uint8Array>;
}
