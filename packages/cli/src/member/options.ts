// What every command of a member that has a folder takes.

/** Where its configuration, keys and state are. */
export const FOLDER = ['--folder <folder>', 'the folder that "init" made', '.'] as const;
export const PASSPHRASE_FILE = ['--passphrase-file <file>', 'where the passphrase stands'] as const;
export const QUIET = ['--quiet', 'no progress on standard error'] as const;
/** For what cannot be undone. */
export const YES = ['--yes', 'do not ask: needed where no terminal is'] as const;

/** What they were told. */
export interface MemberCall {
  readonly folder: string;
  readonly passphraseFile?: string | undefined;
  readonly quiet?: boolean | undefined;
}
