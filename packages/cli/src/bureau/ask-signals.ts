import { E } from '@vouchsafe/core';
import type { Totals } from '@vouchsafe/querier';
import { subjectValues } from '@vouchsafe/scorecard';
import { fine } from '../command.ts';
import type { Result } from '../outcome.ts';
import type { People } from '../rows/people.ts';
import { mayWriteRows, type ResultColumn, writeRows } from '../rows/write-rows.ts';
import { figure } from '../screen/index.ts';
import type { World } from '../world.ts';
import { type CohortCall, carriedCells, carriedColumns, readCohort, rejectedNote } from './cohort.ts';
import { readConsents } from './consents.ts';
import { eachPerson } from './each-person.ts';
import { querierFailure } from './failures.ts';
import { type BureauCall, readBureau, schemeOf, withReadyQuerier } from './open-bureau.ts';
import { totalsText } from './totals-text.ts';

/** What `bureau signal` was told. */
export interface SignalCall extends BureauCall, CohortCall {
  readonly purpose: string;
  readonly columns: readonly string[];
  readonly consent?: string | undefined;
  readonly out?: string | undefined;
}

/** Totals of the person in a row of the list. */
interface Answered {
  readonly row: number;
  readonly answer: Totals;
}

export const askSignals = async (call: SignalCall, world: World): Result => {
  const { out, purpose, columns } = call;
  const writable = out === undefined ? E.right(undefined) : await mayWriteRows(out);
  if (E.isLeft(writable)) return writable;
  const documents = await readBureau(call, world);
  if (E.isLeft(documents)) return documents;
  const scheme = schemeOf(documents.right, call.scheme);
  if (E.isLeft(scheme)) return scheme;
  const list = await readCohort(call, scheme.right, world);
  if (E.isLeft(list)) return list;
  const consents = await readConsents(call.consent, list.right.people.length);
  if (E.isLeft(consents)) return consents;
  return withReadyQuerier({ documents: documents.right, call, scheme: scheme.right }, world, async ({ querier, watch }) => {
    const { signal } = watch;
    const answers = await eachPerson(list.right, {
      task: 'signal',
      onProgress: watch.onProgress,
      ask: async (subject, row) => {
        const consent = consents.right[row];
        const totals = await querier.signal({ scheme: scheme.right, purpose, subject, columns, consent, signal })();
        return E.isLeft(totals) ? E.left(querierFailure(totals.left)) : totals;
      },
    });
    if (E.isLeft(answers)) return answers;
    const written = out === undefined ? E.right(undefined) : await write(out, list.right, answers.right, world);
    if (E.isLeft(written)) return written;
    return fine(
      [
        ...signalsText(answers.right, out),
        ...rejectedNote(list.right),
        ...(out === undefined ? [] : [`${out}: the totals`]),
      ].join('\n'),
      {
        signals: answers.right.map(({ row, answer: { rejected: _, ...totals } }) => ({ row: row + 1, ...totals })),
        rejected: list.right.rejected,
        ...(out === undefined ? {} : { out }),
      },
    );
  });
};

const signalsText = (answers: readonly Answered[], out: string | undefined): readonly string[] => {
  if (answers.length === 1) return [totalsText(answers[0]!.answer)];
  const note = `${figure(answers.length)} people were asked about.`;
  return out === undefined ? [note, 'With --out FILE, or with --json, you get their totals.'] : [note];
};

/** A bucket column under its own name is a level; `column:bucket` is a count of lenders. */
const KINDS = { count: 'whole', flag: 'whole', amount: 'number', bucket: 'text' } as const;

const write = (path: string, people: People, answers: readonly Answered[], world: World): Result<void> => {
  const values = answers.map(({ answer }) => subjectValues(answer.columns));
  const names = [...values[0]!.keys()];
  const kinds = new Map(answers[0]!.answer.columns.map(({ column, kind }) => [column, kind]));
  const columns: readonly ResultColumn[] = [
    ...carriedColumns(people),
    ...names.map((name): ResultColumn => ({ name, kind: KINDS[kinds.get(name) ?? 'count'] })),
  ];
  const rows = answers.map(({ row }, i) => [...carriedCells(people, row), ...names.map((name) => values[i]!.get(name) ?? null)]);
  return writeRows({ path, columns, rows }, world);
};
