import { E } from '@vouchsafe/core';
import type { Failure } from '../exit.ts';
import type { Ended, Result } from '../outcome.ts';
import type { People } from '../rows/people.ts';
import { figure } from '../screen/index.ts';

/** Questions that are under way at once: a lender writes several answers to its disk in one go. */
const AT_ONCE = 8;

/**
 * Asks about each person of a list, a few at a time. Rows that name nobody are left out. After a failure nothing more is asked: what was answered is kept by the lenders, and the same list again gets those
 * answers for nothing.
 * @returns in the order of the list
 */
export const eachPerson = async <A>(
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
  const answers: (Ended<A> | undefined)[] = rows.map(() => undefined);
  let next = 0;
  let done = 0;
  let failed = false;
  const work = async (): Promise<void> => {
    while (next < rows.length && !failed) {
      const at = next++;
      const row = rows[at]!;
      const answer = await ask(people[row]!, row);
      answers[at] = answer;
      if (E.isLeft(answer)) failed = true;
      else done += 1;
      if (rows.length > 1 && E.isRight(answer)) onProgress({ task, done, total: rows.length });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const all: { readonly row: number; readonly answer: A }[] = [];
  for (const [at, answer] of answers.entries()) {
    if (answer === undefined) continue;
    if (E.isLeft(answer)) return E.left(rows.length === 1 ? answer.left : atRow(answer.left, rows[at]!, done));
    all.push({ row: rows[at]!, answer: answer.right });
  }
  return E.right(all);
};

const atRow = (failure: Failure, row: number, done: number): Failure => ({
  ...failure,
  message: `row ${row + 1}: ${failure.message}${done === 0 ? '' : ` (${figure(done)} people were answered: the same list gets those answers again for nothing)`}`,
});
