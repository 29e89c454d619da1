import { bytes, bytesUpTo, list, record, whole } from '@vouchsafe/core';
import type * as t from 'io-ts';
import { MAX_PROOF_HASHES } from '../proofs.ts';
import { MAX_SAMPLE } from './draw.ts';

/** One row of a sealed table, as the holder shows it to the auditor. */
export interface SampledRow {
  /** Its place in stream 1. */
  readonly index: number;
  /** As it went to the bureau: P, C, D_1 … D_V. */
  readonly sealed: Uint8Array;
  /** Its inclusion proof (RFC 6962 §2.1.1) under the table's root. */
  readonly path: readonly Uint8Array[];
  /** Whose row it is: the canonical identifier, of at most 512 bytes. Absent for padding, and for a row whose record the holder no longer has. */
  readonly id?: Uint8Array | undefined;
  /** The scalar s of a padding row, whose P is s·G. */
  readonly padding?: Uint8Array | undefined;
  /** v_1 … v_V, 4 bytes each, most significant byte first. Absent where the record is. */
  readonly values?: Uint8Array | undefined;
  /** r, the scalar of C = r·G and D_j = v_j·(G/2) + r·PK_j. */
  readonly randomness?: Uint8Array | undefined;
}

/** What a holder shows of a sealed table: rows that were drawn, and what they are checked against. For the auditor only. */
export interface Sample {
  /** KH, 32 bytes: with it a bureau could select rows, so it must not go further. */
  readonly joinKey: Uint8Array;
  /** The salt of the commitment to it. */
  readonly salt: Uint8Array;
  /** KB, B_1 … B_V. */
  readonly bureauKeys: Uint8Array;
  /** H_1 … H_V. */
  readonly holderKeys: Uint8Array;
  /** One DLEQ proof for all rows with an identifier: P = kH·Hash(id) for the kH of KH. 64 bytes; none when there is no such row. */
  readonly proof?: Uint8Array | undefined;
  /** In the order of their numbers. */
  readonly rows: readonly SampledRow[];
}

const Row: t.Type<SampledRow, unknown, unknown> = record<SampledRow>(
  'SampledRow',
  { index: whole(0, 2 ** 40), sealed: bytesUpTo(1 << 16), path: list(bytes(32), MAX_PROOF_HASHES) },
  { id: bytesUpTo(512), padding: bytes(32), values: bytesUpTo(1 << 14), randomness: bytes(32) },
);

export const Sample: t.Type<Sample, unknown, unknown> = record<Sample>(
  'Sample',
  {
    joinKey: bytes(32),
    salt: bytes(32),
    bureauKeys: bytesUpTo(1 << 16),
    holderKeys: bytesUpTo(1 << 16),
    rows: list(Row, MAX_SAMPLE),
  },
  { proof: bytes(64) },
);
