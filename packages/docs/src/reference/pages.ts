import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  type Application,
  type Context,
  DocumentReflection,
  MinimalSourceFile,
  type NormalizedPath,
  type ProjectReflection,
} from 'typedoc';
import type { PublicPackage } from './packages.ts';

/** Links to what is in the repository and not in the reference (examples, benchmarks, how to contribute): their text stays. */
const withoutOutside = (markdown: string): string =>
  markdown.replace(/\[([^\]]+)\]\((?:\.\.\/)*(?:examples|benchmarks|README\.md|CONTRIBUTING\.md)(?:[/#][\w-]+)?\)/g, '$1');

/** What the reference begins with: the first page of the docs, and, before the role of each reader, a table of all packages. */
const frontPage = (docs: string, packages: readonly PublicPackage[]): string => {
  const rows = packages.map(({ description, entryPoints }) => {
    const ways = entryPoints.map(({ name }) => `{@linkcode ${name}! | ${name}}`);
    return `| ${ways.join('<br>')} | ${description} |`;
  });
  const [start, ...rest] = docs.replace(/^# .*\n/, '').split('\n## ');
  const table = `Packages\n\n| Import | What it is |\n|---|---|\n${rows.join('\n')}\n`;
  return [start, table, ...rest].join('\n## ');
};

/** Puts READMEs on the pages of their packages, the front page in its place, without their headings, which are the pages’, and the pages beside the modules, before links are resolved. */
export const addPages = async (
  app: Application,
  {
    root,
    pages: paths,
    packages,
  }: { readonly root: string; readonly pages: readonly string[]; readonly packages: readonly PublicPackage[] },
): Promise<void> => {
  const first = `${root}/packages/docs/README.md`;
  const front = frontPage(await readFile(first, 'utf8'), packages);
  const readmes = await Promise.all(packages.map(async (one) => ({ ...one, text: await readFile(one.readme, 'utf8') })));
  const pages = await Promise.all(
    paths.map(async (page) => ({ path: `${root}/${page}`, text: await readFile(`${root}/${page}`, 'utf8') })),
  );
  const parsed = (project: ProjectReflection, path: string, text: string) =>
    app.converter.parseRawComment(new MinimalSourceFile(withoutOutside(text), path as NormalizedPath), project.files).content;

  app.converter.on('resolveBegin', ({ project }: Context) => {
    project.readme = parsed(project, first, front);
    project.files.registerReflectionPath(first as NormalizedPath, project);
    for (const { entryPoints, readme, text } of readmes) {
      const module = project.children?.find(({ name }) => name === entryPoints[0]!.name);
      if (module === undefined) continue;
      module.readme = parsed(project, readme, text.replace(/^# .*\n/, ''));
      for (const path of [readme, dirname(readme)]) project.files.registerReflectionPath(path as NormalizedPath, module);
    }
    for (const { path, text } of pages) {
      const heading = /^# (.+)$/m.exec(text)![1]!;
      const page = new DocumentReflection(heading, project, parsed(project, path, text), {});
      project.addChild(page);
      project.registerReflection(page, undefined, path as NormalizedPath);
    }
  });
};
