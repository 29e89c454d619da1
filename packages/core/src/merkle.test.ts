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
});
