import { ristretto255, ristretto255_hasher } from '@noble/curves/ed25519.js';
import { blake3 } from '@noble/hashes/blake3.js';
import { bytesToHex, concatBytes, domain, E, rowOf, utf8ToBytes } from '@vouchsafe/core';
import { createGroup } from '@vouchsafe/group';
import { BulkKernel } from '@vouchsafe/kernels/bulk';
import { seededRng } from '@vouchsafe/testkit';
import { describe, expect, it } from 'vitest';
import { right } from './bulk.test.run.ts';
import { derive } from './derive.ts';
import { type Chooser, chosenKeys, sentKeys, startChooser, startKeySender } from './transfer.ts';

const tools = { group: createGroup(), kernel: new BulkKernel() };
const { group } = tools;
const sid = new Uint8Array(32).fill(3);
const N = 40;
const choices = seededRng('choices')(N).map((x) => x & 1);

const start = async () => {
  const sender = await startKeySender(group, seededRng('b'));
  const chooser = await startChooser(group, { sid, choices }, seededRng('a'));
  const B = right(await group.receive(sender.B));
  return { sender, chooser, B };
};
const keysOf = async (pairs: Uint8Array): Promise<Uint8Array> =>
  right(await sentKeys(tools, { sid, sender: (await start()).sender, pairs }));
const hex = (keys: Uint8Array, i: number): string => bytesToHex(rowOf(keys, 16, i));

describe('the base transfers', () => {
  it('give the chooser the key of its choice and never the other one', async () => {
    const { chooser, B } = await start();
    const sent = await keysOf(chooser.pairs);
    const chosen = await chosenKeys(tools, { sid, B, chooser });
    expect(new Set(Array.from({ length: 2 * N }, (_, i) => hex(sent, i))).size).toBe(2 * N);
    for (let i = 0; i < N; i++) {
      expect(hex(chosen, i)).toBe(hex(sent, 2 * i + choices[i]!));
      expect(hex(chosen, i)).not.toBe(hex(sent, 2 * i + 1 - choices[i]!));
    }
  });

  it('compute what noble computes from the figure', async () => {
    const { sender, chooser } = await start();
    const sent = await keysOf(chooser.pairs);
    const b = BigInt(`0x${bytesToHex(Uint8Array.from(sender.b).reverse())}`);
    const key = blake3(sid, { context: utf8ToBytes('Vouchsafe-v1-bulk key of an oblivious transfer') });
    for (const [i, j] of [
      [0, 0],
      [0, 1],
      [N - 1, 1],
    ] as const) {
      const pair = rowOf(chooser.pairs, 64, i);
      const [own, other] = [rowOf(pair, 32, j), rowOf(pair, 32, 1 - j)];
      const tie = ristretto255_hasher.hashToCurve(concatBytes(sid, Uint8Array.of(0, i, j), other), {
        DST: domain('bulkTransfer'),
      });
      const shared = ristretto255.Point.fromBytes(own)
        .add(tie as never)
        .multiply(b)
        .toBytes();
      const message = concatBytes(Uint8Array.of(0, i, j), sender.B, pair, shared);
      expect(hex(sent, 2 * i + j)).toBe(bytesToHex(blake3(message, { key, dkLen: 16 })));
    }
    expect(bytesToHex(derive('transfer', sid))).toBe(bytesToHex(key));
  });

  it('give independent keys when a pair is swapped, moved to another transfer, doubled, or of another session', async () => {
    const { chooser, B } = await start();
    const { pairs } = chooser;
    const honest = await keysOf(pairs);
    const known = new Set(Array.from({ length: 2 * N }, (_, i) => hex(honest, i)));
    const changed = async (to: (out: Uint8Array) => void): Promise<Uint8Array> => {
      const out = pairs.slice();
      to(out);
      return keysOf(out);
    };
    const swapped = await changed((out) => {
      out.set(rowOf(pairs, 32, 1), 0);
      out.set(rowOf(pairs, 32, 0), 32);
    });
    const moved = await changed((out) => out.set(rowOf(pairs, 64, 0), 64));
    const doubled = await changed((out) => out.set(rowOf(pairs, 32, 0), 32));
    for (const keys of [swapped, doubled]) for (const i of [0, 1]) expect(known.has(hex(keys, i))).toBe(false);
    expect(hex(doubled, 0)).not.toBe(hex(doubled, 1));
    for (const i of [2, 3]) expect(known.has(hex(moved, i))).toBe(false);
    const other = await chosenKeys(tools, { sid: new Uint8Array(32).fill(4), B, chooser });
    for (let i = 0; i < N; i++) expect(known.has(hex(other, i))).toBe(false);
  });

  it('refuse encodings that are not canonical, and the identity', async () => {
    const { chooser, sender } = await start();
    for (const bad of [new Uint8Array(32), new Uint8Array(32).fill(255)]) {
      const pairs = chooser.pairs.slice();
      pairs.set(bad, 64 * 7 + 32);
      const result = await sentKeys(tools, { sid, sender, pairs });
      expect(E.isLeft(result) && result.left).toMatchObject({ _tag: 'BadBulkMessage', fault: 'element' });
    }
  });

  it('have pairs that do not show the choice: the same first bytes and validity for zeros and ones', async () => {
    const pairsOf = async (bit: number): Promise<Chooser> =>
      startChooser(group, { sid, choices: new Uint8Array(N).fill(bit) }, seededRng('c'));
    const [zeros, ones] = [await pairsOf(0), await pairsOf(1)];
    for (const { pairs } of [zeros, ones]) expect(E.isRight(await group.receive(pairs))).toBe(true);
    // What one choice makes is uniform like what is drawn: no element is in both.
    const set = new Set(Array.from({ length: 2 * N }, (_, i) => bytesToHex(rowOf(zeros.pairs, 32, i))));
    const common = Array.from({ length: 2 * N }, (_, i) => bytesToHex(rowOf(ones.pairs, 32, i))).filter((x) => set.has(x));
    // The drawn element of a pair is the same under the same randomness, at the other place.
    expect(common).toHaveLength(N);
  });
});
