import { columnNamed, E, type Either, PRESENT, type Rational, type UnknownColumn, type Watch } from '@vouchsafe/core';
import type { RawIdentifier } from '@vouchsafe/identity';
import { type PlusMinus, plusMinusOf } from '@vouchsafe/privacy';
import {
  type BadCounts,
  CONVENTIONS,
  type Conventions,
  type CountNoise,
  type NegativeRule,
  type NoisyBinTable,
  type NoisyCounts,
  noisyBinTable,
  type ZeroCell,
} from '@vouchsafe/scorecard';
import { ask, askedSlots, subjectsOf, type Totals } from './ask.ts';
import type { QuerierContext } from './context.ts';
import type { AskError, BadGroups, BothOutcomes, NobodyCounted, NotBinned } from './errors.ts';

/** A sample whose outcome the bureau knows, and the columns whose bins it wants. */
export interface BinsQuestion<Epsilon = Rational> {
  readonly scheme: string;
  readonly purpose: string;
  /** People who paid. */
  readonly goods: readonly RawIdentifier[];
  /** People who did not. Nobody may stand in both lists. */
  readonly bads: readonly RawIdentifier[];
  /** Bucket columns of the catalogue: each bucket is a bin, unless `groups` puts some together. */
  readonly columns: readonly string[];
  /** By column: the buckets that make one bin, each bucket once. Grouping costs nothing: the same answers are added up, and the noise grows with them. */
  readonly groups?: Readonly<Record<string, readonly (readonly string[])[]>> | undefined;
  /** Privacy price of each of the two queries at each holder. A person stands in one list only, so that a row pays it once; this bureau's own budget pays it twice. */
  readonly epsilon: Epsilon;
  /** As for `aggregate`. */
  readonly repeat?: number | undefined;
  /** The scorecard package's by default. */
  readonly conventions?: Conventions | undefined;
  /** What becomes of counts that noise made negative; `zero` by default, and the bin says so. */
  readonly negative?: NegativeRule | undefined;
  /** A bin is trusted when the noise's half width is at most this part of each of its counts; a quarter by default. */
  readonly trust?: number | undefined;
}

/** Bin tables of a sample over all holders. They count relationships: a person at two holders counts twice, once in each one's bin. */
export interface FittedBins {
  /** One a column, in the order asked: WOE and IV with error bars, and which bins are not to be trusted. */
  readonly tables: readonly NoisyBinTable[];
  /** The two answers as they came. */
  readonly goods: Totals;
  readonly bads: Totals;
}

/** Why no bins were fitted: nothing could be asked, the groups make no outcome, or the noisy counts are none to fit to. */
export type FitBinsError = AskError | NotBinned | BadGroups | BothOutcomes | NobodyCounted | BadCounts | ZeroCell;

/**
 * Two aggregates, one over the goods and one over the bads, put together into a bin table a column. What was paid for stays: after a failure the same call gets the
 * stored answers again.
 * @throws RangeError for a trust outside [0, 1]
 */
export const fitBins = async (
  context: QuerierContext,
  question: BinsQuestion,
  watch: Watch,
): Promise<Either<FitBinsError, FittedBins>> => {
  const { scheme, purpose, columns, epsilon, repeat = 0, trust = 0.25 } = question;
  // Before anything is paid for.
  if (!(trust >= 0 && trust <= 1)) throw new RangeError('trust lies between 0 and 1');
  const bins = binsOf(context, question);
  if (E.isLeft(bins)) return bins;
  const apart = await checkApart(context, question);
  if (E.isLeft(apart)) return apart;
  const common = { kind: 'aggregate', scheme, purpose, columns, epsilon, repeat } as const;
  const half = (which: 0 | 1): Watch => ({
    signal: watch.signal,
    onProgress: ({ done, total }) => watch.onProgress?.({ task: 'fitBins', done: which * total + done, total: 2 * total }),
  });
  const goods = await ask(context, { ...common, subjects: question.goods }, half(0));
  if (E.isLeft(goods)) return goods;
  const bads = await ask(context, { ...common, subjects: question.bads }, half(1));
  if (E.isLeft(bads)) return bads;
  for (const [outcome, { suppressed, holders }] of [['goods', goods.right] as const, ['bads', bads.right] as const])
    if (suppressed.length === holders.length) return E.left(nobodyCounted(outcome));

  const tables: NoisyBinTable[] = [];
  const lopsided = lopsidedNotes(goods.right, bads.right);
  for (const one of bins.right) {
    const table = noisyBinTable({
      name: one.column,
      labels: one.groups.map((group) => group.join(', ')),
      goods: countsOf(goods.right, one),
      bads: countsOf(bads.right, one),
      conventions: question.conventions ?? CONVENTIONS,
      negative: question.negative ?? 'zero',
      trust,
    });
    if (E.isLeft(table)) return table;
    tables.push(lopsided.length === 0 ? table.right : doubted(table.right, lopsided));
  }
  return E.right({ tables, goods: goods.right, bads: bads.right });
};

