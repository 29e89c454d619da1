import { E } from '@vouchsafe/core';
import type { MatchResult } from '@vouchsafe/querier';
import { EXIT } from '../exit.ts';
import type { Outcome, Result } from '../outcome.ts';
import type { People } from '../rows/people.ts';
import { mayWriteRows, type ResultCell, type ResultColumn, writeRows } from '../rows/write-rows.ts';
import { figure, printable, table } from '../screen/index.ts';
import type { World } from '../world.ts';
import { type CohortCall, carriedCells, carriedColumns, readCohort, rejectedNote } from './cohort.ts';
import { faultExit, querierFailure } from './failures.ts';
import { type BureauCall, readBureau, schemeOf, withReadyQuerier } from './open-bureau.ts';

/** What `bureau match` was told. */
export interface MatchCall extends BureauCall, CohortCall {
  readonly out?: string | undefined;
}

export const matchPeople = async (call: MatchCall, world: World): Result => {
  const writable = call.out === undefined ? E.right(undefined) : await mayWriteRows(call.out);
  if (E.isLeft(writable)) return writable;
  const documents = await readBureau(call, world);
  if (E.isLeft(documents)) return documents;
  const scheme = schemeOf(documents.right, call.scheme);
  if (E.isLeft(scheme)) return scheme;
  const cohort = await readCohort(call, scheme.right, world);
  if (E.isLeft(cohort)) return cohort;
  const { people } = cohort.right;
  const parts = { documents: documents.right, call, scheme: scheme.right, atLeastOne: true };
  return withReadyQuerier(parts, world, async ({ querier, watch }) => {
    const result = await querier.match({ scheme: scheme.right, subjects: people, ...watch })();
    if (E.isLeft(result)) return E.left(querierFailure(result.left));
    const written = call.out === undefined ? E.right(undefined) : await write(call.out, cohort.right, result.right, world);
    return E.isLeft(written) ? written : E.right(outcomeOf(call, cohort.right, result.right));
  });
};

const write = (path: string, people: People, { matches, holders, failures }: MatchResult, world: World): Result<void> => {
  const all = [...holders, ...failures.map(({ holder }) => holder)].sort();
  const columns: readonly ResultColumn[] = [
    ...carriedColumns(people),
    ...all.map((name): ResultColumn => ({ name, kind: 'flag' })),
    { name: 'lenders', kind: 'whole' },
  ];
  const rows = matches.map(({ row, holders: known }): readonly ResultCell[] => [
    ...carriedCells(people, row),
    ...all.map((name) => (holders.includes(name) ? known.includes(name) : null)),
    known.length,
  ]);
  return writeRows({ path, columns, rows }, world);
};

const outcomeOf = ({ out }: MatchCall, people: People, { asked, matches, holders, failures }: MatchResult): Outcome => {
  const known = holders.map((holder) => ({ holder, knows: matches.filter((match) => match.holders.includes(holder)).length }));
  const byAny = matches.filter((match) => match.holders.length > 0).length;
  const exits = failures.map(({ fault }) => faultExit(fault));
  const exit = [EXIT.bad, EXIT.refused, EXIT.unreachable].find((code) => exits.includes(code)) ?? EXIT.fine;
  return {
    exit,
    text: [
      table(
        ['lender', 'knows'],
        [
          ...known.map(({ holder, knows }) => [holder, `${figure(knows)} of ${figure(asked)}`]),
          ...failures.map(({ holder, fault }) => [holder, `failed: ${printable(fault.message.slice(0, 300))}`]),
        ],
      ),
      `${figure(asked)} people were asked about; ${figure(byAny)} of them are known to a lender.`,
      ...rejectedNote(people),
      ...(out === undefined ? ['With --out FILE you get who.'] : [`${out}: who knows whom`]),
      ...(failures.length === 0 ? [] : ['For the others call again: what was answered is not paid for twice.']),
    ].join('\n'),
    json: {
      asked,
      known: byAny,
      holders: known,
      failures: failures.map(({ holder, fault }) => ({
        holder,
        tag: fault._tag,
        message: printable(fault.message.slice(0, 300)),
      })),
      rejected: people.rejected,
      ...(out === undefined ? {} : { out }),
    },
  };
};
