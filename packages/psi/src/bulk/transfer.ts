import { concatBytes, csprng, domain, E, type Either, i2osp, type Rng, rowOf } from '@vouchsafe/core';
import {
  type ElementBytes,
  type Elements,
  GENERATOR,
  type Group,
  randomScalar,
  randomScalars,
  type ScalarBytes,
  type Scalars,
} from '@vouchsafe/group';
import type { BulkKernel } from '@vouchsafe/kernels/bulk';
import { derive } from './derive.ts';
import { type BadBulkMessage, badMessage } from './errors.ts';
import { hashMessages } from './ids.ts';

// Endemic oblivious transfer (Masny and Rindal 2019, figure 8, over ristretto255): n transfers of two random keys of 16 bytes each, of which the chooser gets one.
// The key sender's single B serves all n; sid, the transfer and the choice are hashed wherever they tell one use from another.

/** What transfers are computed with. */
export interface TransferTools {
  readonly group: Group;
  readonly kernel: BulkKernel;
}

/** Bytes of an element. */
const SIZE = 32;

/** H2G(sid, i, j, r): message of the hash that ties one element of a pair to the other. */
const tie = (sid: Uint8Array, i: number, choice: number, other: Uint8Array): Uint8Array =>
  concatBytes(sid, i2osp(i, 2), Uint8Array.of(choice), other);

/**
 * k_{i,j} = H(sid, i, j, B, r_0, r_1, shared) for `count` keys, hashed under a key that is derived from sid.
 * @param which transfer and choice of each key, and the shared element
 */
const transferKeys = (
  kernel: BulkKernel,
  {
    sid,
    B,
    pairs,
    shared,
  }: { readonly sid: Uint8Array; readonly B: Uint8Array; readonly pairs: Uint8Array; readonly shared: Uint8Array },
  which: (k: number) => { readonly i: number; readonly choice: number },
): Uint8Array => {
  const count = shared.length / SIZE;
  const width = 3 + 4 * SIZE;
  const data = new Uint8Array(count * width);
  for (let k = 0; k < count; k++) {
    const { i, choice } = which(k);
    const message = rowOf(data, width, k);
    message.set([i >> 8, i & 255, choice]);
    message.set(B, 3);
    message.set(rowOf(pairs, 2 * SIZE, i), 3 + SIZE);
    message.set(rowOf(shared, SIZE, k), 3 + 3 * SIZE);
  }
  const keys = hashMessages(kernel, derive('transfer', sid), {
    data,
    offsets: Uint32Array.from({ length: count + 1 }, (_, k) => k * width),
  });
  data.fill(0);
  return keys;
};

/** `bit` ? b : a, row by row, without a branch on the bits. */
const select = (bits: Uint8Array, a: Uint8Array, b: Uint8Array, width: number): Uint8Array =>
  a.map((x, at) => x ^ (-bits[(at / width) | 0]! & (x ^ b[at]!)));

/** The key sender's secret and what it sends. */
export interface KeySender {
  readonly b: ScalarBytes;
  readonly B: ElementBytes;
}

export const startKeySender = async (group: Group, rng: Rng = csprng): Promise<KeySender> => {
  const b = randomScalar(rng);
  return { b, B: await group.multiplyBase(GENERATOR, b) };
};

/** The chooser's secrets and the n pairs (r_0, r_1) that it sends. */
export interface Chooser {
  readonly scalars: Scalars;
  readonly choices: Uint8Array;
  readonly pairs: Uint8Array;
}

/** @param choices n bits */
export const startChooser = async (
  group: Group,
  { sid, choices }: { readonly sid: Uint8Array; readonly choices: Uint8Array },
  rng: Rng = csprng,
): Promise<Chooser> => {
  const n = choices.length;
  const seeds = rng(64 * n);
  const others = await group.hashToGroup(
    Array.from({ length: n }, (_, i) => rowOf(seeds, 64, i)),
    domain('bulkElement'),
  );
  const scalars = randomScalars(n, rng);
  const ties = await group.hashToGroup(
    Array.from({ length: n }, (_, i) => tie(sid, i, choices[i]!, rowOf(others, SIZE, i))),
    domain('bulkTransfer'),
  );
  const own = await group.subtract(await group.multiplyBase(GENERATOR, scalars), ties);
  const [first, second] = [select(choices, own, others, SIZE), select(choices, others, own, SIZE)];
  const pairs = new Uint8Array(2 * SIZE * n);
  for (let i = 0; i < n; i++) {
    pairs.set(rowOf(first, SIZE, i), 2 * SIZE * i);
    pairs.set(rowOf(second, SIZE, i), 2 * SIZE * i + SIZE);
  }
  return { scalars, choices, pairs };
};

/** The chooser's n keys, from the key sender's B, which passed {@link Group.receive}. */
export const chosenKeys = async (
  { group, kernel }: TransferTools,
  { sid, B, chooser }: { readonly sid: Uint8Array; readonly B: Elements; readonly chooser: Chooser },
): Promise<Uint8Array> => {
  const { choices, pairs, scalars } = chooser;
  const shared = await group.multiplyBase(B, scalars);
  return transferKeys(kernel, { sid, B, pairs, shared }, (i) => ({ i, choice: choices[i]! }));
};

/** The key sender's 2·n keys, k_{i,0} and k_{i,1} beside each other, from the chooser's pairs. Encodings are checked before b touches them. */
export const sentKeys = async (
  { group, kernel }: TransferTools,
  { sid, sender, pairs }: { readonly sid: Uint8Array; readonly sender: KeySender; readonly pairs: Uint8Array },
): Promise<Either<BadBulkMessage, Uint8Array>> => {
  const received = await group.receive(pairs);
  if (E.isLeft(received)) return E.left(badMessage('element'));
  const count = pairs.length / SIZE;
  const ties = await group.hashToGroup(
    Array.from({ length: count }, (_, k) => tie(sid, k >> 1, k & 1, rowOf(pairs, SIZE, k ^ 1))),
    domain('bulkTransfer'),
  );
  const shared = await group.multiply(await group.add(received.right, ties), sender.b);
  const keys = transferKeys(kernel, { sid, B: sender.B, pairs, shared }, (k) => ({ i: k >> 1, choice: k & 1 }));
  return E.right(keys);
};
