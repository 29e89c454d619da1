import { bytes, list, record, whole } from '@vouchsafe/core';
import type * as t from 'io-ts';

/** At most so many in one message. */
export const MAX_ACKNOWLEDGEMENTS = 256;

/** A querier's counter-signature under an entry about an answer that it got. */
export interface Acknowledgement {
  readonly index: number;
  /** Ed25519, 64 bytes. */
  readonly signature: Uint8Array;
}

const Index: t.Type<number, unknown, unknown> = whole(0, 2 ** 48 - 1);

/** Both ways: from the querier to the holder, and from the holder to the auditor. Indexes rise. */
export interface Acknowledgements {
  readonly items: readonly Acknowledgement[];
}

export const Acknowledgements: t.Type<Acknowledgements, unknown, unknown> = record<Acknowledgements>(
  'Acknowledgements',
  { items: list(record<Acknowledgement>('Acknowledgement', { index: Index, signature: bytes(64) }, {}), MAX_ACKNOWLEDGEMENTS) },
  {},
);
