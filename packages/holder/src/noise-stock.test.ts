import { rational } from '@vouchsafe/core';
import { describe, expect, it, vi } from 'vitest';
import { createNoiseStock, lawOf, lawsOf, type NoiseLaw } from './noise-stock.ts';

/** A law whose samples are numbered in the order in which they were drawn. */
const numbered = (name: string): { readonly law: NoiseLaw; readonly drawn: () => number } => {
  let drawn = 0;
  return { law: { name, draw: () => BigInt(drawn++) }, drawn: () => drawn };
};

/** Waits until nothing more is drawn. */
const filled = async (drawn: () => number): Promise<void> => {
  await vi.waitFor(() => expect(drawn()).toBeGreaterThan(1));
  for (let before = -1; before !== drawn(); ) {
    before = drawn();
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
};

describe('the stock of noise', () => {
  it('gives each sample once, and from the second query on those that were there before it came', async () => {
    const { law, drawn } = numbered('a');
    const stock = createNoiseStock();
    expect(stock.take(law)).toBe(0n);
    expect(drawn()).toBe(1);
    await filled(drawn);
    const before = drawn();
    expect(before).toBeGreaterThan(16);
    const taken = Array.from({ length: 16 }, () => stock.take(law));
    // None was drawn meanwhile.
    expect(drawn()).toBe(before);
    expect(taken).toEqual(Array.from({ length: 16 }, (_, i) => BigInt(i + 1)));
    await filled(drawn);
    expect(drawn()).toBe(before + 16);
    stock.close();
  });

  it('draws what a quote says will be needed', async () => {
    const { law, drawn } = numbered('quoted');
    const stock = createNoiseStock();
    stock.expect([law]);
    expect(drawn()).toBe(0);
    await filled(drawn);
    const before = drawn();
    stock.take(law);
    expect(drawn()).toBe(before);
    stock.close();
  });

  it('keeps laws apart, also one that comes while it fills up, and forgets those that were used longest ago', async () => {
    const stock = createNoiseStock();
    const all = Array.from({ length: 200 }, (_, i) => numbered(`law ${i}`));
    for (const { law } of all.slice(0, 100)) stock.take(law);
    await new Promise((resolve) => setTimeout(resolve, 11));
    for (const { law } of all.slice(100)) stock.take(law);
    await filled(() => all.reduce((sum, { drawn }) => sum + drawn(), 0) - 200);
    const drawnFor = ({ law, drawn }: (typeof all)[number]): number => {
      const before = drawn();
      stock.take(law);
      return drawn() - before;
    };
    expect(all.slice(100).map(drawnFor)).toEqual(Array.from({ length: 100 }, () => 0));
    expect(drawnFor(all[0]!)).toBe(1);
    stock.close();
  });

  it('draws nothing more once it is closed', async () => {
    const { law, drawn } = numbered('a');
    const stock = createNoiseStock();
    stock.take(law);
    stock.close();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(drawn()).toBe(1);
  });

  it('has a law for the threshold and each slot with noise', () => {
    const laplace = { kind: 'laplace', scale: rational(3) } as const;
    const gaussian = { kind: 'gaussian', variance: rational(3) } as const;
    const laws = lawsOf({ threshold: laplace, slots: [{ noise: gaussian }, { noise: undefined }] as never });
    expect(laws.map(({ name }) => name)).toEqual([lawOf(laplace).name, lawOf(gaussian).name]);
    // Another distribution with the same parameter is another law.
    expect(new Set(laws.map(({ name }) => name)).size).toBe(2);
  });
});
