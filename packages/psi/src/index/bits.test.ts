import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BitWriter, bitsAt, zerosAt } from './bits.ts';

/** Bytes as a text of zeros and ones. */
const spelled = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');

describe('bits', () => {
  it('are read from any place, in any number up to 40, with zeros behind the end', () => {
    const anyPlace = fc.record({
      bytes: fc.uint8Array({ maxLength: 12 }),
      at: fc.nat({ max: 100 }),
      count: fc.nat({ max: 40 }),
    });
    fc.assert(
      fc.property(anyPlace, ({ bytes, at, count }) => {
        const text = spelled(bytes).padEnd(160, '0');
        expect(bitsAt(bytes, at, count)).toBe(Number(`0b0${text.slice(at, at + count)}`));
      }),
      { numRuns: 2000 },
    );
  });

  it('zeros are counted up to the first one or to the given end, whatever stands behind it', () => {
    const anyRun = fc.record({
      bytes: fc.array(fc.constantFrom(0, 0, 0, 0, 1, 128), { maxLength: 20 }).map((all) => Uint8Array.from(all)),
      from: fc.nat({ max: 160 }),
      to: fc.nat({ max: 160 }),
    });
    fc.assert(
      fc.property(anyRun, ({ bytes, from, to }) => {
        const [at, end] = [Math.min(from, to), Math.max(from, to)];
        const run = /^0*/.exec(spelled(bytes).padEnd(160, '0').slice(at, end))![0];
        expect(zerosAt(bytes, at, end)).toBe(run.length);
      }),
      { numRuns: 2000 },
    );
  });

  it('are written as they are read', () => {
    const anyPiece = fc.oneof(
      fc.record({ count: fc.integer({ min: 1, max: 40 }), fill: fc.nat({ max: 2 ** 20 }) }),
      fc.record({ zeros: fc.nat({ max: 20_000 }) }),
    );
    fc.assert(
      fc.property(fc.array(anyPiece, { maxLength: 12 }), (pieces) => {
        const writer = new BitWriter();
        let expected = '';
        for (const piece of pieces) {
          if ('zeros' in piece) {
            writer.putUnary(piece.zeros);
            expected += `${'0'.repeat(piece.zeros)}1`;
          } else {
            const value = (piece.fill * 1_048_583) % 2 ** piece.count;
            writer.put(value, piece.count);
            expected += value.toString(2).padStart(piece.count, '0');
          }
        }
        writer.align();
        expect(writer.length).toBe(Math.ceil(expected.length / 8));
        expect(spelled(writer.bytes())).toBe(expected.padEnd(8 * writer.length, '0'));
      }),
    );
  });
});
