import * as t from 'io-ts';
import { list, record, text, whole } from './decode.ts';
import { E, type Either } from './fp.ts';

/** Values and sums of squares stay below this, so that they fit an unsigned 32-bit slot. */
export const MAX_SLOT_VALUE: number = 2 ** 32 - 1;
/** Totals stay within ±2^40, the range of the small discrete logarithm. */
export const MAX_TOTAL: number = 2 ** 40;
/** A cohort never has more subjects than this, whatever a catalogue says. */
export const MAX_COHORT = 100_000;

const Name: t.Type<string, unknown, unknown> = text(
  'a name (a letter, then at most 39 letters, digits, dots or dashes)',
  /^[A-Za-z][\w.+-]{0,39}$/,
);
const BucketName: t.Type<string, unknown, unknown> = text(
  'a bucket name of at most 20 letters, digits, dashes',
  /^[\w.+–-]{1,20}$/,
);

/** Yes or no: one slot, 0 or 1. */
export interface FlagColumn {
  readonly kind: 'flag';
  readonly name: string;
}

/** How many of something: one slot, 0..max. */
export interface CountColumn {
  readonly kind: 'count';
  readonly name: string;
  readonly max: number;
}

/**
 * An amount: one slot, in whole `unit`s. The slot's value is `round(amount / unit) + offset`, clamped to [0, max]; a negative amount needs an offset.
 * With `squares`, a second slot holds `round(value² / squares.unit)`, clamped to [0, squares.max], where value is the first slot's.
 */
export interface AmountColumn {
  readonly kind: 'amount';
  readonly name: string;
  /** How many currency units (or whatever the column counts) make 1, a whole number. */
  readonly unit: number;
  /** In units, after the offset. */
  readonly max: number;
  /** In units. The bureau takes offset × count off a total again. */
  readonly offset?: number | undefined;
  readonly squares?: { readonly unit: number; readonly max: number } | undefined;
}

/** One of a list: one slot a bucket, one-hot. */
export interface BucketColumn {
  readonly kind: 'bucket';
  readonly name: string;
  readonly buckets: readonly string[];
}

/** A column of the catalogue, by its `kind`. */
export type Column = FlagColumn | CountColumn | AmountColumn | BucketColumn;

/** The columns that every holder of a federation fills, and the sizes that keep every total in range. */
export interface Catalogue {
  /** Subjects a query may name. */
  readonly cohortCap: number;
  readonly columns: readonly Column[];
}

const Max: t.Type<number, unknown, unknown> = whole(1, MAX_SLOT_VALUE);

export const Column: t.Type<Column, unknown, unknown> = t.union(
  [
    record<FlagColumn>('flag', { kind: t.literal('flag'), name: Name }, {}),
    record<CountColumn>('count', { kind: t.literal('count'), name: Name, max: Max }, {}),
    record<AmountColumn>(
      'amount',
      { kind: t.literal('amount'), name: Name, unit: whole(1, 1e12), max: Max },
      {
        offset: whole(0, MAX_SLOT_VALUE),
        squares: record<NonNullable<AmountColumn['squares']>>('squares', { unit: Max, max: Max }, {}),
      },
    ),
    record<BucketColumn>('bucket', { kind: t.literal('bucket'), name: Name, buckets: list(BucketName, 64) }, {}),
  ],
  'Column (flag, count, amount or bucket)',
);

export const Catalogue: t.Type<Catalogue, unknown, unknown> = record<Catalogue>(
  'Catalogue',
  { cohortCap: whole(1, MAX_COHORT), columns: list(Column, 64) },
  {},
);

/** One ElGamal slot of a sealed row. */
export interface Slot {
  /** Position in the row, from 0. */
  readonly index: number;
  /** `present`, or the name of the column. */
  readonly column: string;
  readonly holds: 'present' | 'value' | 'squares' | 'bucket';
  /** Which bucket, for `holds: 'bucket'`. */
  readonly bucket?: string;
  /** The largest value a row can have here: also the slot's sensitivity. */
  readonly max: number;
}

/** Slot 0: every real row holds 1, a padding row 0. */
export const PRESENT = 'present';

/** The slots of a sealed row in their order: `present`, then the columns as the catalogue lists them. */
export const slotsOf = (catalogue: Catalogue): readonly Slot[] => {
  const present = { column: PRESENT, holds: 'present', max: 1 } as const;
  return [present, ...catalogue.columns.flatMap(slotsOfColumn)].map((slot, index) => ({ index, ...slot }));
};

const slotsOfColumn = (column: Column): readonly Omit<Slot, 'index'>[] => {
  switch (column.kind) {
    case 'flag':
      return [{ column: column.name, holds: 'value', max: 1 }];
    case 'count':
      return [{ column: column.name, holds: 'value', max: column.max }];
    case 'amount': {
      const value = { column: column.name, holds: 'value', max: column.max } as const;
      return column.squares ? [value, { column: column.name, holds: 'squares', max: column.squares.max }] : [value];
    }
    case 'bucket':
      return column.buckets.map((bucket) => ({ column: column.name, holds: 'bucket', bucket, max: 1 }));
  }
};

/** A catalogue that no federation can run with. */
export interface BadCatalogue {
  readonly _tag: 'BadCatalogue';
  readonly message: string;
  /** The column at fault, when there is one. */
  readonly column?: string;
}

/**
 * Refuses a catalogue whose totals could leave the range of the small discrete logarithm: cohortCap · roster · max ≤ 2^40 for every slot (the noise's tail
 * is checked with each query, since it depends on ε), and one with names twice.
 * @param roster how many holders answer a query
 */
export const checkCatalogue = (catalogue: Catalogue, roster: number): Either<BadCatalogue, Catalogue> => {
  const bad = (message: string, column?: string): Either<BadCatalogue, never> =>
    E.left({ _tag: 'BadCatalogue', message, ...(column === undefined ? {} : { column }) });
  const names = new Set<string>([PRESENT]);
  for (const column of catalogue.columns) {
    if (names.has(column.name))
      return bad(`column "${column.name}" stands twice in the catalogue (or is the reserved name)`, column.name);
    names.add(column.name);
    if (column.kind === 'bucket' && (column.buckets.length < 2 || new Set(column.buckets).size !== column.buckets.length))
      return bad(`column "${column.name}" needs two or more different buckets`, column.name);
  }
  for (const slot of slotsOf(catalogue))
    if (catalogue.cohortCap * roster * slot.max > MAX_TOTAL)
      return bad(
        `column "${slot.column}": cohortCap ${catalogue.cohortCap} × ${roster} holders × max ${slot.max} exceeds 2^40; lower the cap or the maximum, or use a larger unit`,
        slot.column,
      );
  return E.right(catalogue);
};

/** A column that the catalogue does not have. */
export interface UnknownColumn {
  readonly _tag: 'UnknownColumn';
  readonly message: string;
  readonly column: string;
}

/** The column of that name, or an error that lists the names there are. */
export const columnNamed = (catalogue: Catalogue, name: string): Either<UnknownColumn, Column> => {
  const found = catalogue.columns.find((column) => column.name === name);
  if (found) return E.right(found);
  const known = catalogue.columns.map((column) => column.name).join(', ');
  return E.left({
    _tag: 'UnknownColumn',
    column: name.slice(0, 40),
    message: `the catalogue has no such column; it has: ${known}`,
  });
};
