import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Generated, generateReference } from './generate.ts';
import { publicPackages } from './packages.ts';

const repository = fileURLToPath(new URL('../../../../', import.meta.url)).replace(/\/$/, '');

const manifest = (name: string, ways: Readonly<Record<string, string>>, rest: object = {}): string =>
  JSON.stringify({
    name,
    description: `The ${name}.`,
    exports: Object.fromEntries(Object.entries(ways).map(([key, file]) => [key, { '@vouchsafe/source': file }])),
    ...rest,
  });

const LOW = '../../low/src/index.ts';

/** A house of two public packages and a private one. */
const HOUSE: Readonly<Record<string, string>> = {
  'tsconfig.json': JSON.stringify({ references: ['low', 'high', 'inner'].map((name) => ({ path: `packages/${name}` })) }),
  'packages/docs/README.md': '# Docs\n\nBegin here.\n\n## Try\n\nIt.\n',
  'packages/low/package.json': manifest('@a/low', { '.': './src/index.ts', './more': './src/more.ts' }),
  'packages/low/README.md': '# @a/low\n\nWhat [high](../high) stands on. [Steps](STEPS.md#one-two)\n',
  'packages/low/STEPS.md': '# Steps\n\n## One, two\n\nThree.\n',
  'packages/low/src/index.ts': `/** A size. */
export interface Size { readonly bytes: number }
/** A codec. */
export const Box = 1;
export type Box = typeof Box;
/**
 * Measures.
 * @param text in ASCII
 */
export const measure = ({ text }: { readonly text: string }): Size => ({ bytes: text.length });
`,
  'packages/low/src/more.ts':
    "/** More of {@link Size}. */\nexport const more = 2;\nimport type { Size } from './index.ts';\n/** Own. */\nexport type Own = Size;\n",
  'packages/high/package.json': manifest('@a/high', { '.': './src/index.ts' }),
  'packages/high/README.md': '# @a/high\n\nUses it.\n',
  'packages/high/src/index.ts': `import type { Size } from '${LOW}';\n/** Twice a size. */\nexport const twice = (size: Size): Size => size;\n`,
  'packages/inner/package.json': manifest('@a/inner', { '.': './src/index.ts' }, { private: true }),
};

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true });
});

const build = async (changes: Readonly<Record<string, string>> = {}): Promise<Generated & { readonly out: string }> => {
  const root = await mkdtemp(join(tmpdir(), 'vouchsafe-reference-'));
  folders.push(root);
  const files = { ...HOUSE, ...changes, 'tsconfig.base.json': await readFile(`${repository}/tsconfig.base.json`, 'utf8') };
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
  const out = join(root, 'out');
  return { ...(await generateReference({ root, out, pages: ['packages/low/STEPS.md'] })), out };
};

describe('the reference', () => {
  let good: Awaited<ReturnType<typeof build>>;
  const page = (name: string): Promise<string> => readFile(join(good.out, name), 'utf8');
  beforeAll(async () => {
    good = await build();
  });

  it('has a module for each entry point of each public package, and nothing to complain of', () => {
    expect(good.faults).toEqual([]);
    expect(good.modules).toBe(3);
  });

  it('begins with the docs and a table of packages; a README stands on its package’s page', async () => {
    const first = await page('index.html');
    expect(first).toContain('Begin here.');
    for (const module of ['low', 'low_more', 'high']) expect(first).toContain(`href="modules/_a_${module}.html"`);
    expect(first).not.toContain('inner');
    expect(await page('modules/_a_low.html')).toContain('stands on');
  });

  it('links types of one package from another, and pages from READMEs', async () => {
    expect(await page('functions/_a_high.twice.html')).toContain('href="../interfaces/_a_low.Size.html"');
    expect(await page('modules/_a_low.html')).toMatch(/href="\.\.\/documents\/Steps\.html#one-two"/);
    expect(await page('modules/_a_low.html')).toContain('href="_a_high.html"');
  });

  it('says of a parameter that is taken apart what its fields are, and of codec and type the same', async () => {
    const measure = await page('functions/_a_low.measure.html');
    expect(measure).toContain('in ASCII');
    expect(measure).not.toContain('__namedParameters');
    for (const kind of ['types', 'variables']) expect(await page(`${kind}/_a_low.Box.html`)).toContain('A codec.');
  });

  it('complains of what is not said, not exported, or not there', async () => {
    const { faults } = await build({
      'packages/high/src/index.ts': `interface Hidden { readonly a: number }
/** Links to {@link nobody}. */
export const twice = (hidden: Hidden): number => hidden.a;
/** @param other is not one of them */
export const thrice = (one: number): number => one;
export const silent = 3;
`,
      'packages/high/README.md': '# @a/high\n\nSee [steps](../low/STEPS.md#nowhere) and [that](MISSING.md).\n',
    });
    const all = faults.join('\n');
    for (const said of [/silent has no docstring/, /Hidden/, /"nobody"/, /"other"/, /STEPS|#nowhere/, /MISSING\.md/])
      expect(all).toMatch(said);
  });
});

describe('the packages of the house', () => {
  it('are all that are public, each with an entry point that is there', async () => {
    const packages = await publicPackages(repository);
    expect(packages.length).toBeGreaterThanOrEqual(17);
    for (const { name, readme, entryPoints } of packages) {
      expect(entryPoints.length, name).toBeGreaterThan(0);
      for (const path of [readme, ...entryPoints.map(({ file }) => file)])
        expect((await readFile(path)).length, path).toBeGreaterThan(0);
    }
  });
});
