import { describe, expect, it } from 'vitest';
import { endure } from './hostile.test.rounds.ts';

describe('a thousand dripping sockets and fifty pouring ones for a minute', () => {
  it('keep nobody from an answer, take less than 256 MiB, and leave a health check under 100 ms', async () => {
    const { figures: _, ...outcome } = await endure({ drips: 1000, floods: 50, ms: 60_000, everyMs: 250 });
    process.stdout.write(`${JSON.stringify(outcome)}\n`);
    expect(outcome).toMatchObject({ failed: 0, wrong: 0 });
    expect(outcome.answered).toBeGreaterThan(100);
    expect(outcome.grownMiB).toBeLessThan(256);
    expect(outcome.healthP99Ms).toBeLessThan(100);
  });
});
