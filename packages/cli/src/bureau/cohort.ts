import { E } from '@vouchsafe/core';
import type { Scheme } from '@vouchsafe/identity';
import { badInput } from '../exit.ts';
import type { Result } from '../outcome.ts';
import { type People, readPeople } from '../rows/people.ts';
import type { ResultCell, ResultColumn } from '../rows/write-rows.ts';
import { figure } from '../screen/index.ts';
import type { World } from '../world.ts';

/** A list of people as a command of the bureau was told of it. */
export interface CohortCall {
  readonly people: string;
  readonly column?: readonly string[] | undefined;
  readonly carry?: readonly string[] | undefined;
  readonly strict?: boolean | undefined;
}

/** Reads the list; with `strict` nobody may be missing from it. */
export const readCohort = async (
  { people: path, column, carry, strict }: CohortCall,
  scheme: Scheme,
  world: World,
): Result<People> => {
  const read = await readPeople({ path, scheme, column, carry }, world);
  if (E.isLeft(read) || !strict || read.right.rejected.length === 0) return read;
  return E.left(badInput(`${path}: ${rejectedText(read.right.rejected)}; nothing was asked, because of --strict`));
};

const LISTED = 5;

/** `2 of the rows name nobody: row 3 (checkDigit), row 9 (missing)` */
export const rejectedText = (rejected: People['rejected']): string => {
  const listed = rejected.slice(0, LISTED).map(({ row, reason }) => `row ${row} (${reason})`);
  const more = rejected.length - listed.length;
  return `${figure(rejected.length)} of the rows name${rejected.length === 1 ? 's' : ''} nobody: ${listed.join(', ')}${more > 0 ? `, and ${figure(more)} more` : ''}`;
};

/** The same as a line of a result, if there is anything to say. */
export const rejectedNote = ({ rejected }: People): readonly string[] =>
  rejected.length === 0 ? [] : [`${rejectedText(rejected)}.`];

/** Columns that go along into a result: first the row's number, then those that are carried. */
export const carriedColumns = ({ carried }: People): readonly ResultColumn[] => [
  { name: 'row', kind: 'whole' },
  ...[...carried.keys()].map((name): ResultColumn => ({ name, kind: 'text' })),
];

/** @param row from 0 */
export const carriedCells = ({ carried }: People, row: number): readonly ResultCell[] => [
  row + 1,
  ...[...carried.values()].map((values) => values[row]!),
];
