import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareBytes, concatBytes, createSpill, memoryKv, rowOf } from './index.ts';

const PAYLOAD = 3;
const WIDTH = 32 + PAYLOAD;
/** Few different keys, so that some come twice; many in one partition. */
const row = fc
  .tuple(fc.constantFrom(0, 1, 7, 255), fc.nat(5), fc.uint8Array({ minLength: PAYLOAD, maxLength: PAYLOAD }))
  .map(([first, last, payload]) => concatBytes(Uint8Array.of(first), new Uint8Array(30), Uint8Array.of(last), payload));
const batches = fc.array(fc.array(row, { maxLength: 9 }), { maxLength: 6 });
const pause = (): Promise<void> => setImmediate();

describe('a spill', () => {
  it('gives its rows back in the order of their keys, the first of each key, whatever the batches and pieces', async () => {
    await fc.assert(
      fc.asyncProperty(batches, fc.integer({ min: 1, max: 7 }), fc.boolean(), async (given, piece, covered) => {
        const kv = memoryKv();
        const names = new Set<string>();
        const cover = {
          seal: (name: string, bytes: Uint8Array) => {
            names.add(name);
            return bytes.map((b) => b ^ 0x5a);
          },
          open: (name: string, bytes: Uint8Array) => {
            expect(names.has(name)).toBe(true);
            return bytes.map((b) => b ^ 0x5a);
          },
        };
        const spill = createSpill({
          kv,
          table: 'spill',
          prefix: [7, 'a'],
          payload: PAYLOAD,
          pause,
          ...(covered ? { cover } : {}),
        });
        const other = createSpill({ kv, table: 'spill', prefix: [7, 'b'], payload: PAYLOAD, pause });
        let number = 0;
        const all: { readonly bytes: Uint8Array; readonly number: number }[] = [];
        for (const [batch, rows] of given.entries()) {
          const first = number;
          for (const bytes of rows) all.push({ bytes, number: number++ });
          await kv.commit((writer) => spill.add(writer, batch, { rows: concatBytes(...rows), numbers: (i) => first + i }));
          await kv.commit((writer) => other.add(writer, batch, { rows: new Uint8Array(WIDTH).fill(9), numbers: () => batch }));
        }
        const keyOf = ({ bytes }: { readonly bytes: Uint8Array }) => bytes.subarray(0, 32);
        const isDuplicate = (one: (typeof all)[number]) =>
          all.some((two) => two.number < one.number && compareBytes(keyOf(one), keyOf(two)) === 0);
        const expected = all.filter((one) => !isDuplicate(one)).sort((a, b) => compareBytes(keyOf(a), keyOf(b)));
        const duplicates: number[] = [];
        const count = await spill.count((n) => duplicates.push(n));
        expect(count.rows).toBe(expected.length);
        expect(duplicates.sort((a, b) => a - b)).toEqual(all.filter(isDuplicate).map((one) => one.number));
        const read: Uint8Array[] = [];
        for (let from = 0; from < count.rows; from += piece) read.push(await spill.read(count, from, piece));
        const whole = concatBytes(...expected.map(({ bytes }) => bytes));
        expect(concatBytes(...read)).toEqual(whole);
        const uncounted = spill.reader();
        const [half, rest] = [Math.floor(count.rows / 2), count.rows];
        expect(await uncounted(half, rest)).toEqual(whole.subarray(half * WIDTH));
        expect(await uncounted(0, half)).toEqual(whole.subarray(0, half * WIDTH));
        expect(rowOf(await spill.read(count, 0, 1), WIDTH, 0)).toEqual(expected[0]?.bytes ?? new Uint8Array(0));
      }),
      { numRuns: 60 },
    );
  });
});
