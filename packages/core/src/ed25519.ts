import { hexToBytes } from './bytes.ts';
import { type Curve25519, curve25519 } from './curve25519.ts';
import type { Secret } from './secret.ts';

/** Bytes of a public key. */
export const PUBLIC_KEY_BYTES = 32;
/** Bytes of a signature. */
export const SIGNATURE_BYTES = 64;

/** Signs with one Ed25519 key (RFC 8032 §5.1, PureEdDSA). */
export interface Signer {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** @returns the signature, 64 bytes; the same for the same message, whatever computes it. @throws RangeError when the seed was wiped */
  readonly sign: (message: Uint8Array) => Uint8Array;
}

/** A signature and what it is said to sign, from outside. */
export interface Signed {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
  /** 64 bytes. */
  readonly signature: Uint8Array;
}

/**
 * The signer of an Ed25519 seed.
 * @param seed 32 bytes (RFC 8032 §5.1.5: the private key); looked at for each signature, so it must not be wiped before the last one
 */
export const createSigner = (seed: Secret): Signer => signerOn(curve25519(), seed);

/**
 * Is it a valid Ed25519 signature of the message under this key? The one place that decides: strict, without the cofactor, the same verdict whatever computes
 * the equation. Never throws: wrong lengths are a no.
 */
export const verifySignature = (signed: Signed): boolean => verifyOn(curve25519(), signed);

/**
 * Can signatures under these bytes be valid at all? No for a wrong length, a second spelling of a key, and keys of small order, under which a signature needs no secret. Whether the
 * point is on the curve is not looked at: under one that is not, nothing verifies.
 */
export const canVerify = (publicKey: Uint8Array): boolean => publicKey.length === PUBLIC_KEY_BYTES && isStrictPoint(publicKey);

/** {@link createSigner} by one implementation. */
export const signerOn = (curve: Curve25519, seed: Secret): Signer => {
  if (seed.reveal().length !== 32) throw new RangeError('an Ed25519 seed has 32 bytes');
  return curve.signer(seed);
};

/** {@link verifySignature} by one implementation. */
export const verifyOn = (curve: Curve25519, signed: Signed): boolean => {
  const { publicKey, signature } = signed;
  if (publicKey.length !== PUBLIC_KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false;
  const R = signature.subarray(0, 32);
  const S = signature.subarray(32);
  // RFC 8032 §5.1.7 step 1, §8.4: S + L would verify as well, so that anybody could make a second signature of the same message. tweetnacl does not look.
  if (!isBelow(S, L)) return false;
  // Under a key of small order a signature needs no secret and fits many messages (Chalkias, Garillot, Nikolaenko, "Taming the many EdDSAs", eprint 2020/1244).
  // An honest signer never makes an R of small order; libsodium, ed25519-dalek's verify_strict and later OpenSSL refuse it, and a signature that holds for one
  // party and not for another is worse than none. RFC 8032 §5.1.7 step 1: neither has y ≥ p, or a signature or a key would have two spellings.
  if (!isStrictPoint(publicKey) || !isStrictPoint(R)) return false;
  return curve.verifies(signed);
};

/** p = 2^255 − 19 and L = 2^252 + 27742317777372353535851937790883648493 (RFC 8032 §5.1), little-endian. */
const P = hexToBytes(`ed${'ff'.repeat(30)}7f`);
const L = hexToBytes('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010');

/**
 * The y of the eight points of small order, without the sign of x. With either sign these are all of their encodings with y < p: two of them stand for the
 * "negative zero" x = −0, which RFC 8032 §5.1.3 step 4 refuses. Encodings with y ≥ p of such points exist too; {@link isStrictPoint} refuses every y ≥ p.
 */
const SMALL_ORDER = [
  // y = 1, order 1; y = −1, order 2; y = 0, order 4; and the two y of the four points of order 8.
  `01${'00'.repeat(31)}`,
  `ec${'ff'.repeat(30)}7f`,
  '00'.repeat(32),
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
].map((hex) => hexToBytes(hex));

/** Is it a canonical encoding (RFC 8032 §5.1.3: y < p) of something that is no point of small order? Whether it is on the curve is the equation's matter. */
const isStrictPoint = (encoding: Uint8Array): boolean => {
  // Not `slice`: of a Buffer that is a view, and the caller's bytes would change.
  const y = Uint8Array.from(encoding);
  y[31]! &= 0x7f;
  return isBelow(y, P) && !SMALL_ORDER.some((small) => small.every((byte, i) => byte === y[i]));
};

/** a < b, little-endian, both of 32 bytes and public. */
const isBelow = (a: Uint8Array, b: Uint8Array): boolean => {
  for (let i = 31; i >= 0; i--) if (a[i] !== b[i]) return a[i]! < b[i]!;
  return false;
};
