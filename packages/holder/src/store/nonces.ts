import { concatBytes, type Kv, type KvWriter, kvKey } from '@vouchsafe/core';
import type { Nonce } from '@vouchsafe/protocol';
import type { Admission } from './port.ts';

/** Nonces of requests, over a store whose other commits carry them. */
export interface Nonces {
  /** The same store: whatever it commits next carries the nonces that wait. All that a request brings about must be written here. */
  readonly kv: Kv;
  /** See `HolderStore.admit`. */
  readonly admit: (nonce: Nonce, now: number) => Admission | undefined;
}

const NONCES = 'nonces';
const NONCE_BY_EXPIRY = 'nonces-by-expiry';
const EMPTY = new Uint8Array(0);
/** Expired nonces that one new one removes: a few at a time, so that no request pays for all. */
const REMOVED = 8;

interface Waiting {
  readonly key: Uint8Array;
  readonly keepUntil: number;
  readonly now: number;
}

/**
 * A nonce is not written by itself: it waits here until its request has something to commit, and is part of that commit, so that an answer costs one sync of the disk and is never there without its nonce. One process
 * has the store, so what waits in its memory is known to all who ask.
 */
export const createNonces = (store: Kv): Nonces => {
  const waiting = new Map<string, Waiting>();

  const write = (writer: KvWriter, { key, keepUntil, now }: Waiting): void => {
    // What has expired would be refused for that alone: its nonce need not be kept.
    for (const { key: expired } of [...writer.range(NONCE_BY_EXPIRY, { to: kvKey(now), limit: REMOVED })]) {
      writer.delete(NONCES, expired.subarray(6));
      writer.delete(NONCE_BY_EXPIRY, expired);
    }
    writer.put(NONCES, key, EMPTY);
    writer.put(NONCE_BY_EXPIRY, concatBytes(kvKey(keepUntil), key), EMPTY);
  };

  const commit: Kv['commit'] = async (work) => {
    let carried: readonly string[] = [];
    const result = await store.commit((writer) => {
      carried = [...waiting.keys()];
      for (const own of waiting.values()) write(writer, own);
      return work(writer);
    });
    // Only now: of a commit that failed, or was refused by its own work, nothing is there.
    for (const name of carried) waiting.delete(name);
    return result;
  };

  return {
    kv: { ...store, commit },
    admit: ({ member, nonce, keepUntil }, now) => {
      const key = kvKey(member, nonce);
      const name = Buffer.from(key).toString('latin1');
      if (waiting.has(name) || store.read((reader) => reader.get(NONCES, key)) !== undefined) return undefined;
      waiting.set(name, { key, keepUntil, now });
      return { durable: async () => (waiting.has(name) ? commit(() => undefined) : undefined) };
    },
  };
};
