import { readFile } from 'node:fs/promises';

/** One way into a package: the name by which it is imported, and the source file. */
export type EntryPoint = { readonly name: string; readonly file: string };

/** A public package: its name, one sentence on it, its README, and its entry points, the main one first. */
export type PublicPackage = {
  readonly name: string;
  readonly description: string;
  readonly readme: string;
  readonly entryPoints: readonly EntryPoint[];
};

type Manifest = {
  readonly name: string;
  readonly private?: boolean;
  readonly description: string;
  readonly exports: Readonly<Record<string, { readonly '@vouchsafe/source': string }>>;
};

/** The public packages in the order in which they build on each other, which is that of the root's `tsconfig.json`. All paths are absolute. */
export const publicPackages = async (root: string): Promise<readonly PublicPackage[]> => {
  const { references } = JSON.parse(await readFile(`${root}/tsconfig.json`, 'utf8')) as {
    readonly references: readonly { readonly path: string }[];
  };
  const found: PublicPackage[] = [];
  for (const { path } of references) {
    const folder = `${root}/${path}`;
    const manifest = JSON.parse(await readFile(`${folder}/package.json`, 'utf8')) as Manifest;
    if (manifest.private === true) continue;
    found.push({
      name: manifest.name,
      description: manifest.description,
      readme: `${folder}/README.md`,
      entryPoints: Object.entries(manifest.exports).map(([key, target]) => ({
        name: manifest.name + key.slice(1),
        file: `${folder}/${target['@vouchsafe/source'].slice(2)}`,
      })),
    });
  }
  return found;
};
