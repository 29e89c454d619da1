import { InvalidArgumentError } from '@commander-js/extra-typings';

/** A share above 0 and below 1. */
export const shareArgument = (given: string): number => {
  const share = /^0?\.\d{1,9}$/.test(given) ? Number(given) : Number.NaN;
  if (!(share > 0 && share < 1)) throw new InvalidArgumentError('It takes a share such as 0.25.');
  return share;
};
