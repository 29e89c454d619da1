import { bytesToHex, rowOf } from '@vouchsafe/core';
import { BulkKernel } from '@vouchsafe/kernels/bulk';
import { seededRng } from '@vouchsafe/testkit';
import { describe, expect, it } from 'vitest';
import { openStreams, permuteByDelta } from './streams.ts';
import { growTrees, receiveTrees, treeChoices } from './trees.ts';

const kernel = new BulkKernel();
const sid = new Uint8Array(32).fill(5);
/** Every puncture there is, 0 and 15 among them. */
const delta = Uint8Array.from({ length: 16 }, (_, i) => i);
const columns = delta.length;
const pads = seededRng('pads')(2 * 4 * columns * 16);
const choices = treeChoices(delta);
const chosen = Buffer.concat(Array.from(choices, (c, k) => rowOf(pads, 16, 2 * k + c)));
const grown = growTrees(kernel, { sid, columns, pads }, seededRng('roots'));
const receive = (message: Uint8Array): ReturnType<typeof receiveTrees> => receiveTrees(kernel, { sid, delta, chosen, message });

describe('punctured trees', () => {
  it('give the sender all leaves but the one at Δ_i', () => {
    const { keys, honest } = receive(grown.message);
    expect(honest).toBe(true);
    for (let i = 0; i < columns; i++)
      for (let x = 0; x < 16; x++) {
        const [own, theirs] = [rowOf(keys, 16, 16 * i + x), rowOf(grown.keys, 16, 16 * i + x)];
        expect(bytesToHex(own) === bytesToHex(theirs), `column ${i}, leaf ${x}`).toBe(x !== delta[i]);
      }
    expect(new Set(Array.from({ length: 256 }, (_, k) => bytesToHex(rowOf(grown.keys, 16, k)))).size).toBe(256);
  });

  it('have a known answer', () => {
    expect(bytesToHex(grown.keys.subarray(0, 32))).toBe('43078dfc4f453d2d99bd61513336e638e5d8ca5bf2aba94ae5b36270de1868a7');
  });

  it.each([0, 1, 2, 3])('a corrupted correction of level %i fails the check when the sender uses it, and only then', (level) => {
    for (const side of [0, 1]) {
      const message = grown.message.slice();
      const column = 6;
      message[column * 128 + 32 * level + 16 * side + 3]! ^= 4;
      expect(receive(message).honest).toBe(choices[4 * column + level] !== side);
    }
  });

  it('a changed check sum or digest fails the check', () => {
    for (const at of [columns * 128, grown.message.length - 1]) {
      const message = grown.message.slice();
      message[at]! ^= 1;
      expect(receive(message).honest).toBe(false);
    }
  });

  it('open streams whose number t is leaf t ⊕ Δ_i, and that go on', () => {
    const { keys } = receive(grown.message);
    const theirs = openStreams(sid, grown.keys.slice());
    const own = openStreams(sid, keys, delta);
    const zeros = new Uint8Array(64);
    for (let i = 0; i < columns; i++)
      for (let t = 1; t < 16; t++) {
        const [a, b] = [own[16 * i + t]!, theirs[16 * i + (t ^ delta[i]!)]!];
        const first = bytesToHex(a.next(zeros));
        expect(first).toBe(bytesToHex(b.next(zeros)));
        const second = bytesToHex(a.next(zeros));
        expect(second).toBe(bytesToHex(b.next(zeros)));
        expect(second).not.toBe(first);
      }
    // Keys are gone once the streams are open.
    expect(keys.every((x) => x === 0)).toBe(true);
  });

  it('a permutation by Δ is its own inverse', () => {
    const rows = seededRng('rows')(32 * 16 * columns);
    const moved = rows.slice();
    permuteByDelta(moved, delta);
    expect(bytesToHex(rowOf(moved, 32, 16 * 5 + 9))).toBe(bytesToHex(rowOf(rows, 32, 16 * 5 + (9 ^ 5))));
    permuteByDelta(moved, delta);
    expect(moved).toEqual(rows);
  });
});