/** How one column's buckets become bins, and the noise of each bin's count. */
interface ColumnBins {
  readonly column: string;
  readonly groups: readonly (readonly string[])[];
  readonly noise: readonly CountNoise[];
}

const binsOf = (
  context: QuerierContext,
  { columns, groups = {}, epsilon }: BinsQuestion,
): Either<FitBinsError, readonly ColumnBins[]> => {
  const stray = Object.keys(groups).find((name) => !columns.includes(name));
  if (stray !== undefined) return E.left(badGroups('groups are given for a column that is not asked'));
  const slots = askedSlots(context, { kind: 'aggregate', columns, epsilon });
  if (E.isLeft(slots)) return slots;
  const holders = context.roster.length;
  const bins: ColumnBins[] = [];
  for (const column of columns) {
    const buckets = bucketsOf(context, column);
    if (E.isLeft(buckets)) return buckets;
    const own = groups[column] ?? buckets.right.map((bucket) => [bucket]);
    const grouped = own.flat();
    if (own.some((group) => group.length === 0) || [...grouped].sort().join() !== [...buckets.right].sort().join())
      return E.left(badGroups(`column "${column}": every bucket stands in one group, and no group is empty`));
    const { noise: ofSlot } = slots.right.find(({ slot }) => slot.column === column)!;
    // The count of a group is a sum over its buckets, so its noise is that of so many more holders.
    const noiseOf = new Map<number, PlusMinus>();
    const noise = own.map(({ length }) => {
      const known = noiseOf.get(length) ?? plusMinusOf(ofSlot!, holders * length);
      noiseOf.set(length, known);
      return known;
    });
    bins.push({ column, groups: own, noise });
  }
  return E.right(bins);
};

const bucketsOf = ({ catalogue }: QuerierContext, name: string): Either<UnknownColumn | NotBinned, readonly string[]> => {
  if (name === PRESENT) return E.left(notBinned(name));
  const column = columnNamed(catalogue, name);
  if (E.isLeft(column)) return column;
  return column.right.kind === 'bucket' ? E.right(column.right.buckets) : E.left(notBinned(name));
};

/** Somebody who counts as a good and as a bad would count for nothing, and pay twice. */
const checkApart = async (
  { federation }: QuerierContext,
  { scheme, goods, bads }: BinsQuestion,
): Promise<Either<FitBinsError, void>> => {
  const good = await subjectsOf(federation, scheme, goods);
  if (E.isLeft(good)) return good;
  const bad = await subjectsOf(federation, scheme, bads);
  if (E.isLeft(bad)) return bad;
  const keyOf = ({ id }: { readonly id: Uint8Array }): string => Buffer.from(id).toString('latin1');
  const known = new Set(good.right.ids.map(keyOf));
  const rows = bad.right.ids.filter((one) => known.has(keyOf(one))).map(({ row }) => row);
  return rows.length === 0 ? E.right(undefined) : E.left(bothOutcomes(rows));
};

const countsOf = ({ columns }: Totals, { column, groups, noise }: ColumnBins): NoisyCounts => {
  const found = columns.find((one) => one.column === column);
  const totals = new Map(found?.kind === 'bucket' ? found.buckets.map(({ bucket, total }) => [bucket, total]) : []);
  return { counts: groups.map((group) => group.reduce((sum, bucket) => sum + totals.get(bucket)!, 0)), noise };
};

/** A holder that added goods but no bads, or the other way round, shifts every share: the two histograms are then over different holders. */
const lopsidedNotes = (goods: Totals, bads: Totals): readonly string[] =>
  goods.holders.flatMap((holder) => {
    const [g, b] = [goods.suppressed.includes(holder), bads.suppressed.includes(holder)];
    return g === b ? [] : [`${holder} knows too few of the ${g ? 'goods' : 'bads'}: only its ${g ? 'bads' : 'goods'} are in`];
  });

const doubted = (table: NoisyBinTable, why: readonly string[]): NoisyBinTable => ({
  ...table,
  bins: table.bins.map((bin) => ({ ...bin, trusted: false, notes: [...bin.notes, ...why] })),
});

const notBinned = (column: string): NotBinned => ({
  _tag: 'NotBinned',
  column,
  message: `column "${column}" has no buckets, so that there is no histogram of it: bins come from bucket columns of the catalogue`,
});

const badGroups = (message: string): BadGroups => ({ _tag: 'BadGroups', message });

const bothOutcomes = (rows: readonly number[]): BothOutcomes => ({
  _tag: 'BothOutcomes',
  rows,
  message: `${rows.length} of the bads stand among the goods too: decide for one outcome a person`,
});

const nobodyCounted = (outcome: 'goods' | 'bads'): NobodyCounted => ({
  _tag: 'NobodyCounted',
  outcome,
  message: `every holder knows too few of the ${outcome} to answer: bring a larger sample`,
});
