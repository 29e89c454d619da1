import { describe, expect, it } from 'vitest';
import { endure } from './hostile.test.rounds.ts';

describe('a hundred hostile sockets for five seconds', () => {
  it('keep nobody from an answer, and take no memory', async () => {
    const { answered, failure, wrong, probes, grownMiB, closed, figures } = await endure({
      drips: 70,
      floods: 30,
      ms: 5000,
      everyMs: 20,
    });
    // No time is asked for here: this runs beside other tests.
    expect({ failure, wrong }).toEqual({ failure: undefined, wrong: 0 });
    expect(answered).toBeGreaterThan(5);
    expect(probes).toBeGreaterThan(5);
    expect(grownMiB).toBeLessThan(256);
    // The attack came through to what stops it.
    expect(closed).toBeGreaterThan(50);
    for (const reason of ['HeaderTooLarge', 'BodyTooLarge', 'Pipelined']) expect(figures).toContain(`reason="${reason}"`);
  });
});
