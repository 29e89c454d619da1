import type { Scorecard } from '@vouchsafe/scorecard';
import type { Wanted } from './sample.ts';

/** The columns that a file needs so that the model can score its rows: its characteristics, and the one that counts lenders. */
export const wantedOf = ({ characteristics, presence }: Scorecard): readonly Wanted[] => {
  const own = characteristics.map(({ name, binning }): Wanted => ({ name, kind: binning.kind }));
  return presence === null || own.some(({ name }) => name === presence) ? own : [...own, { name: presence, kind: 'numeric' }];
};
