/** A whole number of a query part: decimal digits only; no sign, exponent or white space. */
export const wholeNumber = (value: string | null): number | undefined =>
  value !== null && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
