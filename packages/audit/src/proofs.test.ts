import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { bytesToHex, leafHash, nodeHash } from '@vouchsafe/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entryOf, logOf, mth, path, right, subproof } from './log.test.fixture.ts';
import { proveConsistency, proveInclusion } from './log.ts';
import { verifyConsistency, verifyInclusion } from './proofs.ts';
import { EMPTY_ROOT } from './tree.ts';

const LARGEST = 70;
const entries = Array.from({ length: LARGEST }, (_, i) => entryOf(i));
const roots = Array.from({ length: LARGEST + 1 }, (_, n) => mth(entries.slice(0, n)));
const store = logOf(LARGEST);
const hex = (hashes: readonly Uint8Array[]): readonly string[] => hashes.map((hash) => bytesToHex(hash));

const file = `${process.env['VOUCHSAFE_SHARED']}/vectors/rfc6962-merkle.json`;
interface Case {
  readonly name: string;
  readonly wantErr: boolean;
  readonly proof: readonly string[] | null;
}
interface Corpus {
  readonly inclusion: readonly (Case & { leafIdx: number; treeSize: number; root: string; leafHash: string })[];
  readonly consistency: readonly (Case & { size1: number; size2: number; root1: string; root2: string })[];
}
const b64 = (written: string): Uint8Array => new Uint8Array(Buffer.from(written, 'base64'));

describe.skipIf(!existsSync(file))('the proof corpus of transparency-dev (VOUCHSAFE_SHARED)', async () => {
  const corpus: Corpus = existsSync(file) ? JSON.parse(await readFile(file, 'utf8')) : { inclusion: [], consistency: [] };

  it('has 196 cases, good and bad ones', () => {
    const all = [...corpus.inclusion, ...corpus.consistency];
    expect(all.length).toBe(196);
    expect(all.filter(({ wantErr }) => !wantErr).length).toBe(12);
  });

  it.each(corpus.inclusion)('$name', ({ leafIdx, treeSize, root, leafHash: leaf, proof, wantErr }) => {
    const holds = verifyInclusion({
      index: leafIdx,
      size: treeSize,
      leafHash: b64(leaf),
      proof: (proof ?? []).map(b64),
      root: b64(root),
    });
    expect(holds).toBe(!wantErr);
  });

  it.each(corpus.consistency)('$name', ({ size1, size2, root1, root2, proof, wantErr }) => {
    const holds = verifyConsistency({
      first: size1,
      second: size2,
      firstRoot: b64(root1),
      secondRoot: b64(root2),
      proof: (proof ?? []).map(b64),
    });
    expect(holds).toBe(!wantErr);
  });
});

