import { describe, expect, it } from 'vitest';
import { measurement } from './measurement.ts';
import { interleaved, roundsOf } from './rounds.ts';

describe('a measurement', () => {
  it('has median, ends and number of its rounds', () => {
    const said = { name: 'match', backend: 'plain', n: 10, warmUp: 1 };
    expect(measurement({ ...said, seconds: [3, 1, 2] })).toMatchObject({
      median: 2,
      min: 1,
      max: 3,
      rounds: 3,
      by: 'vouchsafe',
      threads: 1,
    });
    expect(measurement({ ...said, seconds: [1] }).rssMiB).toBeGreaterThan(1);
    expect(() => measurement({ ...said, seconds: [] })).toThrow(RangeError);
  });
});

describe('rounds', () => {
  it('let contenders take turns, and do not count the first round', async () => {
    const order: string[] = [];
    const contender = (name: string, count: number) => ({ name, count, run: () => order.push(name) });
    const times = await roundsOf([contender('a', 1), contender('b', 2)], 2);
    expect(order).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
    expect([...times].map(([name, list]) => [name, list.length])).toEqual([
      ['a', 2],
      ['b', 2],
    ]);
  });

  it('tell the median microseconds of an element', async () => {
    const wait = () => new Promise((resolve) => setTimeout(resolve, 20));
    const times = await interleaved([{ name: 'a', count: 4, run: wait }], 3);
    expect(times.get('a')).toBeGreaterThan(4000);
    expect(times.get('a')).toBeLessThan(100_000);
  });
});
