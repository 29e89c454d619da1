import { hash } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import { concatBytes, csprng, E, type Either, i2osp, type Rng } from '@vouchsafe/core';
import { type BadScalar, SCALAR_BYTES, type ScalarBytes, type Scalars, scalarAt } from './elements.ts';

const Fq = ed25519.Point.Fn;

/** q = 2^252 + 27742317777372353535851937790883648493, the order of the group. */
export const ORDER: bigint = Fq.ORDER;

/** Reads one of our own scalars. */
export const toBigint = (scalar: ScalarBytes): bigint => Fq.fromBytes(scalar);

/** Writes a whole number modulo q as a scalar. */
export const toScalar = (value: bigint | number): ScalarBytes => Fq.toBytes(Fq.create(BigInt(value))) as ScalarBytes;

/** Uniform bytes that make one scalar. */
const WIDE_BYTES = 64;

/** 64 uniform bytes, little-endian, modulo q: the bias is below 2^-250. May be zero, with that probability. */
const reduceWide = (wide: Uint8Array): bigint => Fq.create(fromLittleEndian(wide));

/** By way of hexadecimal digits: ten times as fast as shifting bytes in. */
const fromLittleEndian = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);

/** {@link reduceWide} for n × 64 bytes. */
const reduceEach = (wide: Uint8Array): Scalars => {
  const out = new Uint8Array(wide.length / 2);
  for (let i = 0; i < out.length; i += SCALAR_BYTES) out.set(Fq.toBytes(reduceWide(wide.subarray(2 * i, 2 * i + WIDE_BYTES))), i);
  return out as Scalars;
};

/**
 * n uniform scalars in [1, q). Zero is drawn again: as a blinding or key it would give the input away.
 * @param reduce a group's `reduceWide`, where many are drawn: its kernel is faster than whole numbers of JavaScript
 * @returns n × 32 bytes
 */
export const randomScalars = (count: number, rng: Rng = csprng, reduce: (wide: Uint8Array) => Scalars = reduceEach): Scalars => {
  // One call for all of them: asking the generator takes longer than what it does.
  const wide = rng(count * WIDE_BYTES);
  const out = reduce(wide);
  wide.fill(0);
  for (let i = 0; i < count; i++) {
    const one = scalarAt(out, i);
    if (isZero(one)) one.set(randomScalars(1, rng));
  }
  return out;
};

/** Every byte is looked at. */
const isZero = (scalar: ScalarBytes): boolean => {
  let all = 0;
  for (let i = 0; i < SCALAR_BYTES; i++) all |= scalar[i]!;
  return all === 0;
};

/** One uniform scalar in [1, q). */
export const randomScalar = (rng: Rng = csprng): ScalarBytes => randomScalars(1, rng);

/**
 * RFC 9497 §4.1 `DeserializeScalar`, n at once: the one place where scalars from outside come in. Non-canonical values and zero are refused.
 * @param received n × 32 bytes
 */
export const receiveScalars = (received: Uint8Array): Either<BadScalar, Scalars> => {
  const count = Math.ceil(received.length / SCALAR_BYTES);
  for (let i = 0; i < count; i++) {
    const one = received.subarray(i * SCALAR_BYTES, (i + 1) * SCALAR_BYTES);
    if (one.length !== SCALAR_BYTES || !isCanonicalNonZero(one))
      return E.left({ _tag: 'BadScalar', index: i, message: `scalar ${i} is not 32 bytes in [1, q)` });
  }
  return E.right(received.slice() as Scalars);
};

const isCanonicalNonZero = (bytes: Uint8Array): boolean => {
  const value = fromLittleEndian(bytes);
  return value > 0n && value < ORDER;
};

