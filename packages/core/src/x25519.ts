import { type Curve25519, curve25519 } from './curve25519.ts';
import { E, type Either } from './fp.ts';
import { Secret } from './secret.ts';

/** Bytes of a secret key, a public key and a shared secret. */
export const X25519_BYTES = 32;

/** A public key with which there is no secret to share. */
export interface BadPublicKey {
  readonly _tag: 'BadPublicKey';
  readonly message: string;
}

/** The X25519 public key of a secret key (RFC 7748 §6.1), 32 bytes. @param own 32 bytes */
export const x25519PublicKey = (own: Secret): Uint8Array => x25519PublicKeyOn(curve25519(), own);

/**
 * X25519 (RFC 7748 §6.1): the secret that two parties share, 32 bytes. It is a point, not yet a key: hash it, with what it is for.
 * @param own secret key, 32 bytes
 * @param theirs public key, 32 bytes; the top bit is ignored and u ≥ p is reduced, as §5 wants it
 */
export const sharedSecret = (own: Secret, theirs: Uint8Array): Either<BadPublicKey, Secret> =>
  sharedSecretOn(curve25519(), own, theirs);

/** {@link x25519PublicKey} by one implementation. */
export const x25519PublicKeyOn = (curve: Curve25519, own: Secret): Uint8Array => curve.x25519Base(ownBytes(own));

/** {@link sharedSecret} by one implementation. */
export const sharedSecretOn = (curve: Curve25519, own: Secret, theirs: Uint8Array): Either<BadPublicKey, Secret> => {
  if (theirs.length !== X25519_BYTES) return E.left(wrongLength);
  const shared = curve.x25519(ownBytes(own), theirs);
  // RFC 7748 §6.1 and §7: a key of low order gives zeros with every secret key, so everybody would know the "secret".
  return shared === undefined ? E.left(lowOrder) : E.right(new Secret(shared));
};

const ownBytes = (own: Secret): Uint8Array => {
  const bytes = own.reveal();
  if (bytes.length !== X25519_BYTES) throw new RangeError('an X25519 secret key has 32 bytes');
  return bytes;
};

const wrongLength: BadPublicKey = { _tag: 'BadPublicKey', message: 'an X25519 public key has 32 bytes' };
const lowOrder: BadPublicKey = {
  _tag: 'BadPublicKey',
  message:
    'the X25519 public key is of low order, so that the shared secret would be known to everybody: refuse it and whatever names it',
};
