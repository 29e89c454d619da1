import type { DataTable, Outcome } from '@vouchsafe/scorecard';
import { createDice } from '@vouchsafe/testkit';

/** Subjects with an outcome. */
export interface Sample {
  readonly table: DataTable;
  readonly bad: Outcome;
}

/**
 * Synthetic subjects: a hidden risk moves each characteristic, more or less strongly, and the outcome. Half of the characteristics are whole numbers with many ties
 * (counts), half are spread out (amounts); 1 value in 20 is missing. The same seed gives the same subjects on every machine.
 */
export const syntheticSample = ({
  rows,
  characteristics,
}: {
  readonly rows: number;
  readonly characteristics: number;
}): Sample => {
  const dice = createDice('scorecard benchmark');
  // A sum of four dice: about normal, mean 0, deviation 1.
  const bell = (): number =>
    ((dice.below(65_536) + dice.below(65_536) + dice.below(65_536) + dice.below(65_536)) / 65_536 - 2) * Math.sqrt(3);
  const risk = new Float64Array(rows);
  const bad = new Uint8Array(rows);
  for (let i = 0; i < rows; i++) {
    risk[i] = bell();
    bad[i] = risk[i]! + 1.2 * bell() > 1.9 ? 1 : 0;
  }
  const column = (j: number): Float64Array => {
    const values = new Float64Array(rows);
    // From strong to weak, in turn up and down.
    const pull = (j % 2 === 0 ? 1 : -1) * (0.8 - (0.7 * j) / characteristics);
    for (let i = 0; i < rows; i++) {
      const value = pull * risk[i]! + bell();
      values[i] = dice.chance(50) ? Number.NaN : j % 4 < 2 ? Math.round(3 * value) : 1000 * value;
    }
    return values;
  };
  const names = Array.from({ length: characteristics }, (_, j) => `characteristic ${j + 1}`);
  return { table: new Map(names.map((name, j) => [name, { kind: 'numeric', values: column(j) }])), bad };
};
