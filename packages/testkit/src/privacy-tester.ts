import { binomialBounds } from './binomial-bounds.ts';

/** What a black-box test found out about a mechanism from samples alone. */
export interface PrivacyFinding {
  /** The mechanism leaks at least so much: its true ε is below this with chance at most `risk`. Above the claim, the claim is false. */
  readonly atLeast: number;
  /** On the events that were looked at it leaks at most so much, but for a chance of `risk`. It says nothing about rarer events. */
  readonly atMost: number;
  /** How many events `atMost` holds for. */
  readonly events: number;
}

/** `atMost` looks at events that happen so often at least on one of the inputs: rarer ones cannot be bounded narrowly. */
const COMMON = 0.2;
const MOST_EVENTS = 60;
/** One in so many samples is for choosing events, the others are for measuring them. */
const LEARN = 5;

/** The outputs in an event: at or below, at or above, or exactly at a figure. */
type Event = (output: number) => boolean;

/**
 * A black-box test of pure ε-differential privacy, in the manner of StatDP (Ding, Wang, Wang, Zhang, Kifer 2018): runs a mechanism on two neighbouring inputs and compares how
 * often the outputs fall into events. It knows nothing of the mechanism.
 *
 * `atLeast`: the event that tells the inputs apart best is chosen on one part of the samples and measured on the other, so that choosing costs no confidence; its
 * two probabilities have Clopper–Pearson bounds. `atMost`: the same bounds over every common event, with the risk shared by all of them (Bonferroni).
 * @param samples outputs on each input; both as long
 * @param delta for (ε, δ): taken off the larger probability; 0 by default
 * @param risk of a wrong finding, e.g. 0.001
 */
export const findPrivacy = ({
  samples: [first, second],
  delta = 0,
  risk,
}: {
  readonly samples: readonly [Float64Array, Float64Array];
  readonly delta?: number | undefined;
  readonly risk: number;
}): PrivacyFinding => {
  if (first.length !== second.length || first.length < LEARN)
    throw new RangeError('two lists of the same length, five samples at least');
  const learnt = Math.ceil(first.length / LEARN);
  const [learn, measure] = [
    [first.subarray(0, learnt), second.subarray(0, learnt)],
    [first.subarray(learnt), second.subarray(learnt)],
  ] as const;
  const events = eventsOf(learn[0]!, learn[1]!);

  let atLeast = 0;
  for (const [p, q] of [
    [0, 1],
    [1, 0],
  ] as const) {
    // Chosen by what could be proven from the samples that are for choosing: so neither a rare event nor a lucky one looks best.
    const scores = events.map(
      (event) => (bounds(learn[p], event, risk / 4).below - delta) / bounds(learn[q], event, risk / 4).above,
    );
    const best = events[scores.indexOf(Math.max(...scores))]!;
    const many = bounds(measure[p], best, risk / 4).below - delta;
    const few = bounds(measure[q], best, risk / 4).above;
    if (many > few) atLeast = Math.max(atLeast, Math.log(many / few));
  }

  const share = risk / (4 * events.length);
  let atMost = 0;
  let common = 0;
  for (const event of events) {
    const [a, b] = [bounds(measure[0], event, share), bounds(measure[1], event, share)];
    if (Math.max(a.below, b.below) < COMMON) continue;
    common++;
    for (const [p, q] of [
      [a, b],
      [b, a],
    ] as const)
      atMost = Math.max(atMost, Math.log((p.above - delta) / q.below));
  }
  return { atLeast, atMost, events: common };
};

const count = (outputs: Float64Array, event: Event): number => {
  let hits = 0;
  for (const output of outputs) if (event(output)) hits++;
  return hits;
};

const bounds = (outputs: Float64Array, event: Event, risk: number): { readonly below: number; readonly above: number } =>
  binomialBounds({ hits: count(outputs, event), trials: outputs.length, risk });

/** Half-lines and single values at the figures that the samples lie around: up to so many quantiles of both together. */
const eventsOf = (first: Float64Array, second: Float64Array): readonly Event[] => {
  const both = new Float64Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  both.sort();
  const cuts = MOST_EVENTS / 3;
  const figures = new Set(Array.from({ length: cuts + 1 }, (_, i) => both[Math.round((i * (both.length - 1)) / cuts)]!));
  return [...figures].flatMap((figure): readonly Event[] => [
    (output) => output <= figure,
    (output) => output >= figure,
    (output) => output === figure,
  ]);
};
