import type { TypeDocOptions } from 'typedoc';

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
  highlightLanguages: ['ts', 'sh', 'json', 'sql', 'toml', 'http'],
  excludeInternal: true,
  excludeExternals: true,
  sort: ['source-order'],
  kindSortOrder: ['Document', 'Module', 'Function', 'Variable', 'Class', 'Interface', 'TypeAlias', 'Enum'],
  navigation: { includeCategories: false, includeGroups: false, includeFolders: false },
  // `undocumented` asks for docstrings itself: TypeDoc asks for those of fields, too.
  validation: { notExported: true, invalidLink: true, invalidPath: true, rewrittenLink: true, notDocumented: false },
});
