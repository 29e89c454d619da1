import { E } from '../fp.ts';
import type { Kv } from '../kv.ts';
import { kvKey } from '../kv-key.ts';
import { csprng, type Rng } from '../rng.ts';
import { Secret } from '../secret.ts';
import { keptSecret } from './kept-secret.ts';
import type { Keyring } from './keyring.ts';

/** Bytes of each of an epoch's secrets. */
const PART_BYTES = 32;
const LIVE = 'secrets';
/** The first secret of an epoch that is over, with the second of its end. */
const ENDED = 'ended-secrets';
const SECONDS_BYTES = 6;

/** A party's secrets of each epoch. */
export interface EpochSecretsStore {
  /**
   * The secrets of a live epoch, 32 bytes each: drawn when first asked for, the same from then on.
   * @throws RangeError for an epoch that is over: a bug of the caller
   */
  secrets(epoch: number): Promise<readonly Secret[]>;
  /** The first secret of an epoch, live or over; none when it was destroyed or never drawn. The caller wipes it. */
  first(epoch: number): Promise<Secret | undefined>;
  /** Epochs whose secrets are here, and that are not live any more. */
  over(live: readonly number[]): readonly number[];
  /** The epoch is over, durably: all its secrets but the first are destroyed. @param now seconds since 1970 */
  end(epoch: number, now: number): Promise<void>;
  /** Destroys what is left of the epochs that ended before that second. @returns which */
  forget(before: number): Promise<readonly number[]>;
  /** Overwrites what is in memory. */
  close(): Promise<void>;
}

/**
 * An epoch’s secrets in the key-value store, sealed under the keyring: drawn on first use; when the epoch ends, all but the first are destroyed.
 * @param parts how many secrets an epoch has
 */
export const createEpochSecrets = (
  { kv, keyring, parts }: { readonly kv: Kv; readonly keyring: Keyring; readonly parts: number },
  rng: Rng = csprng,
): EpochSecretsStore => {
  const open = new Map<number, Promise<readonly Secret[]>>();

  const draw = async (epoch: number): Promise<readonly Secret[]> => {
    if (kv.read((reader) => reader.get(ENDED, kvKey(epoch)))) throw new RangeError(`epoch ${epoch} is over`);
    const all = await keptSecret({ kv, keyring, place: { table: LIVE, key: kvKey(epoch) }, bytes: parts * PART_BYTES }, rng);
    const own = Array.from({ length: parts }, (_, i) => new Secret(all.reveal().slice(i * PART_BYTES, (i + 1) * PART_BYTES)));
    all.wipe();
    return own;
  };

  const secrets = (epoch: number): Promise<readonly Secret[]> => {
    const own = open.get(epoch) ?? draw(epoch);
    open.set(epoch, own);
    own.catch(() => open.delete(epoch));
    return own;
  };

  const stored = (table: string): readonly { readonly epoch: number; readonly box: Uint8Array }[] =>
    kv.read((reader) => [...reader.range(table)].map(({ key, value }) => ({ epoch: numberOf(key), box: value })));

  const forgetOpen = async (epoch: number): Promise<void> => {
    const own = open.get(epoch);
    open.delete(epoch);
    for (const secret of (await own) ?? []) secret.wipe();
  };

  return {
    secrets,

    first: async (epoch) => {
      const place = { table: ENDED, key: kvKey(epoch) };
      const [ended, live] = kv.read((reader) => [reader.get(ENDED, place.key), reader.get(LIVE, place.key)]);
      if (ended) {
        const secret = keyring.open(place, ended.subarray(SECONDS_BYTES));
        if (E.isLeft(secret)) throw new Error(secret.left.message);
        return secret.right;
      }
      return live && new Secret((await secrets(epoch))[0]!.reveal().slice());
    },

    over: (live) =>
      stored(LIVE)
        .map(({ epoch }) => epoch)
        .filter((epoch) => !live.includes(epoch)),

    end: async (epoch, now) => {
      const [first] = await secrets(epoch);
      const place = { table: ENDED, key: kvKey(epoch) };
      const box = keyring.seal(place, first!);
      await kv.commit((writer) => {
        writer.put(ENDED, place.key, Buffer.concat([kvKey(now), box]));
        writer.delete(LIVE, place.key);
      });
      await forgetOpen(epoch);
    },

    forget: async (before) => {
      const gone = stored(ENDED).filter(({ box }) => numberOf(box) < before);
      await kv.commit((writer) => {
        for (const { epoch } of gone) writer.delete(ENDED, kvKey(epoch));
      });
      return gone.map(({ epoch }) => epoch);
    },

    close: async () => {
      for (const epoch of [...open.keys()]) await forgetOpen(epoch);
    },
  };
};

/** The number at the beginning of a key or record, see `kvKey`. */
const numberOf = (bytes: Uint8Array): number =>
  Buffer.from(bytes.buffer, bytes.byteOffset, SECONDS_BYTES).readUIntBE(0, SECONDS_BYTES);