describe('inclusion proofs (RFC 6962 §2.1.1)', () => {
  it('are the definition, hold, and hold for no other index, size or root: all indexes of all sizes to 70', () => {
    for (let size = 1; size <= LARGEST; size++)
      for (let index = 0; index < size; index++) {
        const proof = right(proveInclusion(store, { index, size }));
        expect(hex(proof)).toEqual(hex(path(index, entries.slice(0, size))));
        const good = { index, size, leafHash: leafHash(entries[index]!), proof, root: roots[size]! };
        expect(verifyInclusion(good)).toBe(true);
        expect(verifyInclusion({ ...good, root: roots[size - 1]! })).toBe(false);
        expect(verifyInclusion({ ...good, leafHash: leafHash(entryOf(index + 1)) })).toBe(false);
        for (const other of [index - 1, index + 1, index + size])
          expect(verifyInclusion({ ...good, index: other }), `${index}→${other} of ${size}`).toBe(false);
      }
  });

  it('bind the index in every size: one proof verifies for one index only', () => {
    for (const size of [1, 2, 3, 5, 8, 13, 21, 64, 70])
      for (let index = 0; index < size; index++) {
        const proof = right(proveInclusion(store, { index, size }));
        const fits = Array.from({ length: size }, (_, other) =>
          verifyInclusion({ index: other, size, leafHash: leafHash(entries[index]!), proof, root: roots[size]! }),
        );
        expect(fits.map((fit, other) => (fit ? other : -1)).filter((other) => other >= 0)).toEqual([index]);
      }
  });

  it('fall with any bit, hash more or hash less', () => {
    const at = fc.record({ index: fc.nat({ max: 36 }), bit: fc.nat({ max: 255 }), where: fc.nat() });
    const proof = (index: number): readonly Uint8Array[] => right(proveInclusion(store, { index, size: 37 }));
    fc.assert(
      fc.property(at, ({ index, bit, where }) => {
        const good = { index, size: 37, leafHash: leafHash(entries[index]!), proof: proof(index), root: roots[37]! };
        const flip = (hash: Uint8Array): Uint8Array => hash.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
        const n = where % good.proof.length;
        expect(verifyInclusion(good)).toBe(true);
        expect(verifyInclusion({ ...good, proof: good.proof.with(n, flip(good.proof[n]!)) })).toBe(false);
        expect(verifyInclusion({ ...good, proof: good.proof.toSpliced(n, 1) })).toBe(false);
        expect(verifyInclusion({ ...good, proof: good.proof.toSpliced(n, 0, good.proof[n]!) })).toBe(false);
        expect(verifyInclusion({ ...good, leafHash: flip(good.leafHash) })).toBe(false);
        expect(verifyInclusion({ ...good, root: flip(good.root) })).toBe(false);
      }),
    );
  });

  it('refuse a tree that is continued above its root, and one that stops below it', () => {
    const proof = right(proveInclusion(store, { index: 0, size: 4 }));
    const good = { index: 0, size: 4, leafHash: leafHash(entries[0]!), proof, root: roots[4]! };
    expect(verifyInclusion(good)).toBe(true);
    // The whole tree as a child of a made-up root, on either side.
    for (const root of [nodeHash(roots[4]!, roots[1]!), nodeHash(roots[1]!, roots[4]!)])
      expect(verifyInclusion({ ...good, proof: [...proof, roots[1]!], root })).toBe(false);
    // The proof of the left half only, with the half's hash as the root.
    expect(verifyInclusion({ ...good, proof: proof.slice(0, 1), root: roots[2]! })).toBe(false);
  });

  it('refuse numbers that no log has, and hashes of other lengths, whatever they say', () => {
    const proof = right(proveInclusion(store, { index: 3, size: 8 }));
    const good = { index: 3, size: 8, leafHash: leafHash(entries[3]!), proof, root: roots[8]! };
    for (const n of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 48, 2 ** 53, 2 ** 64]) {
      expect(verifyInclusion({ ...good, index: n })).toBe(false);
      expect(verifyInclusion({ ...good, size: n })).toBe(false);
      expect(verifyConsistency({ first: n, second: 8, firstRoot: roots[8]!, secondRoot: roots[8]!, proof: [] })).toBe(false);
      expect(verifyConsistency({ first: n, second: n, firstRoot: roots[8]!, secondRoot: roots[8]!, proof: [] })).toBe(false);
    }
    // 31 and 33 bytes: the same hash input for nodeHash, cut elsewhere.
    const joined = new Uint8Array([...good.leafHash, ...proof[0]!]);
    expect(verifyInclusion({ ...good, leafHash: joined.slice(0, 31), proof: [joined.slice(31), ...proof.slice(1)] })).toBe(false);
    const long = new Uint8Array(33);
    const leaf = good.leafHash;
    expect(verifyInclusion({ index: 0, size: 2, leafHash: leaf, proof: [long], root: nodeHash(leaf, long) })).toBe(false);
    expect(verifyInclusion({ index: 0, size: 1, leafHash: long, proof: [], root: long })).toBe(false);
    expect(verifyInclusion({ ...good, proof: Array(65).fill(roots[1]!) })).toBe(false);
  });

  it('hold for indexes beyond 32 bits', () => {
    // A proof in a log of 2^40 + 1 equal entries: full subtrees of each level are all alike.
    const leaf = leafHash(entries[0]!);
    const levels = [leaf];
    for (let i = 0; i < 40; i++) levels.push(nodeHash(levels[i]!, levels[i]!));
    const root = nodeHash(levels[40]!, leaf);
    const size = 2 ** 40 + 1;
    const inner = { size, leafHash: leaf, proof: [...levels.slice(0, 40), leaf], root };
    for (const index of [0, 1, 2 ** 32, 2 ** 32 + 1, 2 ** 40 - 1]) expect(verifyInclusion({ ...inner, index })).toBe(true);
    expect(verifyInclusion({ ...inner, index: 2 ** 40 })).toBe(false);
    expect(verifyInclusion({ index: 2 ** 40, size, leafHash: leaf, proof: [levels[40]!], root })).toBe(true);
    expect(verifyInclusion({ index: 2 ** 40, size: size + 1, leafHash: leaf, proof: [levels[40]!], root })).toBe(false);
    const second = { second: size, secondRoot: root };
    expect(verifyConsistency({ ...second, first: 2 ** 40, firstRoot: levels[40]!, proof: [leaf] })).toBe(true);
    expect(verifyConsistency({ ...second, first: 2 ** 39, firstRoot: levels[39]!, proof: [levels[39]!, leaf] })).toBe(true);
    expect(verifyConsistency({ ...second, first: 2 ** 38, firstRoot: levels[39]!, proof: [levels[39]!, leaf] })).toBe(false);
  });
});

