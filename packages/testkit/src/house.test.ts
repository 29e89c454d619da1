import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** The arrows between packages: who may import whom. Whoever adds one reads CONTRIBUTING.md first. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  core: [],
  testkit: ['core'],
  'store-lmdb': ['core'],
  identity: ['core'],
  kernels: ['core'],
  group: ['core', 'kernels'],
  oprf: ['core', 'group'],
  join: ['core', 'group'],
  psi: ['core', 'group', 'kernels', 'oprf'],
  privacy: ['core'],
  audit: ['core', 'group', 'join', 'oprf'],
  protocol: ['core'],
  scorecard: ['core'],
  consent: ['core', 'group', 'identity', 'join', 'oprf', 'protocol'],
  holder: ['audit', 'consent', 'core', 'group', 'identity', 'join', 'oprf', 'privacy', 'protocol', 'psi'],
  querier: ['audit', 'consent', 'core', 'group', 'identity', 'join', 'oprf', 'privacy', 'protocol', 'psi', 'scorecard'],
  service: ['core', 'holder', 'protocol'],
  console: ['audit', 'core', 'holder'],
  cli: ['audit', 'consent', 'console', 'core', 'holder', 'identity', 'protocol', 'querier', 'scorecard', 'service', 'store-lmdb'],
  docs: [],
};

/** Tests may also use the test kit, those of the querier a real holder, those of the service and the console their queriers, the scorecard's real noise, and those of a store the parties whose state it keeps. */
const TEST_ARROWS: Readonly<Record<string, readonly string[]>> = {
  querier: ['holder'],
  service: ['querier'],
  console: ['protocol', 'querier'],
  scorecard: ['privacy'],
  'store-lmdb': ['audit', 'holder', 'protocol', 'querier'],
};

const packages = (await readdir(`${root}packages`, { withFileTypes: true }))
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

const sources = async (name: string): Promise<readonly { readonly file: string; readonly text: string }[]> => {
  const folder = `${root}packages/${name}/src`;
  const files = (await readdir(folder, { recursive: true })).filter(
    (file) => file.endsWith('.ts') && !file.includes('generated'),
  );
  return Promise.all(files.map(async (file) => ({ file, text: await readFile(`${folder}/${file}`, 'utf8') })));
};

const importsOf = (text: string): readonly string[] =>
  [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, specifier]) => specifier!);

describe('the house', () => {
  it('has an arrow list for each package, and the list has no cycle', () => {
    expect(packages.filter((name) => !(name in ARROWS))).toEqual([]);
    const order = Object.keys(ARROWS);
    for (const [name, targets] of Object.entries(ARROWS))
      for (const target of targets) expect(order.indexOf(target), `${name} → ${target}`).toBeLessThan(order.indexOf(name));
  });

  it.each(packages)('%s imports only along its arrows, by package name, never into another package’s files', async (name) => {
    for (const { file, text } of await sources(name)) {
      const test = /\.(test|long)\.ts$|\.test\./.test(file);
      const allowed = [...ARROWS[name]!, ...(test ? ['testkit', ...(TEST_ARROWS[name] ?? [])] : [])];
      for (const specifier of importsOf(text)) {
        const target = /^@vouchsafe\/([^/]+)/.exec(specifier)?.[1];
        if (target !== undefined) expect(allowed, `${name}/src/${file} imports ${specifier}`).toContain(target);
        const depth = file.split('/').length - 1;
        if (specifier.startsWith('.'))
          expect(specifier.split('../').length - 1, `${name}/src/${file} imports ${specifier}`).toBeLessThanOrEqual(depth);
      }
    }
  });

  it.each(packages)('%s declares in package.json what it imports, and in tsconfig.json what it refers to', async (name) => {
    const manifest = JSON.parse(await readFile(`${root}packages/${name}/package.json`, 'utf8'));
    const declared = Object.keys(manifest.dependencies ?? {}).filter((key) => key.startsWith('@vouchsafe/'));
    for (const key of declared) expect(ARROWS[name]).toContain(key.slice('@vouchsafe/'.length));
    const tsconfig = JSON.parse(await readFile(`${root}packages/${name}/tsconfig.json`, 'utf8'));
    const referred = tsconfig.references.map(({ path }: { path: string }) => path.replace('../', ''));
    const tested = Object.keys(manifest.devDependencies ?? {}).filter((key) => key.startsWith('@vouchsafe/'));
    expect([...referred].sort()).toEqual([...declared, ...tested].map((key) => key.slice('@vouchsafe/'.length)).sort());
    expect(manifest.license).toBe('Apache-2.0');
    expect(manifest.type).toBe('module');
  });

  it('keeps registry addresses out of the lock file', async () => {
    expect(await readFile(`${root}pnpm-lock.yaml`, 'utf8')).not.toMatch(/https?:\/\/\S+\.tgz/);
  });
});
