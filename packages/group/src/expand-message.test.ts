import { readFile } from 'node:fs/promises';
import { expand_message_xmd } from '@noble/curves/abstract/hash-to-curve.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@vouchsafe/core';
import { describe, expect, it } from 'vitest';
import { hashToScalar, ORDER, toBigint } from './index.ts';

const folder = process.env['VOUCHSAFE_SHARED'];

interface Vector {
  readonly msg: string;
  readonly len_in_bytes: string;
  readonly uniform_bytes: string;
}

describe('expand_message_xmd with SHA-512 (RFC 9380 §5.3.1), which hashes to scalars and to the group', () => {
  it.skipIf(!folder)('gives the whole published file (VOUCHSAFE_SHARED)', async () => {
    const file = JSON.parse(await readFile(`${folder}/vectors/rfc9380-expand_message_xmd_SHA512_38.json`, 'utf8'));
    const tests: readonly Vector[] = file.tests;
    expect(tests).toHaveLength(10);
    for (const { msg, len_in_bytes, uniform_bytes } of tests)
      expect(bytesToHex(expand_message_xmd(utf8ToBytes(msg), utf8ToBytes(file.DST), Number(len_in_bytes), sha512))).toBe(
        uniform_bytes,
      );
  });

  it('hashToScalar is its 64 bytes, little-endian, modulo q (RFC 9497 §4.1)', () => {
    const [message, dst] = [utf8ToBytes('message'), utf8ToBytes('tag')];
    const wide = bytesToHex(expand_message_xmd(message, dst, 64, sha512))
      .match(/../g)!
      .reverse()
      .join('');
    expect(toBigint(hashToScalar(message, dst))).toBe(BigInt(`0x${wide}`) % ORDER);
  });
});
