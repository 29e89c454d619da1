import { describe, expect, it } from 'vitest';
import { NETWORKS, secondsOver } from './model.ts';

const [lan, , slow] = NETWORKS;

describe('the network model', () => {
  it('adds computing, bytes of both directions and round trips', () => {
    const exchange = { median: 2, sent: 500_000, received: 750_000, turns: 10 };
    // 1.25 MB are 10 Mbit.
    expect(secondsOver(lan!, exchange)).toBeCloseTo(2 + 0.01 + 0.01, 12);
    expect(secondsOver(slow!, exchange)).toBeCloseTo(2 + 1 + 0.8, 12);
  });

  it('costs nothing where nothing goes over the wire', () => {
    for (const network of NETWORKS) expect(secondsOver(network, { median: 3, sent: 0, received: 0, turns: 0 })).toBe(3);
  });
});
