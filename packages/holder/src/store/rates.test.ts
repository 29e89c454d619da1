import { E } from '@vouchsafe/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withinRate } from './rates.ts';

const START = 1_800_000_000_000;

describe('a rate limit', () => {
  it('lets through so many in any minute, whenever they come, and says when there is room again', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.integer({ min: 0, max: 30_000 }), { maxLength: 60 }),
        (perMinute, waits) => {
          let now = START;
          let times: readonly number[] = [];
          const answered: number[] = [];
          for (const wait of waits) {
            now += wait;
            const next = withinRate(times, { perMinute, now });
            if (E.isRight(next)) {
              times = next.right;
              answered.push(now);
            } else {
              const { retryAfter } = next.left;
              expect(E.isRight(withinRate(times, { perMinute, now: now + retryAfter * 1000 }))).toBe(true);
              expect(retryAfter > 1 && E.isRight(withinRate(times, { perMinute, now: now + (retryAfter - 1) * 1000 }))).toBe(
                false,
              );
            }
            const minute = answered.filter((time) => time > now - 60_000);
            expect(minute.length).toBeLessThanOrEqual(perMinute);
            // It never refuses while there is room.
            expect(E.isLeft(next) && minute.length < perMinute).toBe(false);
          }
          expect(times.length).toBeLessThanOrEqual(perMinute);
        },
      ),
    );
  });

  it('brings nothing back when the clock is put back a little, and is not locked by one that was far ahead', () => {
    const full = [START, START + 1000];
    expect(E.isLeft(withinRate(full, { perMinute: 2, now: START - 50_000 }))).toBe(true);
    expect(E.isRight(withinRate(full, { perMinute: 2, now: START - 86_400_000 }))).toBe(true);
  });

  it('that was cut counts what came before it', () => {
    const full = [1, 2, 3, 4].map((i) => START + i * 10_000);
    const cut = withinRate(full, { perMinute: 2, now: START + 40_000 });
    // Only when the third of the four is a minute old are there fewer than two.
    expect(cut).toMatchObject({ left: { _tag: 'RateExceeded', retryAfter: 50 } });
  });
});
