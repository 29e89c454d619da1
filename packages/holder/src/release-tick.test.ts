import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRelease, DEFAULT_TICK, type LateAnswer, NO_TICK, stepMs } from './release-tick.ts';

const sizes = { subjects: 12, slots: 8 };
/** (12 + 8)·(8 + 12) cells: a step of 10 + 4 ms. */
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
    for (const ms of [0, 1, 5, 11]) expect(await releasedAt(() => after(ms))).toBe(14);
    expect(await releasedAt(async () => 'at once')).toBe(14);
    expect(late).toEqual([]);
  });

  it('gives one that takes longer at a later whole step, and says so', async () => {
    expect(await releasedAt(() => after(15))).toBe(28);
    expect(await releasedAt(() => after(69))).toBe(70);
    expect(late).toEqual([
      { ...sizes, steps: 2, stepMs: 14 },
      { ...sizes, steps: 5, stepMs: 14 },
    ]);
  });

  it('gives a failure when it would give an answer', async () => {
    const failing = async (): Promise<never> => {
      throw new Error('full');
    };
    expect(await releasedAt(failing)).toBe(14);
    const released = createRelease(tick, () => undefined)(sizes, failing);
    const caught = expect(released).rejects.toThrow('full');
    await vi.runAllTimersAsync();
    await caught;
  });

  it('does not wait where the table says nothing', async () => {
    expect(await releasedAt(() => after(3), NO_TICK)).toBe(3);
  });

  it('has a step of a few milliseconds for a signal, and grows with subjects and slots only', () => {
    expect(stepMs(DEFAULT_TICK, { subjects: 1, slots: 8 })).toBeLessThan(11);
    expect(stepMs(DEFAULT_TICK, { subjects: 10_000, slots: 8 })).toBeLessThan(2500);
    expect(stepMs(DEFAULT_TICK, { subjects: 100, slots: 8 })).toBeGreaterThan(stepMs(DEFAULT_TICK, { subjects: 100, slots: 1 }));
  });
});
