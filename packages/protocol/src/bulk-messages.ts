import { createHash } from 'node:crypto';
import { bytes, bytesUpTo, concatBytes, domain, encodeCanonical, i2osp, record, whole } from '@vouchsafe/core';
import type * as t from 'io-ts';

// A bulk match is a session of several requests. The messages of `@vouchsafe/psi/bulk` travel as rows of one byte; each is a body of its own, signed like any other.

const Session: t.Type<Uint8Array, unknown, unknown> = bytes(16);
const Receipt: t.Type<Uint8Array, unknown, unknown> = bytesUpTo(32 * 1024);

/** Bytes of the masks in one response. */
export const BULK_PAGE_BYTES: number = 4 * 1024 * 1024;

/** The holder opened a session. The request is a `TableRef`; rows both ways are the first messages. */
export interface BulkOpened {
  /** Names the session in what follows, 16 bytes. */
  readonly session: Uint8Array;
}

export const BulkOpened: t.Type<BulkOpened, unknown, unknown> = record<BulkOpened>('BulkOpened', { session: Session }, {});

/** The querier's next message. */
export interface BulkStep extends BulkOpened {
  /** Which one, from 0. */
  readonly step: number;
}

export const BulkStep: t.Type<BulkStep, unknown, unknown> = record<BulkStep>(
  'BulkStep',
  { session: Session, step: whole(0, 2 ** 16) },
  {},
);

/** What came of it. The rows are the holder's next message, or none while it waits for more. */
export interface BulkStepped {
  /** With the last one: the receipt of the log entry about this match. The masks are fetched page by page. */
  readonly receipt?: Uint8Array | undefined;
}

export const BulkStepped: t.Type<BulkStepped, unknown, unknown> = record<BulkStepped>('BulkStepped', {}, { receipt: Receipt });

/** The querier needs the session no more. */
export type BulkEnd = BulkOpened;
export const BulkEnd: t.Type<BulkEnd, unknown, unknown> = BulkOpened;

/** What a bulk match is about: both sides state it, and what differs never matches. */
export const bulkContext = ({
  federation,
  bureau,
  holder,
  scheme,
  epoch,
}: {
  readonly federation: string;
  readonly bureau: string;
  readonly holder: string;
  readonly scheme: string;
  readonly epoch: number;
}): Uint8Array => concatBytes(domain('bulkMatch'), encodeCanonical([federation, bureau, holder, scheme, epoch]));

/** SHA-256 over messages, each behind its length: what the log entry says of those of the querier. */
export interface BulkTranscript {
  readonly add: (message: Uint8Array) => void;
  readonly digest: () => Uint8Array;
}

/** A transcript of no message yet. */
export const bulkTranscript = (): BulkTranscript => {
  const hash = createHash('sha256');
  return {
    add: (message) => void hash.update(i2osp(message.length, 4)).update(message),
    digest: () => new Uint8Array(hash.digest()),
  };
};
