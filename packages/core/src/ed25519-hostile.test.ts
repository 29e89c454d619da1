import { ED25519_TORSION_SUBGROUP, ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { describe, expect, it } from 'vitest';
import { bytesToHex, concatBytes, hexToBytes, type Signed, utf8ToBytes } from './index.ts';
import { type Curve25519, curve25519Implementations as implementations, verifyOn } from './testing.ts';

const { Point } = ed25519;
const L = Point.Fn.ORDER;
const P = Point.Fp.ORDER;
const little = (value: bigint): Uint8Array => hexToBytes(value.toString(16).padStart(64, '0')).reverse();
const number = (bytes: Uint8Array): bigint => BigInt(`0x${bytesToHex(bytes.slice().reverse())}`);
/** RFC 8032 §5.1.7 step 2, as both implementations compute it: reduced modulo L. */
const challenge = (R: Uint8Array, A: Uint8Array, message: Uint8Array): bigint => number(sha512(concatBytes(R, A, message))) % L;

/**
 * What the bare equation says, of the reference and of all implementations, and what we say, the same on every implementation. OpenSSL 3.0 takes points of small order, later
 * versions do not: without a rule of our own two Node versions would disagree.
 */
const verdicts = (
  signed: Signed,
): { readonly reference: boolean; readonly equation: readonly boolean[]; readonly ours: boolean } => {
  const ours = implementations.map((curve) => verifyOn(curve, signed));
  expect(new Set(ours).size).toBe(1);
  const equation = implementations.map((curve) => curve.verifies(signed));
  return { reference: equation[0]!, equation, ours: ours[0]! };
};

const secret = 0x1234567890abcdef1234567890abcdef1234567890abcdefn;
const A = Point.BASE.multiply(secret);
const nonce = 0xfedcba0987654321fedcba0987654321n;
const message = utf8ToBytes('pay 100');
/** A signature by the holder of `secret` over R, whatever R is. */
const signWith = (R: Uint8Array, r: bigint, publicKey: Uint8Array = A.toBytes(), text: Uint8Array = message): Signed => ({
  publicKey,
  message: text,
  signature: concatBytes(R, little((r + challenge(R, publicKey, text) * secret) % L)),
});
const texts = Array.from({ length: 200 }, (_, i) => utf8ToBytes(`message ${i}`));

/** All encodings of points of small order, y < p and y ≥ p, and "negative zero" (RFC 8032 §5.1.3 step 4). */
const SMALL_ORDER_ENCODINGS: readonly string[] = [
  ...ED25519_TORSION_SUBGROUP,
  `01${'00'.repeat(30)}80`,
  'ff'.repeat(32).replace(/^ff/, 'ec'),
  ...['ed', 'ee'].flatMap((first) => [`${first}${'ff'.repeat(30)}7f`, `${first}${'ff'.repeat(31)}`]),
];

describe('hostile Ed25519 signatures', () => {
  it('an ordinary one made here is valid, so that what follows fails for its own reason', () => {
    const signed = signWith(Point.BASE.multiply(nonce).toBytes(), nonce);
    expect(verdicts(signed)).toMatchObject({ equation: [true, true], ours: true });
  });

  it('S + L: tweetnacl’s equation holds, we refuse', () => {
    const signed = signWith(Point.BASE.multiply(nonce).toBytes(), nonce);
    const S = number(signed.signature.subarray(32));
    for (const more of [L, 2n * L, 7n * L]) {
      const malleable = { ...signed, signature: concatBytes(signed.signature.subarray(0, 32), little(S + more)) };
      const { reference, ours } = verdicts(malleable);
      expect(reference).toBe(true);
      expect(ours).toBe(false);
    }
  });

  it('the borders of S and of y, with an equation that always holds', () => {
    const always: Curve25519 = { ...implementations[0]!, verifies: () => true };
    const plain = Point.BASE.toBytes();
    const verdict = (publicKey: Uint8Array, R: Uint8Array, S: bigint) =>
      verifyOn(always, { publicKey, message, signature: concatBytes(R, little(S)) });
    expect([0n, 1n, L - 1n].map((S) => verdict(plain, plain, S))).toEqual([true, true, true]);
    expect([L, L + 1n, 2n ** 253n, 2n ** 256n - 1n].map((S) => verdict(plain, plain, S))).toEqual([false, false, false, false]);
    const sign = 2n ** 255n;
    for (const y of [2n, P - 2n, sign + 2n, sign + P - 2n]) {
      expect(verdict(little(y), plain, 1n)).toBe(true);
      expect(verdict(plain, little(y), 1n)).toBe(true);
    }
    for (let y = P; y < sign; y++)
      for (const spelled of [y, y + sign]) {
        expect(verdict(little(spelled), plain, 1n)).toBe(false);
        expect(verdict(plain, little(spelled), 1n)).toBe(false);
      }
    for (const small of SMALL_ORDER_ENCODINGS) expect(verdict(plain, hexToBytes(small), 1n)).toBe(false);
  });

  it.each(SMALL_ORDER_ENCODINGS)('a public key of small order, %s, is refused though the equation holds', (encoding) => {
    const publicKey = hexToBytes(encoding);
    // R = S·B − h·A is S·B when h is a multiple of 8; and for one in eight messages, or all of them, it is.
    const R = Point.BASE.multiply(nonce).toBytes();
    const forged = texts
      .filter((text) => challenge(R, publicKey, text) % 8n === 0n)
      .map((text) => ({ publicKey, message: text, signature: concatBytes(R, little(nonce)) }));
    expect(forged.length).toBeGreaterThan(5);
    for (const signed of forged.slice(0, 3)) expect(verdicts(signed)).toMatchObject({ reference: true, ours: false });
  });

  it.each(ED25519_TORSION_SUBGROUP)('an R of small order, %s, is refused though the equation holds', (encoding) => {
    const T = Point.fromHex(encoding);
    // A of mixed order, so that S·B − h·A can be any of them: r = 0 and −h·T' = T.
    for (const torsion of ED25519_TORSION_SUBGROUP.map((hex) => Point.fromHex(hex))) {
      const mixed = A.add(torsion).toBytes();
      for (const text of texts.slice(0, 40)) {
        const signed = signWith(T.toBytes(), 0n, mixed, text);
        const h = challenge(T.toBytes(), mixed, text);
        const left = Array.from({ length: Number(h % 8n) }).reduce<typeof T>((sum) => sum.subtract(torsion), Point.ZERO);
        if (!left.equals(T)) continue;
        expect(verdicts(signed)).toMatchObject({ reference: true, ours: false });
        return;
      }
    }
    expect.fail('no case found');
  });

  it('a key of mixed order has one verdict per message, the same everywhere, and no cofactor helps it', () => {
    const mixed = A.add(Point.fromHex(ED25519_TORSION_SUBGROUP[1]!)).toBytes();
    const R = Point.BASE.multiply(nonce).toBytes();
    const seen = texts.slice(0, 60).map((text) => {
      const { equation, ours } = verdicts(signWith(R, nonce, mixed, text));
      expect(equation).toEqual([ours, ours]);
      expect(ours).toBe(challenge(R, mixed, text) % 8n === 0n);
      return ours;
    });
    expect(new Set(seen).size).toBe(2);
  });

  it('keys that nobody made, some of them not on the curve, are refused', () => {
    let refused = 0;
    for (let y = 2n; y < 20n; y++) {
      const publicKey = little(y);
      const signed = { publicKey, message, signature: concatBytes(Point.BASE.toBytes(), little(1n)) };
      expect(verdicts(signed)).toMatchObject({ equation: [false, false], ours: false });
      refused++;
    }
    expect(refused).toBe(18);
  });
});
