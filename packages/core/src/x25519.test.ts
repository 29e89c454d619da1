import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesToHex, E, hexToBytes, Secret, sharedSecret, x25519PublicKey } from './index.ts';
import { curve25519Implementations as implementations, sharedSecretOn, x25519PublicKeyOn } from './testing.ts';

/** X25519 on every implementation, which must agree; `refused` for a key that is. */
const x25519 = (own: Uint8Array | string, theirs: Uint8Array | string): string => {
  const bytes = (given: string | Uint8Array) => (typeof given === 'string' ? hexToBytes(given) : given);
  const results = [
    ...implementations.map((curve) => sharedSecretOn(curve, new Secret(bytes(own)), bytes(theirs))),
    sharedSecret(new Secret(bytes(own)), bytes(theirs)),
  ].map((result) => (E.isRight(result) ? bytesToHex(result.right.reveal()) : 'refused'));
  expect(new Set(results).size).toBe(1);
  return results[0]!;
};
const publicKey = (own: string): string => {
  const keys = [
    ...implementations.map((curve) => x25519PublicKeyOn(curve, new Secret(hexToBytes(own)))),
    x25519PublicKey(new Secret(hexToBytes(own))),
  ].map(bytesToHex);
  expect(new Set(keys).size).toBe(1);
  return keys[0]!;
};

/** RFC 7748 §5.2 and §6.1. */
const NINE = `09${'00'.repeat(31)}`;
const ALICE = '77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a';
const BOB = '5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb';
const ALICE_PUBLIC = '8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a';
const BOB_PUBLIC = 'de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f';
const SHARED = '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742';

describe('X25519', () => {
  it('RFC 7748 §5.2: two results, one of them with the top bit of u set', () => {
    expect(
      x25519(
        'a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4',
        'e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c',
      ),
    ).toBe('c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552');
    expect(
      x25519(
        '4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d',
        'e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493',
      ),
    ).toBe('95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957');
  });

  it('RFC 7748 §5.2: once, and a thousand times over', () => {
    const iterate = (times: number) => {
      let [k, u] = [NINE, NINE];
      for (let i = 0; i < times; i++) [k, u] = [x25519(k, u), k];
      return k;
    };
    expect(iterate(1)).toBe('422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079');
    expect(iterate(1000)).toBe('684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51');
  });

  it('RFC 7748 §6.1: both sides get the same', () => {
    expect([publicKey(ALICE), publicKey(BOB)]).toEqual([ALICE_PUBLIC, BOB_PUBLIC]);
    expect([x25519(ALICE, BOB_PUBLIC), x25519(BOB, ALICE_PUBLIC)]).toEqual([SHARED, SHARED]);
  });

  it('all implementations agree on any keys', () => {
    const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(bytes, bytes, (own, theirs) => {
        x25519(own, theirs);
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ['u = 0', '00'.repeat(32)],
    ['u = 1', `01${'00'.repeat(31)}`],
    ['u of order 8', 'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800'],
    ['u of order 8, the other', '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157'],
    ['u = p − 1', `ec${'ff'.repeat(30)}7f`],
    ['u = p', `ed${'ff'.repeat(30)}7f`],
    ['u = p + 1', `ee${'ff'.repeat(30)}7f`],
    ['u = 0 with the top bit', `${'00'.repeat(31)}80`],
    ['u = p with the top bit', `ed${'ff'.repeat(31)}`],
  ])('refuses a public key of low order: %s (RFC 7748 §6.1)', (_, theirs) => {
    expect(x25519(ALICE, theirs)).toBe('refused');
    expect(x25519(BOB, theirs)).toBe('refused');
    expect(sharedSecret(new Secret(hexToBytes(ALICE)), hexToBytes(theirs))).toMatchObject({
      left: { _tag: 'BadPublicKey', message: expect.stringContaining('low order') },
    });
  });

  it('refuses a public key of another length; a secret key of another length is the caller’s bug', () => {
    for (const length of [0, 31, 33]) expect(x25519(ALICE, new Uint8Array(length).fill(9))).toBe('refused');
    expect(() => sharedSecret(new Secret(new Uint8Array(31)), hexToBytes(BOB_PUBLIC))).toThrow(RangeError);
    expect(() => x25519PublicKey(new Secret(new Uint8Array(33)))).toThrow(RangeError);
  });
});

const folder = process.env['VOUCHSAFE_SHARED'];
describe.skipIf(!folder)('Wycheproof, wycheproof-x25519.json (set VOUCHSAFE_SHARED to the folder with vectors/)', () => {
  it('every result, on every implementation; an all-zero secret is refused', () => {
    const { testGroups, numberOfTests } = JSON.parse(readFileSync(join(folder!, 'vectors', 'wycheproof-x25519.json'), 'utf8'));
    let count = 0;
    let zero = 0;
    for (const { tests } of testGroups)
      for (const { tcId, public: theirs, private: own, shared, flags } of tests) {
        const isZero = /^0+$/.test(shared);
        expect(isZero, `tcId ${tcId}`).toBe(flags.includes('ZeroSharedSecret'));
        expect(x25519(own, theirs), `tcId ${tcId}`).toBe(isZero ? 'refused' : shared);
        count++;
        if (isZero) zero++;
      }
    expect(count).toBe(numberOfTests);
    expect(zero).toBeGreaterThan(20);
  });
});
