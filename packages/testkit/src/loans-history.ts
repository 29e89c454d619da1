import type { CodeSet, Product } from './loans.ts';
import type { Dice } from './population-random.ts';

/** How a loan went: a days-past-due class (0 to 7) a month, newest last; -1 where nothing is known. */
export type MonthlyClasses = readonly number[];

/** A month's chances, in 1000, for a person of that risk (0 to 999). Whole numbers, so that every machine draws the same. */
const falls = (risk: number): number => 4 + Math.floor((risk * risk) / 7_000);
const worsens = (risk: number): number => 150 + Math.floor(risk / 4);
const recovers = (risk: number): number => 550 - Math.floor(risk / 3);
const SILENT = 15;

/**
 * A walk over the classes: a current loan falls behind, a late one gets worse, recovers or stays; one that is written off (7) stays so. The higher the risk, the more of
 * it. In a month out of many, nothing was reported.
 */
export const walkClasses = ({ dice, risk, months }: { dice: Dice; risk: number; months: number }): MonthlyClasses => {
  let current = 0;
  return Array.from({ length: months }, () => {
    const draw = dice.below(1000);
    if (current === 0) current = draw < falls(risk) ? 1 : 0;
    else if (current < 7 && draw < worsens(risk)) current += 1;
    else if (current < 7 && draw < worsens(risk) + recovers(risk)) current = 0;
    return dice.chance(SILENT) ? -1 : current;
  });
};

/** Metro 2 begins to count at 30 days, so a class-1 month is current there; months that say nothing have two codes. */
const METRO2 = ['0', '0', '1', '2', '3', '4', '5', '6'];
const SILENT_CODES: Readonly<Record<CodeSet, readonly string[]>> = { pboc: ['*', '/', '#'], metro2: ['B', 'D'] };
const WRITTEN_OFF: Readonly<Record<CodeSet, readonly string[]>> = { pboc: ['7', 'G', 'Z'], metro2: ['6', 'G', 'J', 'K', 'L'] };

/** How a loan's months are written down. */
export interface Writing {
  readonly dice: Dice;
  readonly codeSet: CodeSet;
  readonly product: Product;
  /** Does the last month close the loan? */
  readonly closed: boolean;
}

/** The classes in the codes of a lender's set, newest last. A closed loan ends in `C` or `E`, unless it was lost: that stays to be seen. */
export const writeHistory = (classes: MonthlyClasses, { dice, codeSet, product, closed }: Writing): string =>
  classes
    .map((dpd, i) => {
      if (closed && i === classes.length - 1 && dpd < 7) return codeSet === 'pboc' ? 'C' : 'E';
      if (dpd === -1) return dice.pick(SILENT_CODES[codeSet]);
      if (dpd === 7) return writtenOff({ dice, codeSet, product });
      if (codeSet === 'metro2') return METRO2[dpd];
      return dpd === 0 ? 'N' : String(dpd);
    })
    .join('');

const writtenOff = ({ dice, codeSet, product }: Pick<Writing, 'dice' | 'codeSet' | 'product'>): string => {
  if (codeSet === 'pboc' && product === 'guarantee') return 'D';
  if (codeSet === 'metro2' && product === 'mortgage') return 'H';
  return dice.pick(WRITTEN_OFF[codeSet]);
};
