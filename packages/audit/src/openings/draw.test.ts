import { createMerkleRoot, leafHash } from '@vouchsafe/core';
import { seededRng } from '@vouchsafe/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inclusionProofs, verifyInclusion } from '../index.ts';
import { detection, drawRows, smallestFound } from './index.ts';

describe('the draw', () => {
  const rng = seededRng('draw');
  const root = rng(32);

  it('is distinct, in range, rising, and the same for the same seed and root only', () => {
    const drawn = drawRows({ seed: rng(32), root, rows: 1000, count: 460 });
    expect(new Set(drawn).size).toBe(460);
    expect([...drawn].sort((a, b) => a - b)).toEqual(drawn);
    expect(drawn.every((row) => row >= 0 && row < 1000)).toBe(true);
    const seed = rng(32);
    const of = (own: Uint8Array, count = 20) => drawRows({ seed, root: own, rows: 10 ** 6, count });
    expect(of(root)).toEqual(of(root));
    expect(of(rng(32))).not.toEqual(of(root));
    expect(drawRows({ seed, root, rows: 5, count: 460 })).toEqual([0, 1, 2, 3, 4]);
  });

  it('is uniform: every row is drawn about equally often', () => {
    const counts = new Uint32Array(20);
    for (let i = 0; i < 2000; i++) for (const row of drawRows({ seed: rng(32), root, rows: 20, count: 5 })) counts[row]! += 1;
    // 500 each, standard deviation 19.4.
    for (const count of counts) expect(Math.abs(count - 500)).toBeLessThan(110);
  });
});

describe('detection', () => {
  /** 1 − C(n−k, m)/C(n, m) in whole numbers. */
  const exact = (rows: number, bad: number, sampled: number): number => {
    const choose = (n: number, m: number): bigint => {
      if (m > n) return 0n;
      let out = 1n;
      for (let i = 0; i < m; i++) out = (out * BigInt(n - i)) / BigInt(i + 1);
      return out;
    };
    const scale = 10n ** 15n;
    return 1 - Number((choose(rows - bad, sampled) * scale) / choose(rows, sampled)) / 1e15;
  };

  it('is the hypergeometric probability', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.nat(60), fc.nat(60), (rows, k, m) => {
        const [bad, sampled] = [Math.min(k, rows), Math.min(m, rows)];
        expect(detection({ rows, bad, sampled })).toBeCloseTo(exact(rows, bad, sampled), 10);
      }),
    );
  });

  it('460 rows find one bad row in a hundred with probability 0.99, whatever the table’s size', () => {
    for (const rows of [10_000, 1_000_000]) {
      expect(detection({ rows, bad: rows / 100, sampled: 460 })).toBeGreaterThan(0.99);
      expect(detection({ rows, bad: rows / 100, sampled: 430 })).toBeLessThan(0.99);
    }
    const found = smallestFound({ rows: 10_000, sampled: 460, probability: 0.99 });
    expect(detection({ rows: 10_000, bad: found, sampled: 460 })).toBeGreaterThanOrEqual(0.99);
    expect(detection({ rows: 10_000, bad: found - 1, sampled: 460 })).toBeLessThan(0.99);
    // One single bad row is found as often as it is drawn.
    expect(detection({ rows: 10_000, bad: 1, sampled: 460 })).toBeCloseTo(0.046, 10);
  });
});

it('inclusion proofs of a whole tree are those that its root accepts, for every size and leaf', async () => {
  for (const size of [1, 2, 3, 7, 8, 13, 64, 65]) {
    const tree = createMerkleRoot();
    const entries = Array.from({ length: size }, (_, i) => Uint8Array.of(i));
    const leaves = new Uint8Array(size * 32);
    for (const [i, entry] of entries.entries()) {
      tree.append(entry);
      leaves.set(leafHash(entry), 32 * i);
    }
    const proofs = await inclusionProofs(
      leaves,
      entries.map((_, i) => i),
    );
    for (const [index, proof] of proofs.entries())
      expect(verifyInclusion({ index, size, leafHash: leafHash(entries[index]!), proof, root: tree.root() })).toBe(true);
  }
});
