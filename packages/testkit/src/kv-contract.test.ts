import { memoryKv } from '@vouchsafe/core';
import { expect, it } from 'vitest';
import { kvContract } from './kv-contract.ts';

kvContract('memory', async () => {
  const kv = memoryKv();
  return { kv, end: () => kv.close() };
});

it('memory takes 10^5 keys in random order in a second or two', async () => {
  const kv = memoryKv();
  const before = process.cpuUsage();
  const key = new Uint8Array(8);
  const view = new DataView(key.buffer);
  await kv.commit((writer) => {
    for (let i = 0; i < 100_000; i++) {
      view.setUint32(0, Math.imul(i, 2_654_435_761));
      writer.put('t', key, key);
    }
  });
  // A list that is moved or sorted as a whole for each key takes minutes. Measured as work, since the machine may be busy.
  expect(process.cpuUsage(before).user).toBeLessThan(10_000_000);
  expect(kv.read((reader) => [...reader.range('t')].length)).toBe(100_000);
});
