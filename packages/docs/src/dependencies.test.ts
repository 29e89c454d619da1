import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));

type Manifest = {
  readonly private?: boolean;
  readonly license: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
};

/** Libraries that nobody imports, and that must be there for one that is: a peer of `@commander-js/extra-typings`, and the optional peers of `@vouchsafe/scorecard`. */
const FOR_OTHERS: Readonly<Record<string, readonly string[]>> = { cli: ['commander', 'vega', 'vega-lite'] };

const manifestAt = async (path: string): Promise<Manifest> =>
  JSON.parse(await readFile(`${root}packages/${path}/package.json`, 'utf8'));

/** What the files of a package that run import from others. `src/build` made the WebAssembly once and does not run. */
const importedBy = async (name: string): Promise<readonly string[]> => {
  const folder = `${root}packages/${name}/src`;
  const files = (await readdir(folder, { recursive: true })).filter(
    (file) => file.endsWith('.ts') && !/\.(test|long|fixture)\.|^(build|generated)\//.test(file),
  );
  const texts = await Promise.all(files.map((file) => readFile(`${folder}/${file}`, 'utf8')));
  const names = texts
    .flatMap((text) => [...text.matchAll(/^(?:import|export) (?:[^;']*? from )?'([^']+)'|import\('([^']+)'\)/gm)])
    .map(([, still, late]) => (still ?? late)!)
    .filter((specifier) => !/^(\.|node:|@vouchsafe\/)/.test(specifier))
    .map((specifier) => /^(@[^/]+\/)?[^/]+/.exec(specifier)![0]);
  return [...new Set(names)].sort();
};

describe('runtime dependencies', () => {
  const declared = new Map<string, readonly string[]>();
  beforeAll(async () => {
    for (const name of await readdir(`${root}packages`)) {
      const manifest = await manifestAt(name);
      if (manifest.private === true) continue;
      const all = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
      declared.set(name, all.filter((one) => !one.startsWith('@vouchsafe/')).sort());
    }
  });

  it('are those that the code imports, in each package', async () => {
    for (const [name, all] of declared) {
      const imported = await importedBy(name);
      expect([...imported, ...(FOR_OTHERS[name] ?? [])].sort(), name).toEqual(all);
    }
  });

  it('stand in the table, each with its licence, who needs it, and why', async () => {
    const table = await readFile(new URL('../dependencies.md', import.meta.url), 'utf8');
    const needed = new Map<string, string[]>();
    for (const [name, all] of declared) for (const one of all) needed.set(one, [...(needed.get(one) ?? []), name]);
    const listed = new Map<string, readonly string[]>();
    for (const [, libraries, licence, by, why] of table.matchAll(/^\| (`[^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$/gm)) {
      expect(why!.length, libraries).toBeGreaterThan(10);
      const names = by!.replace(/ \([^)]*\)/g, '').split(', ');
      for (const [, library] of libraries!.matchAll(/`([^`]+)`/g)) {
        listed.set(library!, [...(listed.get(library!) ?? []), ...names]);
        const from = needed.get(library!)?.[0];
        expect(from, `${library} is in the table and nobody needs it`).toBeDefined();
        expect((await manifestAt(`${from}/node_modules/${library}`)).license, library).toBe(licence);
      }
    }
    expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(needed));
  });
});
