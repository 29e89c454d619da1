import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bytesToHex,
  compareBytes,
  concatBytes,
  csprng,
  domain,
  equalBytes,
  firstDisorder,
  i2osp,
  lengthPrefixed,
  Secret,
} from './index.ts';

const some = fc.uint8Array({ maxLength: 6 });

describe('bytes', () => {
  it('compare as Node compares them', () => {
    fc.assert(
      fc.property(some, some, (a, b) => {
        expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(a, b));
        expect(equalBytes(a, b)).toBe(Buffer.compare(a, b) === 0);
      }),
      { numRuns: 2000 },
    );
  });

  it('length-prefixed lists are told apart, whatever the parts', () => {
    fc.assert(
      fc.property(fc.array(some, { maxLength: 4 }), fc.array(some, { maxLength: 4 }), (a, b) => {
        const same = a.length === b.length && a.every((part, i) => equalBytes(part, b[i]!));
        expect(equalBytes(lengthPrefixed(...a), lengthPrefixed(...b))).toBe(same);
      }),
      { numRuns: 2000 },
    );
    expect(() => lengthPrefixed(new Uint8Array(65_536))).toThrow(RangeError);
  });

  it('I2OSP (RFC 8017 §4.1)', () => {
    expect([i2osp(0, 1), i2osp(258, 2), i2osp(2 ** 40 + 1, 6)].map(bytesToHex)).toEqual(['00', '0102', '010000000001']);
    for (const [value, length] of [
      [256, 1],
      [-1, 2],
      [0.5, 2],
      [2 ** 53, 8],
    ] as const)
      expect(() => i2osp(value, length)).toThrow(RangeError);
  });

  it('disorder is found at the first row that is not above the one before', () => {
    const rows = (...values: readonly number[]) => concatBytes(...values.map((value) => i2osp(value, 2)));
    expect(
      [rows(), rows(5), rows(1, 2, 300), rows(1, 1), rows(1, 300, 299, 2)].map((packed) => firstDisorder(packed, 2)),
    ).toEqual([-1, -1, -1, 1, 2]);
  });
});

describe('secrets', () => {
  it('do not print, do not serialise, and are wiped', () => {
    const secret = new Secret(Uint8Array.of(222, 173));
    const shown = [String(secret), JSON.stringify({ secret }), inspect(secret), inspect({ deep: [secret] }), `${secret}`].join();
    expect(shown).not.toMatch(/222|173|dead/);
    const bytes = secret.reveal();
    secret.wipe();
    expect([...bytes]).toEqual([0, 0]);
    expect(() => secret.reveal()).toThrow(RangeError);
    expect(() => structuredClone(secret).reveal()).toThrow();
  });
});

describe('randomness and domains', () => {
  it('the generator fills any length', () => {
    const bytes = csprng(200_000);
    expect(bytes.length).toBe(200_000);
    // Each of the three calls it takes filled its part.
    for (const at of [0, 65_536, 131_072, 199_900]) expect(bytes.subarray(at, at + 100).some((byte) => byte !== 0)).toBe(true);
  });

  it('every use has a tag of its own', () => {
    const uses = [
      'join',
      'joinKey',
      'joinRow',
      'joinKeyProof',
      'joinCommitment',
      'mask',
      'query',
      'federation',
      'scorecard',
    ] as const;
    const tags = uses.map((use) => new TextDecoder().decode(domain(use)));
    expect(new Set(tags).size).toBe(uses.length);
    for (const tag of tags) expect(tag).toMatch(/^Vouchsafe-v1-[a-z-]+$/);
    expect(tags[0]).toBe('Vouchsafe-v1-join');
  });
});
