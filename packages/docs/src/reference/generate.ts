import { Application, type Context, type PageEvent, type ProjectReflection } from 'typedoc';
import ts from 'typescript';
import { brokenLinks } from './broken-links.ts';
import { nameDestructured, shareBetweenCodecAndType, undocumented } from './docstrings.ts';
import { Faults } from './faults.ts';
import { optionsOf, PAGES } from './options.ts';
import { publicPackages } from './packages.ts';
import { addPages } from './pages.ts';

/** How many modules and pages it has, and every complaint: a reference is good when there is none. */
export type Generated = { readonly modules: number; readonly pages: number; readonly faults: readonly string[] };

/** The house's compiler options without those about writing files: here they are only read. One program, so that types of one package link to another's pages. */
const programOf = (root: string, files: readonly string[]): ts.Program => {
  const { config } = ts.readConfigFile(`${root}/tsconfig.base.json`, ts.sys.readFile);
  const { composite, incremental, declaration, declarationMap, sourceMap, rootDir, outDir, tsBuildInfoFile, ...rest } =
    config.compilerOptions as Record<string, unknown>;
  const { options } = ts.convertCompilerOptionsFromJson({ ...rest, noEmit: true }, `${root}/packages/docs`);
  return ts.createProgram({ rootNames: files, options });
};

/** Pages first, then the modules as they build on each other: TypeDoc sorts by file names. */
const inOrder = (project: ProjectReflection, names: readonly string[]): void => {
  const place = ({ name }: { readonly name: string }): number => names.indexOf(name);
  for (const list of [
    project.children,
    project.childrenIncludingDocuments,
    ...(project.groups ?? []).map(({ children }) => children),
  ])
    list?.sort((a, b) => place(a) - place(b));
};

/** Where something is defined, as a text: the pages do not say where the repository is. */
const withoutSourceLinks = (project: ProjectReflection): void => {
  for (const one of Object.values(project.reflections))
    if (one.isDeclaration() || one.isSignature()) for (const source of one.sources ?? []) delete source.url;
};

/**
 * Writes the reference of all public packages to a folder: a module for each entry point, with the README of its package on the main one's page,
 * and the pages for each role.
 */
export const generateReference = async ({
  root,
  out,
  pages: beside = PAGES,
}: {
  readonly root: string;
  readonly out: string;
  readonly pages?: readonly string[];
}): Promise<Generated> => {
  const packages = await publicPackages(root);
  const entryPoints = packages.flatMap((one) => one.entryPoints);
  const app = await Application.bootstrap(optionsOf(root));
  const faults = new Faults();
  app.logger = faults;
  await addPages(app, { root, pages: beside, packages });
  app.converter.on('resolveBegin', ({ project }: Context) => {
    nameDestructured(project);
    shareBetweenCodecAndType(project);
  });
  app.converter.on(
    'resolveEnd',
    ({ project }: Context) => {
      inOrder(
        project,
        entryPoints.map(({ name }) => name),
      );
      withoutSourceLinks(project);
    },
    // After everybody else.
    Number.MIN_SAFE_INTEGER,
  );
  // A link to the front page names a folder, which a browser shows as one when the pages are files.
  app.renderer.on('endPage', (page: PageEvent) => {
    if (page.contents !== undefined)
      page.contents = page.contents.replace(/ href="((?:\.\.\/)+)(#[^"]*)?"/g, ' href="$1index.html$2"');
  });
  const program = programOf(
    root,
    entryPoints.map(({ file }) => file),
  );
  app.getEntryPoints = () =>
    entryPoints.map(({ name, file }) => ({ displayName: name, program, sourceFile: program.getSourceFile(file)! }));
  const project = await app.convert();
  if (project === undefined) return { modules: 0, pages: 0, faults: faults.all };
  // TypeDoc looks for types that are named and not exported in the project's own package only.
  for (const { name } of packages) {
    project.packageName = name;
    app.validate(project);
  }
  await app.generateDocs(project, out);
  const { pages, broken } = await brokenLinks(out);
  return { modules: project.children?.length ?? 0, pages, faults: [...undocumented(project), ...faults.all, ...broken] };
};
