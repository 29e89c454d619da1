import { i2osp } from '@vouchsafe/core';

/** A number as a key, 6 bytes, in the order of numbers. */
export const keyOf = (n: number): Uint8Array => i2osp(n, 6);

/** The number of a key; 0 when there is none. */
export const numberOf = (key: Uint8Array | undefined): number => (key === undefined ? 0 : Buffer.from(key).readUIntBE(0, 6));

/** A value that belongs to its number: 1 to 2,000 bytes, now and then 20,000, which take pages of their own. */
export const contentOf = (n: number): Uint8Array => {
  const length = n % 100 === 0 ? 20_000 : 1 + ((n * 7919) % 2000);
  const value = new Uint8Array(length);
  for (let i = 0; i < length; i++) value[i] = (n * 31 + i * 7) & 255;
  return value;
};
