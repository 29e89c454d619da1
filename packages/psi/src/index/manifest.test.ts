import { decodeCanonical, decodeShape, E, encodeCanonical } from '@vouchsafe/core';
import { seededRng } from '@vouchsafe/testkit';
import { describe, expect, it } from 'vitest';
import { randomIndex, right } from './index.test.list.ts';
import { IndexManifest } from './index.ts';

describe('the manifest’s codec', async () => {
  const { manifest } = await randomIndex({ n: 10 }, seededRng('codec'));
  const [segment] = manifest.segments;

  it('reads what it wrote, through canonical CBOR', () => {
    const read = right(decodeShape(IndexManifest, right(decodeCanonical(encodeCanonical(IndexManifest.encode(manifest))))));
    expect(read).toEqual(manifest);
  });

  it.each([
    { version: 2 },
    { federation: '' },
    { holder: 'x'.repeat(65) },
    { scheme: 'cn rid' },
    { epoch: -1 },
    { epoch: 2 ** 32 },
    { pkS: new Uint8Array(31) },
    { n: 0 },
    { n: 2 ** 27 + 1 },
    { n: 10.5 },
    { padTo: 0 },
    { t: 81 },
    { segments: undefined },
    { segments: [{ ...segment, sha256: new Uint8Array(20) }] },
    { segments: [{ ...segment, size: 2 ** 23 + 1 }] },
    { segments: [{ ...segment, count: 2 ** 20 + 1 }] },
    { segments: [{ ...segment, count: 0 }] },
    { segments: Array.from({ length: 129 }, () => segment) },
    { unknown: 1 },
  ])('refuses %o', (change) => {
    expect(E.isLeft(decodeShape(IndexManifest, { ...manifest, ...change }))).toBe(true);
  });
});
