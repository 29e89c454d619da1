import { Application, type Context } from 'typedoc';
import ts from 'typescript';
import { brokenLinks } from './broken-links.ts';
import { nameDestructured, shareBetweenCodecAndType, undocumented } from './docstrings.ts';
import { Faults } from './faults.ts';
import { optionsOf } from './options.ts';
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

/**
 * Writes the reference of all public packages to a folder: a module for each entry point, with the README of its package on the main one's page,
 * and the pages for each role.
 */
export const generateReference = async (root: string, out: string): Promise<Generated> => {
  const packages = await publicPackages(root);
  const entryPoints = packages.flatMap((one) => one.entryPoints);
  const app = await Application.bootstrap(optionsOf(root));
  const faults = new Faults();
  app.logger = faults;
  await addPages(app, root, packages);
  app.converter.on('resolveBegin', ({ project }: Context) => {
    nameDestructured(project);
    shareBetweenCodecAndType(project);
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
