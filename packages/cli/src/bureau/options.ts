import { Option } from '@commander-js/extra-typings';
import { SCHEMES } from '@vouchsafe/identity/scheme';

// What the bureau's commands share.

/** Names, with commas or spaces between them; given again, they add up. */
export const namesArgument = (given: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  ...given.split(',').filter((name) => name !== ''),
];

/** How people are identified. */
export const schemeOption = (): Option<'--scheme <name>'> =>
  new Option(
    '--scheme <name>',
    'how people are identified; by default as bureau.toml says, else the federation’s only scheme',
  ).choices(SCHEMES) as Option<'--scheme <name>'>;

export const COLUMN = [
  '--column <name>',
  'the identifying column, when it is not called national_id, phone or name; national_id=NAME with several',
  (given: string, before: readonly string[] = []): readonly string[] => [...before, given],
] as const;
export const CARRY: readonly [flags: '--carry <columns>', description: string, parse: typeof namesArgument] = [
  '--carry <columns>',
  'columns of the file that go along into the results, with commas between them',
  namesArgument,
];
export const STRICT = ['--strict', 'ask nothing when a row of the list names nobody'] as const;
export const OUT = ['--out <file>', 'write the results there: .csv, .parquet or .jsonl, for you only'] as const;

/** For `--help`. */
export const READY_HELP = `What "vouchsafe bureau sync" has put in place is used. The state in the folder is for one command at a time.`;
