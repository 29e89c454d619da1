import { createRequire } from 'node:module';

/** libsodium in C. Its binding has no ristretto255, so that it is a yardstick: the same number of curve operations in other coordinates. */
export interface NativeSodium {
  /** X25519 (RFC 7748): a scalar times a u-coordinate. */
  readonly x25519: (scalar: Uint8Array, u: Uint8Array) => Uint8Array;
  /** A scalar times a point of edwards25519, without clamping. */
  readonly edwards: (scalar: Uint8Array, point: Uint8Array) => Uint8Array;
  /** A multiple of the base point, to have points. */
  readonly edwardsBase: (scalar: Uint8Array) => Uint8Array;
}

interface Binding {
  readonly crypto_scalarmult: (out: Buffer, scalar: Buffer, u: Buffer) => void;
  readonly crypto_scalarmult_ed25519_noclamp: (out: Buffer, scalar: Buffer, point: Buffer) => void;
  readonly crypto_scalarmult_ed25519_base_noclamp: (out: Buffer, scalar: Buffer) => void;
}

/** @returns undefined where there is no build of it for this system */
export const openSodiumNative = (): NativeSodium | undefined => {
  let sodium: Binding;
  try {
    sodium = createRequire(import.meta.url)('sodium-native') as Binding;
  } catch {
    return undefined;
  }
  const buffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const into = (fill: (out: Buffer) => void): Uint8Array => {
    const out = Buffer.alloc(32);
    fill(out);
    return out;
  };
  return {
    x25519: (scalar, u) => into((out) => sodium.crypto_scalarmult(out, buffer(scalar), buffer(u))),
    edwards: (scalar, point) => into((out) => sodium.crypto_scalarmult_ed25519_noclamp(out, buffer(scalar), buffer(point))),
    edwardsBase: (scalar) => into((out) => sodium.crypto_scalarmult_ed25519_base_noclamp(out, buffer(scalar))),
  };
};