describe('consistency proofs (RFC 6962 §2.1.2)', () => {
  it('are the definition, hold, and hold for no other sizes or roots: all pairs to 70', () => {
    for (let second = 1; second <= LARGEST; second++)
      for (let first = 1; first <= second; first++) {
        const proof = right(proveConsistency(store, { first, second }));
        expect(hex(proof)).toEqual(hex(subproof(first, entries.slice(0, second))));
        const good = { first, second, firstRoot: roots[first]!, secondRoot: roots[second]!, proof };
        expect(verifyConsistency(good)).toBe(true);
        expect(verifyConsistency({ ...good, firstRoot: roots[first - 1]! })).toBe(false);
        expect(verifyConsistency({ ...good, secondRoot: roots[second - 1]! })).toBe(false);
        for (const other of [first - 1, first + 1])
          expect(verifyConsistency({ ...good, first: other }), `${first}→${other} of ${second}`).toBe(false);
      }
  });

  it('fall with any bit, hash more or hash less', () => {
    const at = fc.record({ first: fc.integer({ min: 1, max: 36 }), bit: fc.nat({ max: 255 }), where: fc.nat() });
    fc.assert(
      fc.property(at, ({ first, bit, where }) => {
        const proof = right(proveConsistency(store, { first, second: 37 }));
        const good = { first, second: 37, firstRoot: roots[first]!, secondRoot: roots[37]!, proof };
        const flip = (hash: Uint8Array): Uint8Array => hash.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
        const n = where % proof.length;
        expect(verifyConsistency(good)).toBe(true);
        expect(verifyConsistency({ ...good, proof: proof.with(n, flip(proof[n]!)) })).toBe(false);
        expect(verifyConsistency({ ...good, proof: proof.toSpliced(n, 1) })).toBe(false);
        expect(verifyConsistency({ ...good, proof: proof.toSpliced(n, 0, proof[n]!) })).toBe(false);
        expect(verifyConsistency({ ...good, proof: [...proof, proof[n]!] })).toBe(false);
        expect(verifyConsistency({ ...good, firstRoot: flip(good.firstRoot) })).toBe(false);
        expect(verifyConsistency({ ...good, secondRoot: flip(good.secondRoot) })).toBe(false);
      }),
    );
  });

  it('say nothing from the empty log, nor backwards, nor for equal sizes but for equal roots', () => {
    const hash = roots[3]!;
    const both = nodeHash(hash, hash);
    const good = { first: 3, second: 3, firstRoot: hash, secondRoot: hash, proof: [] };
    expect(verifyConsistency(good)).toBe(true);
    expect(verifyConsistency({ ...good, proof: [hash] })).toBe(false);
    expect(verifyConsistency({ ...good, secondRoot: both })).toBe(false);
    expect(verifyConsistency({ ...good, first: 0, second: 0, firstRoot: EMPTY_ROOT, secondRoot: EMPTY_ROOT })).toBe(false);
    for (const proof of [[], [hash], [hash, hash]])
      expect(verifyConsistency({ ...good, first: 0, firstRoot: EMPTY_ROOT, proof })).toBe(false);
    // 6 and 5 entries under one made-up root: the steps of RFC 9162 alone would take it.
    expect(verifyConsistency({ first: 6, second: 5, firstRoot: both, secondRoot: both, proof: [hash, hash] })).toBe(false);
    for (const first of [1, 2, 3, 5]) expect(verifyConsistency({ ...good, first, second: 6 })).toBe(false);
  });

  it('refuse hashes of other lengths, whatever they say', () => {
    const short = new Uint8Array(20);
    const leaf = roots[1]!;
    expect(verifyConsistency({ first: 1, second: 2, firstRoot: short, secondRoot: nodeHash(short, leaf), proof: [leaf] })).toBe(
      false,
    );
    expect(verifyConsistency({ first: 1, second: 2, firstRoot: leaf, secondRoot: nodeHash(leaf, short), proof: [short] })).toBe(
      false,
    );
  });

  it('do not hold between two logs that part, wherever they part', () => {
    for (let parting = 0; parting < 20; parting++) {
      const other = logOf(24, (i) => entryOf(i < parting ? i : i + 1000));
      for (let first = 1; first <= 20; first++) {
        const proof = right(proveConsistency(other, { first, second: 24 }));
        const otherRoot = mth(Array.from({ length: 24 }, (_, i) => entryOf(i < parting ? i : i + 1000)));
        expect(verifyConsistency({ first, second: 24, firstRoot: roots[first]!, secondRoot: otherRoot, proof })).toBe(
          first <= parting,
        );
      }
    }
  });
});
