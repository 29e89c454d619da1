import type { Catalogue, Column } from '@vouchsafe/core';

/**
 * The columns that the holder's view of a `loans` table gives, as a catalogue lists them; a federation may leave some out or choose other units and maxima. Amounts
 * are in whole hundreds of a currency unit.
 */
export const LOANS_COLUMNS: readonly Column[] = [
  { kind: 'count', name: 'openLoans', max: 20 },
  { kind: 'amount', name: 'outstanding', unit: 100, max: 20_000 },
  { kind: 'amount', name: 'limit', unit: 100, max: 20_000 },
  { kind: 'amount', name: 'pastDue', unit: 100, max: 10_000 },
  { kind: 'count', name: 'late30', max: 60 },
  { kind: 'count', name: 'monthsOnBook', max: 600 },
  { kind: 'bucket', name: 'worstStatus', buckets: ['none', '0', '1', '2', '3', '4-6', '7'] },
];

/** The catalogue of a federation that chooses none: all of {@link LOANS_COLUMNS}, cohorts of at most 10,000 subjects. */
export const LOANS_CATALOGUE: Catalogue = { cohortCap: 10_000, columns: LOANS_COLUMNS };
