import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRelease, DEFAULT_TICK, type LateAnswer, NO_TICK, stepMs } from './release-tick.ts';

const sizes = { subjects: 12, slots: 6 };
/** (12 + 8)·(6 + 4) cells: a step of 10 + 2 ms. */
const tick = { baseMs: 10, cellMs: 0.01 };

const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('the release tick', () => {
  let late: LateAnswer[];
  beforeEach(() => {
    late = [];
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** When the outcome of work is there, in milliseconds from the beginning. */
  const releasedAt = async (work: () => Promise<unknown>, table = tick): Promise<number> => {
    const start = performance.now();
    let at = Number.NaN;
    const released = createRelease(table, (answer) => late.push(answer))(sizes, work).finally(() => {
      at = performance.now() - start;
    });
    released.catch(() => undefined);
    await vi.runAllTimersAsync();
    return at;
  };

  it('gives an answer after one step, however long the work took of it', async () => {
    for (const ms of [0, 1, 5, 11]) expect(await releasedAt(() => after(ms))).toBe(12);
    expect(await releasedAt(async () => 'at once')).toBe(12);
    expect(late).toEqual([]);
  });

  it('gives one that takes longer at a later whole step, and says so', async () => {
    expect(await releasedAt(() => after(13))).toBe(24);
    expect(await releasedAt(() => after(59))).toBe(60);
    expect(late).toEqual([
      { ...sizes, steps: 2, stepMs: 12 },
      { ...sizes, steps: 5, stepMs: 12 },
    ]);
  });

  it('gives a failure when it would give an answer', async () => {
    const failing = async (): Promise<never> => {
      throw new Error('full');
    };
    expect(await releasedAt(failing)).toBe(12);
    const released = createRelease(tick, () => undefined)(sizes, failing);
    const caught = expect(released).rejects.toThrow('full');
    await vi.runAllTimersAsync();
    await caught;
  });

  it('does not wait where the table says nothing', async () => {
    expect(await releasedAt(() => after(3), NO_TICK)).toBe(3);
  });

  it('has a step of a few milliseconds for a signal, and grows with subjects and slots only', () => {
    expect(stepMs(DEFAULT_TICK, { subjects: 1, slots: 8 })).toBeLessThan(10);
    expect(stepMs(DEFAULT_TICK, { subjects: 10_000, slots: 8 })).toBeLessThan(2000);
    expect(stepMs(DEFAULT_TICK, { subjects: 100, slots: 8 })).toBeGreaterThan(stepMs(DEFAULT_TICK, { subjects: 100, slots: 1 }));
  });
});
