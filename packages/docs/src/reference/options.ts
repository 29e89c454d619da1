import { fileURLToPath } from 'node:url';
import type { TypeDocOptions } from 'typedoc';

/** Pages beside the modules, in the order in which the navigation shows them: those for each role, then what a package has to say at length. */
export const PAGES: readonly string[] = [
  ...['holders', 'bureau', 'auditor', 'issuers', 'researchers', 'security', 'operations', 'law', 'faq', 'dependencies'].map(
    (name) => `packages/docs/${name}.md`,
  ),
  'SECURITY.md',
  'packages/psi/BULK.md',
  'packages/join/SHUFFLE.md',
  'packages/holder/POLICY.md',
  'packages/holder/RECIPROCITY.md',
];

/** What of TypeDoc is used, and how strictly. No link into a repository and no date: the same sources give the same pages anywhere. */
export const optionsOf = (root: string): Partial<TypeDocOptions> => ({
  name: 'Vouchsafe',
  basePath: root,
  readme: 'none',
  // `tsc -b` has checked the types by then.
  skipErrorChecking: true,
  disableGit: true,
  disableSources: false,
  sourceLinkTemplate: '#',
  githubPages: false,
  highlightLanguages: ['ts', 'sh', 'json', 'sql', 'toml', 'csv', 'http'],
  excludeInternal: true,
  excludeExternals: true,
  sort: ['source-order'],
  groupOrder: ['Modules', 'Documents', 'Functions', 'Classes', 'Interfaces', 'Type Aliases', 'Variables', '*'],
  customCss: fileURLToPath(new URL('../../src/reference/style.css', import.meta.url)),
  navigation: { includeCategories: false, includeGroups: false, includeFolders: false },
  // `undocumented` asks for docstrings itself: TypeDoc asks for those of fields, too.
  validation: { notExported: true, invalidLink: true, invalidPath: true, rewrittenLink: true, notDocumented: false },
});
