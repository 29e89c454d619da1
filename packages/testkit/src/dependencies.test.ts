import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** What users get with the public packages: dependencies of every sort, by name. */
const runtimeDependencies = async (): Promise<ReadonlySet<string>> => {
  const names = new Set<string>();
  for (const folder of await readdir(`${root}packages`)) {
    const manifest = JSON.parse(await readFile(`${root}packages/${folder}/package.json`, 'utf8'));
    if (manifest.private === true) continue;
    for (const kind of ['dependencies', 'optionalDependencies', 'peerDependencies'])
      for (const name of Object.keys(manifest[kind] ?? {})) if (!name.startsWith('@vouchsafe/')) names.add(name);
  }
  return names;
};

describe('the table of libraries in the README', async () => {
  const readme = await readFile(`${root}README.md`, 'utf8');
  const table = readme.slice(readme.indexOf('## What it is built on'));
  const rows = [...table.matchAll(/^\| (.+?) \| (.+?) \|$/gm)]
    .map(([, names, reason]) => ({ names: names!.split(', '), reason: reason! }))
    .filter(({ names }) => names[0] !== 'Library');

  it('has every runtime dependency of the public packages, each once, and no other', async () => {
    const named = rows.flatMap(({ names }) => names);
    expect([...named].sort()).toEqual([...(await runtimeDependencies())].sort());
  });

  it('says for each what it is for', () => {
    for (const { names, reason } of rows) expect(reason.length, names.join(', ')).toBeGreaterThan(15);
  });
});
