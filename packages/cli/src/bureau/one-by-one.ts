import { E } from '@vouchsafe/core';
import type { Failure } from '../exit.ts';
import type { Result } from '../outcome.ts';
import type { People } from '../rows/people.ts';
import { figure } from '../screen/index.ts';

/**
 * Asks about the people of a list one after the other. Rows that name nobody are left out. It ends with the first failure: what was answered before is kept by the lenders, and the same list again gets
 * those answers for nothing.
 */
export const oneByOne = async <A>(
  { people, rejected }: People,
  {
    task,
    onProgress,
    ask,
  }: {
    readonly task: string;
    readonly onProgress: (progress: { readonly task: string; readonly done: number; readonly total: number }) => void;
    readonly ask: (subject: People['people'][number], row: number) => Result<A>;
  },
): Result<readonly { readonly row: number; readonly answer: A }[]> => {
  const nobody = new Set(rejected.map(({ row }) => row - 1));
  const rows = people.map((_, row) => row).filter((row) => !nobody.has(row));
  const answers: { readonly row: number; readonly answer: A }[] = [];
  for (const row of rows) {
    const answer = await ask(people[row]!, row);
    if (E.isLeft(answer)) return E.left(rows.length === 1 ? answer.left : atRow(answer.left, row, answers.length));
    answers.push({ row, answer: answer.right });
    if (rows.length > 1) onProgress({ task, done: answers.length, total: rows.length });
  }
  return E.right(answers);
};

const atRow = (failure: Failure, row: number, done: number): Failure => ({
  ...failure,
  message: `row ${row + 1}: ${failure.message}${done === 0 ? '' : ` (${figure(done)} people before it were answered: the same list gets those answers again for nothing)`}`,
});
