import { bytes, encodeCanonical, record, whole } from '@vouchsafe/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readBody, readFrame, writeFrame } from './index.ts';

interface Head {
  readonly n: number;
}
const Head = record<Head>('Head', { n: whole(0, 100) }, {});
const rows = new Uint8Array(96).map((_, i) => i);
const frame = writeFrame({ envelope: { n: 7 }, rows, rowBytes: 32 });
const tagOf = (input: Uint8Array, rowBytes = 32): string => {
  const result = readFrame(Head, rowBytes, input);
  return result._tag === 'Left' ? result.left._tag : 'read';
};

describe('frames', () => {
  it('read back as they were written', () => {
    expect(readFrame(Head, 32, frame)).toMatchObject({ right: { envelope: { n: 7 }, rowBytes: 32 } });
    fc.assert(
      fc.property(fc.nat({ max: 100 }), fc.nat({ max: 5 }), fc.nat({ max: 40 }), (n, count, width) => {
        const body = new Uint8Array(count * (width + 1)).fill(n);
        const result = readFrame(Head, width + 1, writeFrame({ envelope: { n }, rows: body, rowBytes: width + 1 }));
        expect(result._tag === 'Right' && [result.right.envelope, result.right.rows]).toEqual([{ n }, body]);
      }),
    );
  });

  it('any truncation, extension or header change is refused', () => {
    for (let length = 0; length < frame.length; length++) expect(tagOf(frame.subarray(0, length))).toBe('BadFrame');
    expect(tagOf(Buffer.concat([frame, Uint8Array.of(0)]))).toBe('BadFrame');
    expect(tagOf(frame, 64)).toBe('BadFrame');
    for (let bit = 0; bit < 128; bit++) {
      const flipped = frame.slice();
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(tagOf(flipped)).toBe('BadFrame');
    }
  });

  it('the envelope is checked: shape, canonical form, size', () => {
    expect(tagOf(writeFrame({ envelope: { n: 101 }, rows, rowBytes: 32 }))).toBe('BadShape');
    expect(tagOf(writeFrame({ envelope: { n: 1, m: 1 }, rows, rowBytes: 32 }))).toBe('BadShape');
    expect(tagOf(writeFrame({ envelope: new Uint8Array(300_000), rows, rowBytes: 32 }))).toBe('BadFrame');
    const spelled = frame.slice();
    // {n: 7} takes four bytes: a1 61 6e 07; a key of another major type is no longer canonical text.
    spelled[17] = 0x41;
    expect(tagOf(spelled)).toMatch(/BadEncoding|BadShape/);
    expect(bytes(2).is(encodeCanonical([1]))).toBe(true);
  });
});

describe('bodies', () => {
  it('are read whole, up to the limit and no further', async () => {
    const response = (size: number) => new Response(new Uint8Array(size));
    expect(await readBody(response(10), 10)).toMatchObject({ right: { length: 10 } });
    expect(await readBody(response(11), 10)).toMatchObject({ left: { _tag: 'BodyTooLarge' } });
    expect(await readBody({ body: null }, 10)).toMatchObject({ right: { length: 0 } });
  });

  it('are plain bytes, in order: a slice of them is a copy', async () => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const chunk of [Buffer.from([1, 2]), Buffer.from([3])]) controller.enqueue(chunk);
        controller.close();
      },
    });
    const read = await readBody({ body }, 10);
    expect(read).toEqual({ _tag: 'Right', right: Uint8Array.of(1, 2, 3) });
    if (read._tag === 'Left') throw new Error(read.left.message);
    read.right.slice()[0] = 9;
    expect(read.right[0]).toBe(1);
  });
});
