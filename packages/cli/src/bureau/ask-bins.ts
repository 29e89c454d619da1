import { E, type Either } from '@vouchsafe/core';
import type { RawIdentifier } from '@vouchsafe/identity';
import { fine } from '../command.ts';
import { badInput, type Failure } from '../exit.ts';
import type { Result } from '../outcome.ts';
import type { People } from '../rows/people.ts';
import { mayWriteRows, writeRows } from '../rows/write-rows.ts';
import { figure } from '../screen/index.ts';
import type { World } from '../world.ts';
import { BIN_COLUMNS, binRows, binsText } from './bins-text.ts';
import { type CohortCall, readCohort, rejectedNote } from './cohort.ts';
import { querierFailure } from './failures.ts';
import { type BureauCall, readBureau, schemeOf, withReadyQuerier } from './open-bureau.ts';

/** What `bureau bins` was told. */
export interface BinsCall extends BureauCall, CohortCall {
  readonly outcome: string;
  readonly bad: string;
  readonly purpose: string;
  readonly columns: readonly string[];
  readonly epsilon: string;
  readonly repeat: number;
  readonly out?: string | undefined;
}

export const askBins = async (call: BinsCall, world: World): Result => {
  const { out, outcome, purpose, columns, epsilon, repeat } = call;
  const writable = out === undefined ? E.right(undefined) : await mayWriteRows(out);
  if (E.isLeft(writable)) return writable;
  const documents = await readBureau(call, world);
  if (E.isLeft(documents)) return documents;
  const scheme = schemeOf(documents.right, call.scheme);
  if (E.isLeft(scheme)) return scheme;
  const sample = await readCohort({ ...call, carry: [outcome] }, scheme.right, world);
  if (E.isLeft(sample)) return sample;
  const split = byOutcome(sample.right, call);
  if (E.isLeft(split)) return split;
  const { goods, bads, without } = split.right;
  return withReadyQuerier({ documents: documents.right, call, scheme: scheme.right }, world, async ({ querier, watch }) => {
    // The goods are asked first: they would be paid for in vain when the bads are then refused.
    const smaller = Math.min(goods.length, bads.length);
    const about = { kind: 'aggregate', scheme: scheme.right, purpose, columns, epsilon, cohortSize: smaller } as const;
    const quotes = await querier.quote({ ...about, ...watch })();
    if (E.isLeft(quotes)) return E.left(querierFailure(quotes.left));
    const refused = quotes.right.holders.flatMap((one) => ('refused' in one ? [{ holder: one.holder, fault: one.refused }] : []));
    if (refused.length > 0) {
      const message = refused.map(({ holder, fault }) => `${holder}: ${fault.message}`).join('; ');
      return E.left(querierFailure({ _tag: 'HoldersFailed', message: `${message} (nothing was asked)`, holders: refused }));
    }
    const question = { scheme: scheme.right, purpose, goods, bads, columns, epsilon, repeat };
    const fitted = await querier.fitBins({ ...question, ...watch })();
    if (E.isLeft(fitted)) return E.left(querierFailure(fitted.left));
    const { tables } = fitted.right;
    const written =
      out === undefined
        ? E.right(undefined)
        : await writeRows({ path: out, columns: BIN_COLUMNS, rows: tables.flatMap(binRows) }, world);
    if (E.isLeft(written)) return written;
    return fine(
      [
        ...tables.map(binsText),
        `${figure(goods.length)} goods and ${figure(bads.length)} bads were asked about; the counts are of relationships, over ${fitted.right.goods.holders.join(', ')} together.`,
        ...(without === 0 ? [] : [`${figure(without)} rows have no outcome and were left out.`]),
        ...rejectedNote(sample.right),
        ...(out === undefined ? [] : [`${out}: the bins`]),
      ].join('\n'),
      {
        tables: tables.map(({ name, bins, iv, ivFromNoise, confidence }) => ({ name, bins, iv, ivFromNoise, confidence })),
        goods: goods.length,
        bads: bads.length,
        without,
        rejected: sample.right.rejected,
        ...(out === undefined ? {} : { out }),
      },
    );
  });
};

interface Split {
  readonly goods: readonly RawIdentifier[];
  readonly bads: readonly RawIdentifier[];
  /** How many have no outcome. */
  readonly without: number;
}

/** Goods and bads of a sample. One side that is empty is a value of `--bad` that nobody has, more often than a sample without it. */
export const byOutcome = (
  { people, carried }: People,
  { people: path, outcome, bad }: { readonly people: string; readonly outcome: string; readonly bad: string },
): Either<Failure, Split> => {
  const outcomes = carried.get(outcome)!;
  const known = outcomes.map((one) => one !== null && one.trim() !== '');
  const bads = people.filter((_, i) => known[i] && outcomes[i]!.trim() === bad);
  const goods = people.filter((_, i) => known[i] && outcomes[i]!.trim() !== bad);
  return goods.length === 0 || bads.length === 0
    ? E.left(
        badInput(
          `${path}: column "${outcome}" makes ${figure(goods.length)} goods and ${figure(bads.length)} bads: both are needed. Say with --bad which value a bad has`,
        ),
      )
    : E.right({ goods, bads, without: people.length - goods.length - bads.length });
};
