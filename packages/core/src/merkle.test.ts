import { sha256 } from '@noble/hashes/sha2.js';
import { describe, expect, it } from 'vitest';
import { bytesToHex, createMerkleRoot, hexToBytes } from './index.ts';

/** RFC 6962 §2.1, word by word: MTH({}) = SHA-256(), MTH({d}) = SHA-256(0 ‖ d), else split at the largest power of two below n. */
const mth = (entries: readonly Uint8Array[]): Buffer => {
  const hash = (...parts: readonly Uint8Array[]): Buffer => Buffer.from(sha256(Buffer.concat(parts)));
  if (entries.length === 0) return hash();
  if (entries.length === 1) return hash(Uint8Array.of(0), entries[0]!);
  let k = 1;
  while (2 * k < entries.length) k *= 2;
  return hash(Uint8Array.of(1), mth(entries.slice(0, k)), mth(entries.slice(k)));
};

describe('the Merkle tree hash (RFC 6962 §2.1)', () => {
  it('equals the definition for 0 to 70 entries, growing', () => {
    const tree = createMerkleRoot();
    const entries: Uint8Array[] = [];
    for (let n = 0; n <= 70; n++) {
      expect(bytesToHex(tree.root())).toBe(mth(entries).toString('hex'));
      expect(bytesToHex(createMerkleRoot(tree.state()).root())).toBe(bytesToHex(tree.root()));
      const entry = new Uint8Array(n % 5).fill(n);
      entries.push(entry);
      tree.append(entry);
    }
  });

  it('gives the root of the eight test entries of certificate-transparency', () => {
    const entries = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
    const tree = createMerkleRoot();
    for (const entry of entries) tree.append(hexToBytes(entry));
    expect(bytesToHex(tree.root())).toBe('5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328');
  });

  it('goes on from a state, and refuses one that is none', () => {
    const entries = Array.from({ length: 20 }, (_, i) => Uint8Array.of(i));
    for (let cut = 0; cut <= 20; cut++) {
      const first = createMerkleRoot();
      for (const entry of entries.slice(0, cut)) first.append(entry);
      const second = createMerkleRoot(first.state());
      for (const entry of entries.slice(cut)) second.append(entry);
      expect(bytesToHex(second.root())).toBe(mth(entries).toString('hex'));
    }
    expect(() => createMerkleRoot({ size: 3, peaks: new Uint8Array(32) })).toThrow(RangeError);
    expect(() => createMerkleRoot({ size: 4, peaks: new Uint8Array(64) })).toThrow(RangeError);
  });
});
