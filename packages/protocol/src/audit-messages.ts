import { bytes, bytesUpTo, record, text, whole } from '@vouchsafe/core';
import type * as t from 'io-ts';

const Name: t.Type<string, unknown, unknown> = text('a name of 1 to 64 characters', /^[\w.+:-]{1,64}$/);
const Receipt: t.Type<Uint8Array, unknown, unknown> = bytesUpTo(32 * 1024);

/** The auditor wants to look behind an entry about a query. */
export interface AuditOpen {
  readonly entry: number;
  /** How many subjects it will ask the bureau to show. */
  readonly subjects: number;
}

export const AuditOpen: t.Type<AuditOpen, unknown, unknown> = record<AuditOpen>(
  'AuditOpen',
  { entry: whole(0, 2 ** 48 - 1), subjects: whole(0, 1000) },
  {},
);

/** What the holder knows about the query, for the auditor only. */
export interface AuditOpened {
  /** The receipt of the entry about this opening. */
  readonly receipt: Uint8Array;
  /** |M|: how many of the cohort it knew, with the salt of the entry's commitment. */
  readonly matched: number;
  readonly salt: Uint8Array;
  /** KB, 32 bytes: the bureau's key that the table was sealed with. */
  readonly joinKey: Uint8Array;
}

export const AuditOpened: t.Type<AuditOpened, unknown, unknown> = record<AuditOpened>(
  'AuditOpened',
  { receipt: Receipt, matched: whole(0, 1e9), salt: bytes(32), joinKey: bytes(32) },
  {},
);

/** The auditor draws rows of a table that was sealed for a querier. */
export interface AuditSample {
  readonly querier: string;
  readonly scheme: string;
  readonly epoch: number;
  /** From which both sides compute which rows, 32 bytes. */
  readonly seed: Uint8Array;
  readonly count: number;
}

export const AuditSample: t.Type<AuditSample, unknown, unknown> = record<AuditSample>(
  'AuditSample',
  { querier: Name, scheme: Name, epoch: whole(1, 2 ** 32 - 1), seed: bytes(32), count: whole(1, 1000) },
  {},
);

/** The rows: a `Sample` of `@vouchsafe/audit`, and the receipt of the entry about it. */
export interface AuditSampled {
  readonly receipt: Uint8Array;
  /** Canonical CBOR, below the limit of a body. */
  readonly sample: Uint8Array;
}

export const AuditSampled: t.Type<AuditSampled, unknown, unknown> = record<AuditSampled>(
  'AuditSampled',
  { receipt: Receipt, sample: bytesUpTo(8 * 1024 * 1024) },
  {},
);
