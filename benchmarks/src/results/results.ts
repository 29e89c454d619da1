import { E, type Either } from '@vouchsafe/core';
import * as t from 'io-ts';
import type { Measurement } from '../measurement.ts';
import type { TableRow } from '../report.ts';
import { Machine, Stamp } from './stamp.ts';

type Figures = Readonly<Record<string, number>>;
const Figures: t.Type<Figures> = t.record(t.string, t.number);

/** A measurement and where it comes from. */
export interface Result extends Measurement {
  readonly stamp: Stamp;
}

const Result: t.Type<Result> = t.intersection([
  t.strict({
    name: t.string,
    by: t.string,
    backend: t.string,
    n: t.number,
    threads: t.number,
    warmUp: t.number,
    rounds: t.number,
    median: t.number,
    min: t.number,
    max: t.number,
    sent: t.number,
    received: t.number,
    turns: t.number,
    rssMiB: t.number,
    stamp: Stamp,
  }),
  t.partial({ batch: t.union([t.number, t.undefined]), stored: t.union([t.number, t.undefined]) }),
]);

/** What one case gave in one process. */
export interface CaseResult {
  readonly stamp: Stamp;
  /** How long the whole case took, preparation included. */
  readonly tookSeconds: number;
  /** What the command line said, as one would type it. */
  readonly options: string;
  readonly backend: string;
  readonly figures: Figures;
  readonly ratios: Figures;
  readonly results: readonly Result[];
  readonly tables: Readonly<Record<string, readonly TableRow[]>>;
}

export const CaseResult: t.Type<CaseResult> = t.strict({
  stamp: Stamp,
  tookSeconds: t.number,
  options: t.string,
  backend: t.string,
  figures: Figures,
  ratios: Figures,
  results: t.readonlyArray(Result),
  tables: t.record(t.string, t.readonlyArray(t.record(t.string, t.union([t.number, t.string, t.null])))),
});

/** The file that `all` writes. */
export interface Results {
  readonly format: 'vouchsafe-benchmarks/1';
  /** Small sizes, which show that the cases run and nothing else. */
  readonly quick: boolean;
  readonly commit: string;
  readonly machine: Machine;
  readonly cases: readonly CaseResult[];
}

export const Results: t.Type<Results> = t.strict({
  format: t.literal('vouchsafe-benchmarks/1'),
  quick: t.boolean,
  commit: t.string,
  machine: Machine,
  cases: t.readonlyArray(CaseResult),
});

/** A file that is none of results. */
export interface BadResults {
  readonly _tag: 'BadResults';
  readonly message: string;
}

const bad = (message: string): Either<BadResults, never> => E.left({ _tag: 'BadResults', message });

/**
 * Reads a file of results. It must be of one machine and one revision throughout: a file that was put together from several is refused, since its figures would look
 * comparable and are not.
 */
export const decodeResults = (text: string): Either<BadResults, Results> => {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return bad('the file is not JSON');
  }
  const decoded = Results.decode(json);
  if (E.isLeft(decoded)) return bad('the file is not one of vouchsafe-benchmarks/1; write it with `npm run bench -- all`');
  const { commit, machine, cases } = decoded.right;
  const stamps = cases.flatMap(({ stamp, results }) => [stamp, ...results.map((result) => result.stamp)]);
  if (stamps.some((stamp) => stamp.commit !== commit)) return bad('the file holds figures of different revisions');
  if (stamps.some((stamp) => Object.entries(machine).some(([key, value]) => stamp.machine[key as keyof Machine] !== value)))
    return bad('the file holds figures of different machines');
  if (cases.some(({ stamp, results }) => results.some((result) => result.stamp.run !== stamp.run)))
    return bad('a case of the file holds figures of different runs');
  return decoded;
};
