import type { KeyObject } from 'node:crypto';
import { concatBytes, hexToBytes } from './bytes.ts';
import type { Curve25519 } from './curve25519.ts';
import { naclCurve25519 } from './curve25519-nacl.ts';

type NodeCrypto = typeof import('node:crypto');

/** RFC 8410 §7: what stands before the 32 bytes of a private key in PKCS #8. */
const PKCS8 = { Ed25519: hexToBytes('302e020100300506032b657004220420'), X25519: hexToBytes('302e020100300506032b656e04220420') };

/** Keys of members that were seen last; importing one costs an eighth of a verification. */
const CACHED_KEYS = 256;

/** OpenSSL (or what the runtime has instead) through `node:crypto`, a hundred times faster; nothing where there is no such module. */
export const openNodeCurve25519 = (): Curve25519 | undefined => {
  const crypto = globalThis.process?.getBuiltinModule?.('node:crypto');
  return crypto && over(crypto);
};

const over = ({ createPrivateKey, createPublicKey, diffieHellman, sign, verify }: NodeCrypto): Curve25519 => {
  const privateKey = (curve: keyof typeof PKCS8, secret: Uint8Array): KeyObject => {
    const key = Buffer.from(concatBytes(PKCS8[curve], secret));
    try {
      return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
    } finally {
      key.fill(0);
    }
  };
  // JWK (RFC 8037), since it is imported ten times faster than DER.
  const importPublic = (crv: keyof typeof PKCS8, key: Uint8Array): KeyObject =>
    createPublicKey({ key: { kty: 'OKP', crv, x: Buffer.from(key).toString('base64url') }, format: 'jwk' });
  const publicBytes = (key: KeyObject): Uint8Array =>
    new Uint8Array(Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x!, 'base64url'));

  const cache = new Map<string, KeyObject>();
  const verificationKey = (publicKey: Uint8Array): KeyObject => {
    const name = Buffer.from(publicKey).toString('latin1');
    const known = cache.get(name);
    if (known) return known;
    const key = importPublic('Ed25519', publicKey);
    // The oldest goes: the map stays small whatever keys are asked about.
    if (cache.size >= CACHED_KEYS) cache.delete(cache.keys().next().value!);
    cache.set(name, key);
    return key;
  };

  return {
    name: 'node:crypto',
    signer: (seed) => {
      const key = privateKey('Ed25519', seed.reveal());
      return {
        publicKey: publicBytes(key),
        sign: (message) => {
          // OpenSSL has a copy that cannot be overwritten from here; a wiped seed must not sign all the same.
          seed.reveal();
          return new Uint8Array(sign(null, message, key));
        },
      };
    },
    verifies: (signed) => {
      try {
        return verify(null, signed.message, verificationKey(signed.publicKey), signed.signature);
      } catch {
        // The runtime does not take this key or these bytes, for a reason of its own: the reference decides.
        return naclCurve25519.verifies(signed);
      }
    },
    x25519: (own, theirs) => {
      try {
        return new Uint8Array(
          diffieHellman({ privateKey: privateKey('X25519', own), publicKey: importPublic('X25519', theirs) }),
        );
      } catch {
        // OpenSSL throws for an all-zero result, among other reasons; the reference tells which.
        return naclCurve25519.x25519(own, theirs);
      }
    },
    x25519Base: (own) => publicBytes(privateKey('X25519', own)),
  };
};
