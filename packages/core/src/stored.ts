import type * as t from 'io-ts';
import { decodeCanonical, encodeCanonical } from './canonical.ts';
import { decodeShape } from './decode.ts';
import { E } from './fp.ts';

/** A record for the store: canonical CBOR through its codec. */
export const writeStored = <A>(codec: t.Type<A, unknown, unknown>, value: A): Uint8Array => encodeCanonical(codec.encode(value));

/**
 * Our own record, read back.
 * @throws Error when it is none: the store was damaged, and nothing may be answered from it
 */
export const readStored = <A>(codec: t.Type<A, unknown, unknown>, stored: Uint8Array): A => {
  const value = decodeCanonical(stored);
  if (E.isLeft(value)) throw damaged();
  const read = decodeShape(codec, value.right);
  if (E.isLeft(read)) throw damaged();
  return read.right;
};

const damaged = (): Error => new Error('a record of the store is damaged: restore the store from its last backup');