/** a + b modulo the group’s order q. Big integers, so not in constant time. */
export const addScalars = (a: ScalarBytes, b: ScalarBytes): ScalarBytes => toScalar(toBigint(a) + toBigint(b));
/** a − b modulo q, like {@link addScalars}. */
export const subtractScalars = (a: ScalarBytes, b: ScalarBytes): ScalarBytes => toScalar(toBigint(a) - toBigint(b));
/** a · b modulo q, like {@link addScalars}. */
export const multiplyScalars = (a: ScalarBytes, b: ScalarBytes): ScalarBytes => toScalar(toBigint(a) * toBigint(b));
/** −a modulo q, like {@link addScalars}. */
export const negateScalar = (a: ScalarBytes): ScalarBytes => toScalar(-toBigint(a));

/** 1/a modulo q. @throws RangeError for zero: scalars from outside are never zero ({@link receiveScalars}) */
export const invertScalar = (a: ScalarBytes): ScalarBytes => {
  const value = toBigint(a);
  if (value === 0n) throw new RangeError('zero has no inverse');
  return Fq.toBytes(Fq.inv(value)) as ScalarBytes;
};

/** 1/a for each of n scalars, with one inversion for all (Montgomery's trick). */
export const invertScalars = (all: Scalars): Scalars => {
  const count = all.length / SCALAR_BYTES;
  const values = Array.from({ length: count }, (_, i) => toBigint(scalarAt(all, i)));
  if (values.includes(0n)) throw new RangeError('zero has no inverse');
  const out = new Uint8Array(all.length);
  for (const [i, inverse] of Fq.invertBatch(values).entries()) out.set(Fq.toBytes(inverse), i * SCALAR_BYTES);
  return out as Scalars;
};

/** RFC 9497 §4.1 `HashToScalar` for ristretto255-SHA512: 64 bytes of RFC 9380 §5.3.1 `expand_message_xmd`, little-endian, modulo q. */
export const hashToScalar = (message: Uint8Array, dst: Uint8Array): ScalarBytes =>
  toScalar(reduceWide(expandMessage64(message, dst)));

/** Z_pad of RFC 9380 §5.3.1: one block of SHA-512. */
const Z_PAD = new Uint8Array(128);
/** I2OSP(64, 2), the length that is asked for, and I2OSP(0, 1). */
const LENGTH = Uint8Array.of(0, 64, 0);
const ONE = Uint8Array.of(1);

/**
 * RFC 9380 §5.3.1 `expand_message_xmd` for 64 bytes with SHA-512: ell = 1, so two hashes. By the engine's own SHA-512, since a proof over a thousand elements has a thousand of them on either side.
 * @throws RangeError for a tag of another length than 1 to 255 bytes
 */
const expandMessage64 = (message: Uint8Array, dst: Uint8Array): Uint8Array => {
  if (dst.length < 1 || dst.length > 255) throw new RangeError('a domain separation tag has 1 to 255 bytes');
  const dstPrime = concatBytes(dst, Uint8Array.of(dst.length));
  const first = hash('sha512', concatBytes(Z_PAD, message, LENGTH, dstPrime), 'buffer');
  return hash('sha512', concatBytes(first, ONE, dstPrime), 'buffer');
};

/** RFC 9497 §3.2.1 gives up after this many tries; the chance is below 2^-60000. */
const DERIVE_TRIES = 256;

/**
 * RFC 9497 §3.2.1 `DeriveKeyPair`, the secret half: a non-zero scalar from a seed and public information.
 * @param seed 32 uniform bytes
 * @param info at most 65,535 bytes
 * @param dst the RFC's `"DeriveKeyPair" || contextString`, or a tag of our own for another use
 */
export const deriveScalar = ({ seed, info, dst }: { seed: Uint8Array; info: Uint8Array; dst: Uint8Array }): ScalarBytes => {
  if (seed.length !== 32) throw new RangeError('a key seed has 32 bytes');
  const input = concatBytes(seed, i2osp(info.length, 2), info);
  for (let counter = 0; counter < DERIVE_TRIES; counter++) {
    const scalar = hashToScalar(concatBytes(input, i2osp(counter, 1)), dst);
    if (toBigint(scalar) !== 0n) return scalar;
  }
  throw new RangeError('DeriveKeyPairError (RFC 9497 §3.2.1): this seed gives no key, draw another');
};
