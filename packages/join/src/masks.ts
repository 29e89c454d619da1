import { domain, E, type Either, i2osp, lengthPrefixed, Secret, sharedSecret, utf8ToBytes } from '@vouchsafe/core';
import { addScalars, hashToScalar, negateScalar, type ScalarBytes, toScalar } from '@vouchsafe/group';
import nacl from 'tweetnacl';

/** Another holder of the roster. */
export interface Peer {
  readonly holder: string;
  /** Its X25519 public key, 32 bytes, from the federation file. */
  readonly boxKey: Uint8Array;
}

/** A peer's X25519 key is of low order: the shared secret would be zero, and known to everybody (RFC 7748 §6.1). */
export interface LowOrderKey {
  readonly _tag: 'LowOrderKey';
  readonly message: string;
  readonly holder: string;
}

/** A secret shared with a peer, and the sign with which its mask enters: + for the holder that stands first in the roster. */
export interface MaskSecret {
  readonly peer: string;
  readonly sign: 1 | -1;
  readonly secret: Secret;
}

/**
 * Shared secrets with every other holder of the roster (X25519 and HSalsa20, `nacl.box.before`).
 * @param own this holder's name and X25519 secret key
 */
export const maskSecrets = (
  own: { readonly holder: string; readonly boxSecret: Secret },
  peers: readonly Peer[],
): Either<LowOrderKey, readonly MaskSecret[]> => {
  const out: MaskSecret[] = [];
  for (const { holder, boxKey } of peers) {
    const shared = sharedSecret(own.boxSecret, boxKey);
    if (E.isLeft(shared)) return E.left(lowOrderKey(holder));
    out.push({ peer: holder, sign: own.holder < holder ? 1 : -1, secret: boxBefore(shared.right) });
    shared.right.wipe();
  }
  return E.right(out);
};

const lowOrderKey = (holder: string): LowOrderKey => ({
  _tag: 'LowOrderKey',
  holder,
  message: `the X25519 key of "${holder}" in the federation file is of low order: refuse the file`,
});

/** What tweetnacl has and does not declare. */
const { lowlevel } = nacl as unknown as {
  readonly lowlevel: {
    readonly crypto_core_hsalsa20: (out: Uint8Array, input: Uint8Array, key: Uint8Array, constants: Uint8Array) => void;
  };
};

/** The rest of `nacl.box.before`: HSalsa20 of the shared point, with zeros as input (Bernstein, "Cryptography in NaCl", §5). */
const boxBefore = (shared: Secret): Secret => {
  const out = new Uint8Array(nacl.box.sharedKeyLength);
  lowlevel.crypto_core_hsalsa20(out, new Uint8Array(16), shared.reveal(), utf8ToBytes('expand 32-byte k'));
  return new Secret(out);
};

/**
 * m_j = Σ over peers of sign · HashToScalar(secret, digest, j). Over all holders of a roster they sum to zero, if all answer the very same digest.
 * @param digest of the query, 64 bytes
 * @param count how many masks, j = 0..count − 1: one a returned element
 */
export const masksFor = (secrets: readonly MaskSecret[], digest: Uint8Array, count: number): readonly ScalarBytes[] =>
  Array.from({ length: count }, (_, j) =>
    secrets.reduce((sum, { secret, sign }) => {
      const mask = hashToScalar(lengthPrefixed(secret.reveal(), digest, i2osp(j, 2)), domain('mask'));
      return addScalars(sum, sign === 1 ? mask : negateScalar(mask));
    }, toScalar(0)),
  );
