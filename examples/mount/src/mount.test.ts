import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));

describe('a holder inside a server that is there already', () => {
  it('is sealed, asked and answers, with bodies as they were signed, in each of them', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [main]);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    // Two lenders that each know n loans of person n; and what the server did before, it still does.
    const line = (mount: string, person: number) => ({ mount, own: 'our own back end', loans: { total: 2 * person } });
    expect(lines).toMatchObject([line('hono', 7), line('express', 8), line('fastify', 9), line('node-http', 10)]);
  });

  it('says how to run it', async () => {
    const called = promisify(execFile)(process.execPath, [main, 'koa']);
    await expect(called).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('express') });
  });
});
