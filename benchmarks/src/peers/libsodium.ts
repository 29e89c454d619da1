import { createRequire } from 'node:module';

/** What is used of libsodium's ristretto255. */
export interface Sodium {
  /** k·A, decoded and encoded. */
  readonly multiply: (scalar: Uint8Array, element: Uint8Array) => Uint8Array;
  /** The one-way map (RFC 9496, section 4.3.4) of 64 uniform bytes. */
  readonly map: (uniform: Uint8Array) => Uint8Array;
}

interface Wrappers {
  readonly ready: Promise<void>;
  readonly crypto_scalarmult_ristretto255: (scalar: Uint8Array, element: Uint8Array) => Uint8Array;
  readonly crypto_core_ristretto255_from_hash: (uniform: Uint8Array) => Uint8Array;
}

/** libsodium compiled to WebAssembly. */
export const openLibsodium = async (): Promise<Sodium> => {
  const sodium = createRequire(import.meta.url)('libsodium-wrappers-sumo') as Wrappers;
  await sodium.ready;
  return { multiply: sodium.crypto_scalarmult_ristretto255, map: sodium.crypto_core_ristretto255_from_hash };
};
