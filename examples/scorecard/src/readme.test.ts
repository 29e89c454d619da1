import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const read = (path: string): Promise<string> => readFile(new URL(path, import.meta.url), 'utf8');
const run = (program: string, ...args: string[]) =>
  promisify(execFile)(process.execPath, [fileURLToPath(new URL(`../dist/${program}`, import.meta.url)), ...args]);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scorecard-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('the package’s README', () => {
  it('shows the first program, to the letter, and it runs', async () => {
    const blocks = [...(await read('../../../packages/scorecard/README.md')).matchAll(/```ts\n([\s\S]*?)```/g)].map(
      ([, code]) => code,
    );
    expect(blocks).toEqual([await read('first.ts')]);
    const { stdout } = await run('first.js');
    expect(stdout).toContain("_tag: 'Scored'");
  });
});

describe('the example', () => {
  it('fits synthetic totals, explains single subjects, agrees with SQL, writes its files', async () => {
    const { stdout, stderr } = await run('main.js', '--json', '--out', folder);
    expect(JSON.parse(stdout.trim().split('\n').at(-1)!)).toMatchObject({ ok: true, characteristics: expect.any(Number) });
    expect(stderr).toContain('somebody unknown: No score');
    expect(stderr).toMatch(/HISTORY_SHORT: .+ \| \p{Script=Han}/u);
    expect(await readFile(join(folder, 'report.html'), 'utf8')).toContain('<svg');
    expect(JSON.parse(await readFile(join(folder, 'scorecard.json'), 'utf8'))).toMatchObject({ format: 'vouchsafe-scorecard' });
    expect(await readFile(join(folder, 'score.sql'), 'utf8')).toContain('CASE');
  });

  it('fits a CSV file, and says what is wrong with a call or a file', async () => {
    const file = join(folder, 'people.csv');
    const rows = Array.from(
      { length: 900 },
      (_, i) => `${i},${(i * 7919) % 1000},${'abc'[i % 3]},${(i * 613) % 1400 < (i * 7919) % 1000 ? 'yes' : 'no'}`,
    );
    await writeFile(file, `id,owed,home,late\n${rows.join('\n')}\n`);
    const good = ['--data', file, '--outcome', 'late', '--bad', 'yes', '--exclude', 'id', '--out', folder];
    expect((await run('main.js', ...good)).stderr).toContain('the same scores to the last digit');
    const fails = (args: readonly string[]) =>
      run('main.js', ...args).then(
        () => 'ran',
        (error: { stderr: string }) => error.stderr,
      );
    expect(await fails(['--data', file])).toContain('--data needs --outcome');
    expect(await fails(['--data', file, '--outcome', 'none'])).toContain(
      'the file has no column "none"; it has id, owed, home, late',
    );
    expect(await fails(['--data', join(folder, 'nowhere.csv'), '--outcome', 'late'])).toContain('cannot be read as CSV');
    expect(await fails(['--data', file, '--outcome', 'late', '--bad', 'never'])).toContain('OneClass');
    expect(await fails(['--wrong'])).toContain('Usage');
  });
});
