import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DISPUTED, RFC8032 } from './ed25519.test.answers.ts';
import { bytesToHex, concatBytes, createSigner, hexToBytes, Secret, verifySignature } from './index.ts';
import { curve25519, curve25519Implementations as implementations, signerOn, verifyOn } from './testing.ts';

/** The verdict of every implementation; they must be the same. */
const verdict = (publicKey: string | Uint8Array, message: string | Uint8Array, signature: string | Uint8Array): boolean => {
  const bytes = (given: string | Uint8Array) => (typeof given === 'string' ? hexToBytes(given) : given);
  const signed = { publicKey: bytes(publicKey), message: bytes(message), signature: bytes(signature) };
  const verdicts = [...implementations.map((curve) => verifyOn(curve, signed)), verifySignature(signed)];
  expect(new Set(verdicts).size).toBe(1);
  return verdicts[0]!;
};
const secret = (hex: string) => new Secret(hexToBytes(hex));

describe('Ed25519', () => {
  it('runs on node:crypto here, with tweetnacl as the reference', () => {
    expect(implementations.map(({ name }) => name)).toEqual(['tweetnacl', 'node:crypto']);
    expect(curve25519().name).toBe('node:crypto');
  });

  it.each(RFC8032)('RFC 8032 §7.1 $name', ({ seed, publicKey, message, signature }) => {
    for (const curve of implementations) {
      const signer = signerOn(curve, secret(seed));
      expect(bytesToHex(signer.publicKey)).toBe(publicKey);
      expect(bytesToHex(signer.sign(hexToBytes(message)))).toBe(signature);
    }
    expect(verdict(publicKey, message, signature)).toBe(true);
    expect(verdict(publicKey, `${message}00`, signature)).toBe(false);
  });

  it.each(DISPUTED)('has one verdict on the disputed case: $what', ({ publicKey, message, signature, ours }) => {
    expect(verdict(publicKey, message, signature)).toBe(ours);
  });

  it('signs the same bytes on every implementation, and any flipped bit is refused', () => {
    const seed = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(seed, fc.uint8Array({ maxLength: 300 }), fc.nat(), (bytes, message, at) => {
        const signers = implementations.map((curve) => signerOn(curve, new Secret(bytes.slice())));
        const [{ publicKey }] = signers as [(typeof signers)[0]];
        const [signature, ...others] = signers.map((signer) => signer.sign(message)) as [Uint8Array, ...Uint8Array[]];
        for (const other of others) expect(other).toEqual(signature);
        expect(verdict(publicKey, message, signature)).toBe(true);
        const all = concatBytes(publicKey, signature, message);
        const bit = at % (8 * all.length);
        all[bit >> 3]! ^= 1 << (bit & 7);
        expect(verdict(all.subarray(0, 32), all.subarray(96), all.subarray(32, 96))).toBe(false);
      }),
      { numRuns: 25 },
    );
  });

  it('refuses wrong lengths, without throwing', () => {
    const [{ publicKey, signature }] = RFC8032 as [(typeof RFC8032)[0]];
    for (const [key, sign] of [
      [publicKey, ''],
      [publicKey, signature.slice(2)],
      [publicKey, `${signature}00`],
      ['', signature],
      [publicKey.slice(2), signature],
      [`${publicKey}00`, signature],
    ] as const)
      expect(verdict(key, '', sign)).toBe(false);
    expect(() => createSigner(new Secret(new Uint8Array(31)))).toThrow(RangeError);
  });

  it('takes Buffers too, and leaves every input as it was', () => {
    // The signs of x are set in R or in A in some of these.
    for (const { publicKey, message, signature } of RFC8032) {
      const given = [publicKey, message, signature].map((hex) => Buffer.from(hex, 'hex')) as [Buffer, Buffer, Buffer];
      expect(verdict(...given)).toBe(true);
      expect(given.map((bytes) => bytes.toString('hex'))).toEqual([publicKey, message, signature]);
    }
  });

  it('does not sign with a wiped seed, and leaves the seed as it was until then', () => {
    for (const curve of implementations) {
      const seed = secret(RFC8032[0]!.seed);
      const signer = signerOn(curve, seed);
      expect(signer.sign(new Uint8Array(0))).toEqual(signer.sign(new Uint8Array(0)));
      expect(bytesToHex(seed.reveal())).toBe(RFC8032[0]!.seed);
      seed.wipe();
      expect(() => signer.sign(new Uint8Array(0))).toThrow('wiped');
    }
  });
});

const folder = process.env['VOUCHSAFE_SHARED'];
describe.skipIf(!folder)('Wycheproof, wycheproof-ed25519.json (set VOUCHSAFE_SHARED to the folder with vectors/)', () => {
  it('every verdict, on every implementation', () => {
    const { testGroups, numberOfTests } = JSON.parse(readFileSync(join(folder!, 'vectors', 'wycheproof-ed25519.json'), 'utf8'));
    let count = 0;
    for (const { publicKey, tests } of testGroups)
      for (const { tcId, msg, sig, result } of tests) {
        expect(verdict(publicKey.pk, msg, sig), `tcId ${tcId}`).toBe(result === 'valid');
        count++;
      }
    expect(count).toBe(numberOfTests);
    expect(count).toBeGreaterThan(100);
  });
});
