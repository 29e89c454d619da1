import { InvalidArgumentError } from '@commander-js/extra-typings';

/** A day, in UTC, or a moment of ISO 8601. @returns seconds since 1970 */
export const momentArgument = (given: string): number => {
  const time = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?Z)?$/.test(given) ? Date.parse(given) : Number.NaN;
  if (Number.isNaN(time))
    throw new InvalidArgumentError('It takes a day such as 2026-06-30, or a moment such as 2026-06-30T12:00Z.');
  return Math.floor(time / 1000);
};
