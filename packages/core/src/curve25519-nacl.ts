import nacl from 'tweetnacl';
import type { Curve25519 } from './curve25519.ts';

/** The reference: JavaScript only, runs everywhere. */
export const naclCurve25519: Curve25519 = {
  name: 'tweetnacl',
  signer: (seed) => ({
    publicKey: nacl.sign.keyPair.fromSeed(seed.reveal()).publicKey,
    sign: (message) => {
      const { secretKey } = nacl.sign.keyPair.fromSeed(seed.reveal());
      const signature = nacl.sign.detached(message, secretKey);
      secretKey.fill(0);
      return signature;
    },
  }),
  verifies: ({ publicKey, message, signature }) => nacl.sign.detached.verify(message, signature, publicKey),
  x25519: (own, theirs) => {
    const shared = nacl.scalarMult(own, theirs);
    // RFC 7748 §6.1: all bytes are or-ed, so that the running time does not depend on them.
    return shared.reduce((any, byte) => any | byte, 0) === 0 ? undefined : shared;
  },
  x25519Base: (own) => nacl.scalarMult.base(own),
};
