import { sha256 } from '@noble/hashes/sha2.js';
import {
  type BadShape,
  bytesToHex,
  concatBytes,
  decodeShape,
  domain,
  E,
  type Either,
  encodeCanonical,
  list,
  record,
  text,
  whole,
} from '@vouchsafe/core';
import * as t from 'io-ts';
import { Binning, binCount, binLabels, checkBinning, MAX_BINS } from './binning.ts';
import { Conventions } from './conventions.ts';
import type { BadScorecard } from './errors.ts';
import { Finite, nullable } from './finite.ts';
import { Scaling } from './scaling.ts';

/** A bin as the model has it. */
export interface ScorecardBin {
  readonly label: string;
  /** Rows of the sample that the model was fitted on. */
  readonly good: number;
  readonly bad: number;
  readonly woe: number;
  /** What the bin adds to the score; `null`: who falls into it gets no score. */
  readonly points: number | null;
}

/** An estimate of the logistic regression. */
export interface Estimate {
  readonly estimate: number;
  readonly standardError: number;
  readonly pValue: number;
}

/** A characteristic of a scorecard: its bins with their points, and how well it tells goods from bads. */
export interface Characteristic {
  readonly name: string;
  readonly binning: Binning;
  /** One a bin of the binning: intervals or groups, specials, missing. */
  readonly bins: readonly ScorecardBin[];
  readonly iv: number;
  readonly coefficient: Estimate;
  /** Points rise with WOE = ln(good/bad), or fall with WOE = ln(bad/good), as they should. */
  readonly signOk: boolean;
}

/** A model as a document: everything that scoring needs, every convention, and where it comes from. Its numbers are finite doubles. */
export interface Scorecard {
  readonly format: 'vouchsafe-scorecard';
  readonly version: 1;
  readonly name: string;
  readonly conventions: Conventions;
  readonly scaling: Scaling;
  /** The column that says how many lenders know the subject: below 1, or missing, there is no score. `null`: everybody in the data is known. */
  readonly presence: string | null;
  /** Points that everybody starts with. A score is base + points₁ + points₂ + …, added in this order. */
  readonly base: number;
  /** Of ln(Pr[bad] / Pr[good]). */
  readonly intercept: Estimate;
  readonly characteristics: readonly Characteristic[];
  readonly sample: {
    readonly good: number;
    readonly bad: number;
    readonly l2: number;
    readonly iterations: number;
    readonly logLikelihood: number;
  };
}

/** What a characteristic or a model may be called. */
export const NAME: RegExp = /^[^\p{Cc}\p{Cs}]{1,200}$/u;

const Name: t.Type<string, unknown, unknown> = text('a name of at most 200 characters', NAME);
const Label: t.Type<string, unknown, unknown> = text('a label', /^[^\p{Cc}\p{Cs}]{0,200}$/u);

export const Estimate: t.Type<Estimate, unknown, unknown> = record<Estimate>(
  'Estimate',
  { estimate: Finite, standardError: Finite, pValue: Finite },
  {},
);

const ScorecardBin: t.Type<ScorecardBin, unknown, unknown> = record<ScorecardBin>(
  'bin',
  { label: Label, good: Finite, bad: Finite, woe: Finite, points: nullable(Finite) },
  {},
);

const Characteristic: t.Type<Characteristic, unknown, unknown> = record<Characteristic>(
  'characteristic',
  {
    name: Name,
    binning: Binning,
    bins: list(ScorecardBin, MAX_BINS),
    iv: Finite,
    coefficient: Estimate,
    signOk: t.boolean,
  },
  {},
);

export const Scorecard: t.Type<Scorecard, unknown, unknown> = record<Scorecard>(
  'Scorecard',
  {
    format: t.literal('vouchsafe-scorecard'),
    version: t.literal(1),
    name: Name,
    conventions: Conventions,
    scaling: Scaling,
    presence: nullable(Name),
    base: Finite,
    intercept: Estimate,
    characteristics: list(Characteristic, 1000),
    sample: record<Scorecard['sample']>(
      'sample',
      { good: Finite, bad: Finite, l2: Finite, iterations: whole(0, 1e6), logLikelihood: Finite },
      {},
    ),
  },
  {},
);

/** Reads a model document (parsed JSON) and checks that it can score. */
export const decodeScorecard = (document: unknown): Either<BadShape | BadScorecard, Scorecard> => {
  const shape = decodeShape(Scorecard, document);
  return E.isLeft(shape) ? shape : checkScorecard(shape.right);
};

/** Refuses a model whose bins do not fit its binnings, or that names a characteristic twice. */
export const checkScorecard = (scorecard: Scorecard): Either<BadScorecard, Scorecard> => {
  const bad = (message: string): Either<BadScorecard, never> => E.left({ _tag: 'BadScorecard', message });
  const { characteristics } = scorecard;
  if (characteristics.length === 0) return bad('a scorecard needs at least one characteristic');
  if (new Set(characteristics.map(({ name }) => name)).size !== characteristics.length)
    return bad('a characteristic stands twice in the scorecard');
  for (const { name, binning, bins } of characteristics) {
    const checked = checkBinning(binning);
    if (E.isLeft(checked)) return bad(`${name}: ${checked.left.message}`);
    const labels = binLabels(binning);
    if (bins.length !== binCount(binning) || bins.some(({ label }, i) => label !== labels[i]))
      return bad(`${name}: the bins are not those of the binning`);
    if (bins.every(({ points }) => points === null)) return bad(`${name}: no bin gives points`);
    if (bins.some((bin) => bin.good < 0 || bin.bad < 0)) return bad(`${name}: a bin has a negative count`);
  }
  return E.right(scorecard);
};

/**
 * The hash that names a model: SHA-256 over the domain tag and the document in deterministic CBOR (RFC 8949 §4.2.1), as hexadecimal. The order of keys and the
 * spelling of numbers in a JSON file do not matter; every value does.
 */
export const scorecardHash = (scorecard: Scorecard): string =>
  bytesToHex(sha256(concatBytes(domain('scorecard'), encodeCanonical(Scorecard.encode(scorecard)))));
