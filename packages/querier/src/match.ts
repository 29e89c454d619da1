import { type Aborted, createPace, E, type Either, type StoreFault, type Watch } from '@vouchsafe/core';
import type { RawIdentifier } from '@vouchsafe/identity';
import { type BulkIds, packIds, shareIds } from '@vouchsafe/psi/bulk';
import { type Rejected, subjectsOf } from './ask.ts';
import { bulkMatchWith } from './bulk-match-with.ts';
import type { QuerierContext } from './context.ts';
import type { HolderFault, NoSubjects, NotSynced, UnknownScheme } from './errors.ts';
import { matchWith } from './match-with.ts';
import { keyOf } from './paid.ts';
import type { Target } from './transport.ts';

/** Why a whole match failed. What one holder did wrong stands in the result, beside the answers of the others. */
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
  /**
   * Holders that failed: nothing is said about what they know. What they answered before that is kept: a later call with the same subjects asks for the rest only, and pays for nothing twice. Not so in
   * bulk: a session that broke off is lost, and another one pays anew.
   */
  readonly failures: readonly { readonly holder: string; readonly fault: HolderFault }[];
}

/** People to ask about. */
interface MatchQuestion {
  readonly scheme: string;
  readonly subjects: readonly RawIdentifier[];
}

/** One holder to ask, and what came of it: a verdict on each id, 1 or 0. */
interface Asked {
  readonly target: Target;
  readonly result: Either<HolderFault, Uint8Array>;
}

/** Asks every holder that grants `match`, in batches, and looks the outputs up in the verified copies of their indexes. */
export const matchSubjects = async (
  context: QuerierContext,
  { scheme, subjects }: MatchQuestion,
  watch: Watch,
): Promise<Either<MatchError, MatchResult>> => {
  const people = await subjectsOf(context.federation, scheme, subjects);
  if (E.isLeft(people)) return people;
  const targets = context.roster.flatMap((target) => {
    const link = context.links.get(`${scheme}/${target.holder}`)?.match;
    return link ? [{ target, link }] : [];
  });
  if (targets.length === 0) return E.left(notSynced(context, scheme, 'match'));
  const ids = people.right.ids.map(({ id }) => id);
  let done = 0;
  const report = (count: number): void => {
    done += count;
    watch.onProgress?.({ task: 'match', done, total: ids.length * targets.length });
  };
  const asked = await Promise.all(
    targets.map(async ({ target, link }) => ({
      target,
      result: await matchWith(context, { target, link, scheme, ids, report, signal: watch.signal }),
    })),
  );
  return E.right(resultOf(context, people.right, asked));
};

/** Matches in bulk with every holder that grants it, one after the other: each session takes its share of memory. */
export const matchInBulk = async (
  context: QuerierContext,
  { scheme, subjects }: MatchQuestion,
  watch: Watch,
): Promise<Either<MatchError, MatchResult>> => {
  const people = await subjectsOf(context.federation, scheme, subjects);
  if (E.isLeft(people)) return people;
  const targets = context.roster.flatMap((target) => {
    const rows = context.links.get(`${scheme}/${target.holder}`)?.bulk;
    return rows ? [{ target, rows }] : [];
  });
  if (targets.length === 0) return E.left(notSynced(context, scheme, 'bulk matches'));
  const { ids, places } = await distinctPeople(people.right.ids);
  const count = ids.offsets.length - 1;
  const asked: Asked[] = [];
  for (const [i, { target, rows }] of targets.entries()) {
    const report = (done: number): void =>
      watch.onProgress?.({ task: 'match', done: i * count + done, total: targets.length * count });
    const found = await bulkMatchWith(context, { target, scheme, ids, rows, report, signal: watch.signal });
    if (E.isLeft(found)) asked.push({ target, result: found });
    else {
      const flags = new Uint8Array(count);
      for (const number of found.right) flags[number] = 1;
      asked.push({ target, result: E.right(Uint8Array.from(places, (place) => flags[place]!)) });
    }
  }
  return E.right(resultOf(context, people.right, asked));
};

type People = Extract<Awaited<ReturnType<typeof subjectsOf>>, { readonly _tag: 'Right' }>['right'];

/** Each person once, packed, and where each of the list stands among them. */
const distinctPeople = async (list: People['ids']): Promise<{ readonly ids: BulkIds; readonly places: Uint32Array }> => {
  const pace = createPace();
  const known = new Map<string, number>();
  const distinct: Uint8Array[] = [];
  const places = new Uint32Array(list.length);
  for (const [i, { id }] of list.entries()) {
    const key = keyOf(id);
    const before = known.get(key);
    places[i] = before ?? distinct.length;
    if (before === undefined) {
      known.set(key, distinct.length);
      distinct.push(id);
    }
    if (pace.due()) await pace.rest();
  }
  return { ids: shareIds(packIds(distinct)), places };
};

const resultOf = (context: QuerierContext, { ids, rejected }: People, asked: readonly Asked[]): MatchResult => {
  for (const { target } of asked) context.acknowledger.begin(target);
  const answered = asked.flatMap(({ target, result }) =>
    E.isRight(result) ? [{ holder: target.holder, known: result.right }] : [],
  );
  return {
    asked: ids.length,
    rejected,
    matches: ids.map(({ row }, i) => ({
      row,
      holders: answered.filter(({ known }) => known[i] === 1).map(({ holder }) => holder),
    })),
    holders: answered.map(({ holder }) => holder),
    failures: asked.flatMap(({ target, result }) => (E.isLeft(result) ? [{ holder: target.holder, fault: result.left }] : [])),
  };
};

const notSynced = ({ roster }: QuerierContext, scheme: string, what: 'match' | 'bulk matches'): NotSynced => ({
  _tag: 'NotSynced',
  holders: roster.map(({ holder }) => holder),
  message: `nothing for ${what} in scheme ${scheme} is here: call sync first; if it is done, no policy grants ${what} to this bureau`,
});
