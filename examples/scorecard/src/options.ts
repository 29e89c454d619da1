import { parseArgs } from 'node:util';
import { E, type Either } from '@vouchsafe/core';

/** What the command was asked to do. */
export interface Options {
  /** A CSV file, or synthetic signal totals. */
  readonly data: string | undefined;
  readonly outcome: string;
  /** The value of the outcome column that is a bad. */
  readonly bad: string;
  readonly exclude: readonly string[];
  readonly seed: string;
  /** Folder for the report, the model and the SQL. */
  readonly out: string;
  readonly json: boolean;
}

export const USAGE = `Usage: npm run scorecard -- [options]

Fits a scorecard on three quarters of the rows and measures it on the others. Writes report.html, scorecard.json and score.sql.

  --data FILE     a CSV file, one subject a row (default: synthetic signal totals)
  --outcome NAME  the column that says good or bad
  --bad VALUE     its value for a bad (default 1)
  --exclude A,B   columns that are no characteristics, e.g. an identifier
  --seed S        another seed splits the rows differently (default "vouchsafe")
  --out DIR       where to write (default ./scorecard-report)
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
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: { data: text, outcome: text, bad: text, exclude: text, seed: text, out: text, json: flag, help: flag },
    });
    if (values.help) return E.left({ _tag: 'Help', message: USAGE });
    if (values.data !== undefined && values.outcome === undefined)
      return bad('--data needs --outcome: which column says good or bad?');
    return E.right({
      data: values.data,
      outcome: values.outcome ?? 'bad',
      bad: values.bad ?? '1',
      exclude: values.exclude?.split(',') ?? [],
      seed: values.seed ?? 'vouchsafe',
      out: values.out ?? 'scorecard-report',
      json: values.json,
    });
  } catch (error) {
    return bad(error instanceof Error ? error.message : 'the options are not understood');
  }
};
