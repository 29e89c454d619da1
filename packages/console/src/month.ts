import type { Period } from '@vouchsafe/audit/statement';

/** A calendar month in UTC, `YYYY-MM`. */
export type Month = string;

const MONTH = /^(20\d\d|19[7-9]\d)-(0[1-9]|1[0-2])$/;

/** @param text from outside @returns none when it is no month */
export const readMonth = (text: string | null): Month | undefined => (text !== null && MONTH.test(text) ? text : undefined);

/** The month of a moment, in milliseconds since 1970. */
export const monthOf = (ms: number): Month => new Date(ms).toISOString().slice(0, 7);

/** From its first second to before that of the next. */
export const periodOf = (month: Month): Period => {
  const [year, number] = [Number(month.slice(0, 4)), Number(month.slice(5))];
  return { from: Date.UTC(year, number - 1) / 1000, to: Date.UTC(year, number) / 1000 };
};

/** The months from the first moment to the last, newest first, 36 at most. Both in milliseconds. */
export const monthsBetween = ({ first, last }: { readonly first: number; readonly last: number }): readonly Month[] => {
  const months: Month[] = [];
  const end = new Date(last);
  for (let back = 0; back < 36; back++) {
    const month = monthOf(Date.UTC(end.getUTCFullYear(), end.getUTCMonth() - back));
    if (back > 0 && month < monthOf(first)) break;
    months.push(month);
  }
  return months;
};
