import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { momentText, secondsOf, spanText } from './time-span.ts';

describe('a span of time', () => {
  it.each([
    ['7d', 604_800],
    ['36h', 129_600],
    ['90m', 5400],
    ['15s', 15],
    ['2w', 1_209_600],
    ['0', 0],
    ['0d', 0],
    ['3650d', 315_360_000],
  ])('%s is read', (written, seconds) => expect(secondsOf(written)).toBe(seconds));

  it.each(['', '7', '-1d', '1.5d', '7 d', '7D', 'd', '3651d', '9999999s', '1d2h', '١d'])('%j is none', (written) =>
    expect(secondsOf(written)).toBeUndefined(),
  );

  it.each([
    [0, '0 s'],
    [59, '59 s'],
    [3600, '1 h'],
    [3661, '1 h 1 min'],
    [90_000, '1 d 1 h'],
    // The next unit only, not one further down.
    [86_405, '1 d'],
    [604_799, '6 d 23 h'],
  ])('%i s is told in two units', (seconds, text) => expect(spanText(seconds)).toBe(text));

  it('is told short by less than its second unit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3650 * 86_400 }), (seconds) => {
        const told = spanText(seconds)
          .match(/\d+ (d|h|min|s)/g)!
          .reduce((sum, part) => sum + secondsOf(part.replace('min', 'm').replace(' ', ''))!, 0);
        expect(told).toBeLessThanOrEqual(seconds);
        expect(seconds - told).toBeLessThan(seconds >= 86_400 ? 3600 : 60);
      }),
    );
  });

  it('ends at a moment in UTC', () => expect(momentText(1_782_820_860)).toBe('2026-06-30 12:01 UTC'));
});
