import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const read = (path: string): Promise<string> => readFile(new URL(path, import.meta.url), 'utf8');

describe('the README', async () => {
  const readme = await read('../../../README.md');
  const blocks = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code);

  it('shows these two programs, to the letter', async () => {
    expect(blocks).toEqual([await read('holder.ts'), await read('bureau.ts')]);
  });

  it('and they run: two holders with files of their own, one bureau, one total', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [fileURLToPath(new URL('../dist/run.js', import.meta.url))]);
    const totals = JSON.parse(stdout.trim().split('\n').at(-1)!);
    expect(totals).toMatchObject({ asked: 120, holders: ['lender-a', 'lender-b'] });
    const present = totals.columns.find((column: { column: string }) => column.column === 'present');
    // 2 × 90 relationships, or fewer where a holder suppressed; never outside the noise.
    expect(Math.abs(present.total - 90 * (2 - totals.suppressed.length))).toBeLessThanOrEqual(present.plusMinus.bound);
  });
});
