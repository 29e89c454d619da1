import { InvalidArgumentError } from '@commander-js/extra-typings';
import { decodeShape, E, parseRational } from '@vouchsafe/core';
import { HexKey, Id, Url } from '@vouchsafe/protocol';
import type * as t from 'io-ts';
import { secondsOf } from './time-span.ts';

// Readers of single arguments. What they refuse, commander reports with the option's name.

const reader =
  <A>(codec: t.Type<A, unknown, unknown>) =>
  (given: string): A => {
    const value = decodeShape(codec, given);
    if (E.isLeft(value)) throw new InvalidArgumentError(`It takes ${codec.name}.`);
    return value.right;
  };

/** A federation's or a member's name. */
export const nameArgument: (given: string) => string = reader(Id);

/** A public key, in lower-case hexadecimal digits. */
export const keyArgument = (given: string): string => reader(HexKey)(given.toLowerCase());

/** Where a holder answers. */
export const urlArgument = (given: string): string => {
  const url = reader(Url)(given);
  if (!URL.canParse(url)) throw new InvalidArgumentError('It takes an http or https URL without query.');
  return url;
};

/** Member names, with commas or spaces between them. */
export const namesArgument = (given: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  ...given
    .split(/[,\s]+/)
    .filter((name) => name !== '')
    .map(nameArgument),
];

/** A privacy price, as it was written: exact decimals and fractions go on to where they are charged. */
export const priceArgument = (given: string): string => {
  const price = parseRational(given);
  if (E.isLeft(price)) throw new InvalidArgumentError('It takes a decimal such as 0.5, or a fraction such as 1/3.');
  return given;
};

/** Seconds of a span of time. */
export const spanArgument = (given: string): number => {
  const seconds = secondsOf(given);
  if (seconds === undefined) throw new InvalidArgumentError('It takes a span of time such as 7d, 36h, 90m or 0.');
  return seconds;
};

/** A whole number within bounds. */
export const wholeArgument =
  (min: number, max: number) =>
  (given: string): number => {
    const value = /^\d{1,12}$/.test(given) ? Number(given) : Number.NaN;
    if (!(value >= min && value <= max)) throw new InvalidArgumentError(`It takes a whole number from ${min} to ${max}.`);
    return value;
  };
