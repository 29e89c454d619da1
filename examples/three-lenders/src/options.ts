import { parseArgs } from 'node:util';
import { E, type Either } from '@vouchsafe/core';

/** What the command was asked to do. */
export interface Options {
  /** Per lender. */
  readonly customers: number;
  readonly lenders: number;
  readonly seed: string;
  /** A folder with one `loans` table (CSV) a lender, instead of a synthetic population. */
  readonly data: string | undefined;
  readonly asOf: string;
  readonly currency: string;
  /** Change one lender's log at the end, and show that it is found. */
  readonly tamper: boolean;
  /** Let the bureau change one row while sealing, show that the lender refuses it, and end there. */
  readonly cheat: boolean;
  readonly json: boolean;
}

export const USAGE = `Usage: npm run demo -- [options]

A bureau asks lenders about 300 applicants. Each lender is a process of its own and answers over HTTP on loopback;
every result is checked against the truth that pooling all records would give.

  --customers N   customers of each lender (default 20000, at least 100)
  --lenders K     how many lenders (default 3, 2 to 10)
  --seed S        another seed makes other people (default "vouchsafe")
  --data DIR      use the CSV files in DIR, one lender each, with the columns of the canonical loans table
  --as-of DATE    the day that the loans tables describe (default 2026-06-30)
  --currency CCY  the currency of the loans tables (default CNY)
  --tamper        at the end, change one bit of one lender's log and see it caught
  --cheat         the bureau scales one lender's row while sealing: see the lender refuse, and the demo end there
  --json          print one JSON object as the last line of standard output
  --help          this text`;

/** A call that makes no sense, with what to do. */
export interface BadCall {
  readonly _tag: 'BadCall' | 'Help';
  readonly message: string;
}

const bad = (message: string): Either<BadCall, never> => E.left({ _tag: 'BadCall', message: `${message}\n\n${USAGE}` });

/** Reads the command line. */
export const readOptions = (argv: readonly string[]): Either<BadCall, Options> => {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  let values: Readonly<Record<string, string | boolean | undefined>>;
  try {
    ({ values } = parseArgs({
      args: [...argv],
      options: {
        customers: text,
        lenders: text,
        seed: text,
        data: text,
        'as-of': text,
        currency: text,
        json: flag,
        tamper: flag,
        cheat: flag,
        help: flag,
      },
    }));
  } catch (error) {
    return bad(error instanceof Error ? error.message : 'the options are not understood');
  }
  if (values['help'] === true) return E.left({ _tag: 'Help', message: USAGE });
  const whole = (name: string, otherwise: number, min: number, max: number): number | undefined => {
    const given = values[name];
    if (given === undefined) return otherwise;
    const value = /^\d{1,7}$/.test(String(given)) ? Number(given) : Number.NaN;
    return value >= min && value <= max ? value : undefined;
  };
  const customers = whole('customers', 20_000, 100, 1_000_000);
  const lenders = whole('lenders', 3, 2, 10);
  if (customers === undefined) return bad('--customers takes a whole number from 100 to 1000000');
  if (lenders === undefined) return bad('--lenders takes a whole number from 2 to 10');
  return E.right({
    customers,
    lenders,
    seed: String(values['seed'] ?? 'vouchsafe'),
    data: values['data'] === undefined ? undefined : String(values['data']),
    asOf: String(values['as-of'] ?? '2026-06-30'),
    currency: String(values['currency'] ?? 'CNY'),
    tamper: values['tamper'] === true,
    cheat: values['cheat'] === true,
    json: values['json'] === true,
  });
};
