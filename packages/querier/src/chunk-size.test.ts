import { MAX_BODY_BYTES } from '@vouchsafe/protocol';
import { describe, expect, it } from 'vitest';
import { createChunkSize } from './chunk-size.ts';

describe('the size of a chunk', () => {
  it('grows to 1,024 rows while chunks come quickly, and shrinks while they are slow', () => {
    const size = createChunkSize(16 * 32);
    const seen = Array.from({ length: 7 }, () => {
      size.took(100);
      return size.rows();
    });
    expect(seen).toEqual([128, 256, 512, 1024, 1024, 1024, 1024]);
    size.took(5000);
    expect(size.rows()).toBe(1024);
    size.took(20_000);
    expect(size.rows()).toBe(512);
    for (let i = 0; i < 20; i++) size.took(20_000);
    expect(size.rows()).toBe(1);
  });

  it('is shorter for long rows, and always fits a body', () => {
    for (const slots of [1, 14, 64, 1000, 4097]) {
      const rowBytes = (slots + 2) * 32;
      const size = createChunkSize(rowBytes);
      for (let i = 0; i < 10; i++) size.took(0);
      expect(size.rows() * rowBytes).toBeLessThan(MAX_BODY_BYTES);
      expect(size.rows()).toBe(Math.max(1, Math.min(1024, Math.floor(16_384 / (slots + 2)))));
    }
  });
});
