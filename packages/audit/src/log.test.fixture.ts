import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { E, hexToBytes, type Signer, utf8ToBytes } from '@vouchsafe/core';
import { appendEntry } from './append.ts';
import type { LogIdentity } from './checkpoint.ts';
import type { Receipt } from './receipt.ts';
import { createTestStore, type TestStore } from './store.test.fixture.ts';

export const origin = 'federation/lender-a';
/** Another implementation of RFC 8032 than the library's, and a fast one. */
const signerOf = (seed: number): Signer => {
  // RFC 8410 §7: the 16 bytes before the seed of an Ed25519 private key in PKCS #8.
  const der = new Uint8Array([...hexToBytes('302e020100300506032b657004220420'), ...new Uint8Array(32).fill(seed)]);
  const key = createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32);
  return { publicKey: new Uint8Array(publicKey), sign: (message) => new Uint8Array(sign(null, message, key)) };
};

export const signer: Signer = signerOf(7);
export const otherSigner: Signer = signerOf(8);
export const log: LogIdentity = { origin, publicKeys: [signer.publicKey] };

export const right = <A>(result: E.Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(result)) throw new Error(result.left.message);
  return result.right;
};

export const tagOf = (result: E.Either<{ readonly _tag: string }, unknown>): string =>
  E.isLeft(result) ? result.left._tag : 'Right';

export const entryOf = (i: number): Uint8Array => utf8ToBytes(`entry ${i}`);

/** Appends entries [size, size + count) of a series. */
export const grow = (
  store: TestStore,
  count: number,
  { series = entryOf, by = signer }: { readonly series?: (i: number) => Uint8Array; readonly by?: Signer } = {},
): readonly Receipt[] => {
  const size = store.tables.get('log-leaves')?.length ?? 0;
  return Array.from({ length: count }, (_, i) => right(appendEntry(store, { entry: series(size + i), signer: by, origin })));
};

export const logOf = (count: number, series?: (i: number) => Uint8Array): TestStore => {
  const store = createTestStore();
  grow(store, count, series ? { series } : {});
  return store;
};

const hash = (...parts: readonly Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();

const split = (n: number): number => {
  let k = 1;
  while (2 * k < n) k *= 2;
  return k;
};

/** RFC 6962 §2.1, word by word. */
export const mth = (entries: readonly Uint8Array[]): Buffer => {
  if (entries.length === 0) return hash();
  if (entries.length === 1) return hash(Uint8Array.of(0), entries[0]!);
  const k = split(entries.length);
  return hash(Uint8Array.of(1), mth(entries.slice(0, k)), mth(entries.slice(k)));
};

/** RFC 6962 §2.1.1, word by word. */
export const path = (m: number, entries: readonly Uint8Array[]): readonly Buffer[] => {
  if (entries.length === 1) return [];
  const k = split(entries.length);
  return m < k
    ? [...path(m, entries.slice(0, k)), mth(entries.slice(k))]
    : [...path(m - k, entries.slice(k)), mth(entries.slice(0, k))];
};

/** RFC 6962 §2.1.2, word by word: `SUBPROOF(m, entries, known)`. */
export const subproof = (m: number, entries: readonly Uint8Array[], known = true): readonly Buffer[] => {
  if (m === entries.length) return known ? [] : [mth(entries)];
  const k = split(entries.length);
  return m <= k
    ? [...subproof(m, entries.slice(0, k), known), mth(entries.slice(k))]
    : [...subproof(m - k, entries.slice(k), false), mth(entries.slice(0, k))];
};
