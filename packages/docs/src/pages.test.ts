import { execFile } from 'node:child_process';
import { access, readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { codeBlocks } from '@vouchsafe/testkit';
import { describe, expect, it } from 'vitest';

const root = new URL('../../../', import.meta.url);
const folder = new URL('../', import.meta.url);
const read = (url: URL): Promise<string> => readFile(url, 'utf8');
const pages = (await readdir(folder)).filter((name) => name.endsWith('.md'));
const texts = new Map(await Promise.all(pages.map(async (name) => [name, await read(new URL(name, folder))] as const)));

/** The names that a site makes of a page's headings: lower case, marks taken off, a dash for each space. */
const anchorsOf = (text: string): readonly string[] =>
  [...text.matchAll(/^#{1,6} (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-'),
  );

const exists = (url: URL): Promise<boolean> =>
  access(url).then(
    () => true,
    () => false,
  );

/** Lines that are shown as commands to type, by indentation, outside of fences. */
const typed = (text: string): readonly string[] =>
  [...text.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/^ {4}(\S.*)$/gm)].map(([, line]) => line!);

describe('the pages', () => {
  it('are there, each with a link from the first one, and the project’s README has a link to that', async () => {
    expect(pages.length).toBeGreaterThanOrEqual(10);
    const first = texts.get('README.md')!;
    for (const name of pages) if (name !== 'README.md') expect(first, name).toContain(`](${name})`);
    expect(await read(new URL('README.md', root))).toContain('](packages/docs)');
  });

  it.each(pages)('%s: every link leads to a file, and to a heading in it', async (name) => {
    const broken: string[] = [];
    for (const [, link] of texts.get(name)!.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(link!)) continue;
      const [path, anchor] = link!.split('#') as [string, string?];
      const target = path === '' ? new URL(name, folder) : new URL(path, folder);
      if (!(await exists(target))) broken.push(link!);
      else if (anchor !== undefined && !anchorsOf(await read(target)).includes(decodeURIComponent(anchor))) broken.push(link!);
    }
    expect(broken).toEqual([]);
  });

  it.each(pages)('%s: blocks are of kinds that a test runs', (name) => {
    for (const { language, info, line } of codeBlocks(texts.get(name)!)) {
      expect(['sh', 'json', 'ts', 'csv', 'sql', 'toml'], `line ${line}`).toContain(language);
      // A document without a file name would be looked at by nobody.
      if (language !== 'sh' && language !== 'ts') expect(info, `line ${line}`).toHaveLength(1);
    }
  });

  it('commands that start with npm are scripts of the project, and cases of the benchmarks', async () => {
    const { scripts } = JSON.parse(await read(new URL('package.json', root)));
    const main = fileURLToPath(new URL('benchmarks/dist/main.js', root));
    const listed = await new Promise<string>((resolve) => {
      execFile(process.execPath, [main], (_error, stdout, stderr) => resolve(stdout + stderr));
    });
    const cases = [...listed.matchAll(/^ {2}(\w+) /gm)].map(([, name]) => name!);
    expect(cases).toContain('curve');
    let met = 0;
    for (const line of [...texts.values()].flatMap(typed)) {
      if (line.startsWith('npm install --global @vouchsafe/cli')) continue;
      if (line.startsWith('alias ')) {
        const [, path] = /^alias vouchsafe="node '\$PWD\/(.*)'"$/.exec(line)!;
        expect(await exists(new URL(path!, root)), line).toBe(true);
        continue;
      }
      const [, script, args = ''] = /^npm (?:run )?([\w:]+)(?: -- (.*?))?(?: {2,}#.*)?$/.exec(line) ?? [];
      expect(scripts, line).toHaveProperty([script ?? 'none']);
      const [first = ''] = args.split(' ');
      if (script === 'bench' && first !== '') expect([...cases, 'all', 'report'], line).toContain(first);
      met += 1;
    }
    expect(met).toBeGreaterThan(5);
  });
});
