import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requestedRange } from './byte-range.ts';

const FILE = { size: 1000, tag: '"abc"' };
const ask = (range: string | null, ifRange: string | null = null) => requestedRange({ range, ifRange }, FILE);

describe('a range of a file', () => {
  it.each([
    ['bytes=0-', { from: 0, to: 1000 }],
    ['bytes=10-19', { from: 10, to: 20 }],
    ['bytes=999-', { from: 999, to: 1000 }],
    ['bytes=990-5000', { from: 990, to: 1000 }],
    ['bytes=-100', { from: 900, to: 1000 }],
    ['bytes=-5000', { from: 0, to: 1000 }],
    ['bytes=1000-', 'unsatisfiable'],
    ['bytes=1000-1001', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
  ] as const)('%s is %o', (range, expected) => {
    expect(ask(range)).toEqual(expected);
  });

  it.each([
    null,
    '',
    'bytes=',
    'bytes=-',
    'bytes=20-10',
    'bytes=0-1,5-6',
    'lines=0-9',
    'bytes=0x1-',
    'bytes=1-2 ',
    'bytes=1234567890123-',
  ])('%s is none: the whole file', (range) => {
    expect(ask(range)).toBeUndefined();
  });

  it('is given of the very file that was meant only', () => {
    expect(ask('bytes=5-', '"abc"')).toEqual({ from: 5, to: 1000 });
    for (const other of ['"abd"', 'W/"abc"', 'abc', '']) expect(ask('bytes=5-', other)).toBeUndefined();
  });

  it('lies within the file, whatever the header says', () => {
    const header = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.tuple(fc.nat(3000), fc.nat(3000)).map(([a, b]) => `bytes=${a}-${b}`),
      fc.stringMatching(/^bytes=[0-9,-]{0,20}$/),
    );
    fc.assert(
      fc.property(header, fc.option(fc.constantFrom('"abc"', '"x"')), fc.nat(2000), (range, ifRange, size) => {
        const part = requestedRange({ range, ifRange }, { ...FILE, size });
        if (typeof part !== 'object') return;
        if (!(part.from >= 0 && part.from < part.to && part.to <= size)) throw new Error(`${part.from}-${part.to} of ${size}`);
      }),
      { numRuns: 20_000 },
    );
  });
});
