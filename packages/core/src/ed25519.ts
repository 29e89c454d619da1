import nacl from 'tweetnacl';
import type { Secret } from './secret.ts';

/** Bytes of a public key. */
export const PUBLIC_KEY_BYTES = 32;
/** Bytes of a signature. */
export const SIGNATURE_BYTES = 64;

/** Signs with one Ed25519 key (RFC 8032 §5.1, PureEdDSA). */
export interface Signer {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** @returns the signature, 64 bytes; the same for the same message */
  readonly sign: (message: Uint8Array) => Uint8Array;
}

/**
 * The signer of an Ed25519 seed.
 * @param seed 32 bytes (RFC 8032 §5.1.5: the private key); used at each signature, so it must not be wiped before the last one
 */
export const createSigner = (seed: Secret): Signer => {
  const { publicKey } = nacl.sign.keyPair.fromSeed(seed.reveal());
  return {
    publicKey,
    sign: (message) => nacl.sign.detached(message, nacl.sign.keyPair.fromSeed(seed.reveal()).secretKey),
  };
};

/** Is it a valid Ed25519 signature of the message under this key? Never throws: wrong lengths are a no. */
export const verifySignature = ({
  publicKey,
  message,
  signature,
}: {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
  /** 64 bytes. */
  readonly signature: Uint8Array;
}): boolean =>
  publicKey.length === PUBLIC_KEY_BYTES &&
  signature.length === SIGNATURE_BYTES &&
  nacl.sign.detached.verify(message, signature, publicKey);
