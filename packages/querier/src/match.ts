import { type Aborted, E, type Either, type StoreFault, type Watch } from '@vouchsafe/core';
import type { RawIdentifier } from '@vouchsafe/identity';
import { type Rejected, subjectsOf } from './ask.ts';
import type { QuerierContext } from './context.ts';
import type { HolderFault, NoSubjects, NotSynced, UnknownScheme } from './errors.ts';
import { matchWith } from './match-with.ts';

export type MatchError = Aborted | StoreFault | NoSubjects | NotSynced | UnknownScheme;

/** Who knows whom. */
export interface MatchResult {
  /** Subjects that were asked about. */
  readonly asked: number;
  readonly rejected: readonly Rejected[];
  /** For each usable subject, by its place in the list from 0: the holders that know it. */
  readonly matches: readonly { readonly row: number; readonly holders: readonly string[] }[];
  /** Holders that were asked and answered in full. */
  readonly holders: readonly string[];
  /** Holders that failed: nothing is said about what they know. What they answered before that is kept: a later call with the same subjects asks for the rest only, and pays for nothing twice. */
  readonly failures: readonly { readonly holder: string; readonly fault: HolderFault }[];
}

/** Asks every holder that grants `match`, in batches, and looks the outputs up in the verified copies of their indexes. */
export const matchSubjects = async (
  context: QuerierContext,
  { scheme, subjects }: { readonly scheme: string; readonly subjects: readonly RawIdentifier[] },
  watch: Watch,
): Promise<Either<MatchError, MatchResult>> => {
  const people = await subjectsOf(context.federation, scheme, subjects);
  if (E.isLeft(people)) return people;
  const targets = context.roster.flatMap((target) => {
    const link = context.links.get(`${scheme}/${target.holder}`)?.match;
    return link ? [{ target, link }] : [];
  });
  if (targets.length === 0) return E.left(notSynced(context, scheme));
  const ids = people.right.ids.map(({ id }) => id);
  let done = 0;
  const report = (count: number): void => {
    done += count;
    watch.onProgress?.({ task: 'match', done, total: ids.length * targets.length });
  };
  const results = await Promise.all(
    targets.map(({ target, link }) => matchWith(context, { target, link, scheme, ids, report, signal: watch.signal })),
  );
  for (const { target } of targets) context.acknowledger.begin(target);
  const answered = targets.flatMap(({ target }, i) => {
    const result = results[i]!;
    return E.isRight(result) ? [{ holder: target.holder, known: result.right }] : [];
  });
  return E.right({
    asked: ids.length,
    rejected: people.right.rejected,
    matches: people.right.ids.map(({ row }, i) => ({
      row,
      holders: answered.filter(({ known }) => known[i] === 1).map(({ holder }) => holder),
    })),
    holders: answered.map(({ holder }) => holder),
    failures: targets.flatMap(({ target }, i) => {
      const result = results[i]!;
      return E.isLeft(result) ? [{ holder: target.holder, fault: result.left }] : [];
    }),
  });
};

const notSynced = ({ roster }: QuerierContext, scheme: string): NotSynced => ({
  _tag: 'NotSynced',
  holders: roster.map(({ holder }) => holder),
  message: `no holder’s index for scheme ${scheme} is here: call sync first; if it is done, no policy grants match to this bureau`,
});
