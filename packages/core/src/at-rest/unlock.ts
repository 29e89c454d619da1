import type { Secret } from '../secret.ts';

/** A service that wraps keys, e.g. a key management service or a hardware module. It is asked once when a store or file is opened. */
export interface KeyWrap {
  /** @param key 32 bytes, which are overwritten when the promise has settled @returns what {@link KeyWrap.unwrap} takes back, at most 16 KiB; it is not secret */
  wrap(key: Uint8Array): Promise<Uint8Array>;
  /** @returns the key, 32 bytes. Rejects when it does not give it. */
  unwrap(wrapped: Uint8Array): Promise<Uint8Array>;
}

/**
 * What opens stored secrets: a passphrase that somebody types, a key that the environment gives (32 uniformly random bytes; not overwritten here), or a service.
 * A passphrase is a string of the engine and cannot be overwritten.
 */
export type Unlock = { readonly passphrase: string } | { readonly key: Secret } | { readonly service: KeyWrap };
