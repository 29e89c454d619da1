declare const elements: unique symbol;
declare const scalars: unique symbol;

/** Bytes of an encoded element (RFC 9496 §4.3.2) and of an encoded scalar (§4.4, little-endian). */
export const ELEMENT_BYTES = 32;
/** Bytes of an encoded scalar (RFC 9496 §4.4), little-endian. */
export const SCALAR_BYTES = 32;

/**
 * n × 32 bytes: canonical encodings of ristretto255 elements. The brand says that they were made here or passed {@link Group.receive}: bytes from outside get
 * it nowhere else.
 */
export type Elements = Uint8Array & { readonly [elements]: true };

/** One element, 32 bytes. */
export type ElementBytes = Elements;

/** n × 32 bytes: scalars in [0, q), little-endian. */
export type Scalars = Uint8Array & { readonly [scalars]: true };

/** One scalar, 32 bytes. */
export type ScalarBytes = Scalars;

/** How many elements a packed array holds. */
export const countOf = (packed: Elements | Scalars): number => packed.length / ELEMENT_BYTES;

/** Element (or scalar) number `index`, as a view. */
export const elementAt = (packed: Elements, index: number): ElementBytes =>
  packed.subarray(index * ELEMENT_BYTES, (index + 1) * ELEMENT_BYTES) as ElementBytes;
/** Scalar number `index`, as a view. */
export const scalarAt = (packed: Scalars, index: number): ScalarBytes =>
  packed.subarray(index * SCALAR_BYTES, (index + 1) * SCALAR_BYTES) as ScalarBytes;

/** An encoding from outside that is no element of the group, or is the identity. */
export interface BadElement {
  readonly _tag: 'BadElement';
  readonly message: string;
  /** Which of the n, from 0. */
  readonly index: number;
}

/** A scalar from outside that is zero or not below q. */
export interface BadScalar {
  readonly _tag: 'BadScalar';
  readonly message: string;
  readonly index: number;
}

/** Which element is the identity, 32 zero bytes: the first one, or -1. The array begins at a multiple of 4 bytes, as fresh ones do. */
export const findIdentity = (elements: Uint8Array): number => {
  const words = new Uint32Array(elements.buffer, elements.byteOffset, elements.length / 4);
  for (let at = 0; at < words.length; at += 8) {
    let any = 0;
    for (let i = at; i < at + 8; i++) any |= words[i]!;
    if (any === 0) return at / 8;
  }
  return -1;
};
