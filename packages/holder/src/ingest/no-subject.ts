import { fieldsOf } from '@vouchsafe/identity';
import type { NoSubject } from './errors.ts';
import type { IngestReport } from './report.ts';

/**
 * Is nobody in these records? An epoch's records are read once, so an empty file, or another one than it should be, would be an empty table until the next epoch.
 * @param schemes how many the federation has: with several, a lender may have no identifier of one of them, and rows without it are no error
 */
export const noSubjectIn = (report: IngestReport, schemes: number): NoSubject | undefined => {
  const { scheme, rows, subjects, reasons } = report;
  if (subjects > 0 || (schemes > 1 && isWithout(report))) return undefined;
  const why = Object.entries(reasons).map(([reason, count]) => `${reason} ${count}`);
  return {
    _tag: 'NoSubject',
    message:
      rows === 0
        ? 'the records have no row, and an epoch’s records are read once: nothing is loaded. Is it the right file, and whole?'
        : `${scheme}: none of the ${rows} rows can be used (${why.join(', ')}), and an epoch’s records are read once: nothing is loaded. Mend the rows, or name another file`,
  };
};

/** Do the rows lack this scheme's identifier, and nothing else? */
const isWithout = ({ scheme, rows, reasons }: IngestReport): boolean =>
  rows > 0 && Object.keys(reasons).every((reason) => fieldsOf(scheme).some((field) => reason === `${field}: missing`));
