import { normalHalfWidth } from './normal.ts';

/** A figure and the interval around it; an end is infinite where the noise could explain a whole count. */
export interface ErrorBar {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Counts above zero with the standard deviations of their independent noise. */
export interface NoisyPoint {
  readonly good: readonly number[];
  readonly bad: readonly number[];
  readonly goodDeviation: readonly number[];
  readonly badDeviation: readonly number[];
  /** What is known of the noise, for its shape: an interval is as many standard deviations wide as the widest of these says. */
  readonly noise: readonly { readonly standardDeviation: number; readonly halfWidth: number; readonly confidence: number }[];
}

/** The figure: a bin's weight of evidence with the convention's sign, or the information value. */
export type Figure = { readonly kind: 'woe'; readonly bin: number; readonly sign: 1 | -1 } | { readonly kind: 'iv' };

/**
 * The interval that noise leaves of a figure. Delta method for the width: with gradient ∂ the figure's standard deviation is √Σ (∂ⱼσⱼ)², and the interval is as many
 * of these wide as a single count's is of its own (at 95 % some 2.1 for one holder's discrete Laplace noise), at least as many as the normal distribution's, to which
 * sums of noise tend. But the ends are not linear: the figure is computed again at the most likely counts that lie so far off, cᵢ ± m·σᵢ²·∂ᵢ / √Σ (∂ⱼσⱼ)², so that
 * the interval bends with the logarithm and an end is infinite when a count there would be 0.
 */
export const errorBar = (point: NoisyPoint, figure: Figure): ErrorBar => {
  const value = figureAt(point.good, point.bad, figure);
  const { good, bad } = gradientOf(point, figure);
  const deviation = Math.hypot(
    ...good.map((slope, i) => slope * point.goodDeviation[i]!),
    ...bad.map((slope, i) => slope * point.badDeviation[i]!),
  );
  if (deviation === 0) return { value, low: value, high: value };
  const width = multiple(point.noise) / deviation;
  const end = (side: 1 | -1): number => {
    const move = (counts: readonly number[], slopes: readonly number[], deviations: readonly number[]): readonly number[] =>
      counts.map((count, i) => count + side * width * slopes[i]! * deviations[i]! ** 2);
    const [g, b] = [move(point.good, good, point.goodDeviation), move(point.bad, bad, point.badDeviation)];
    if (!inDomain(g, b, figure)) return side * Number.POSITIVE_INFINITY;
    return figureAt(g, b, figure);
  };
  return { value, low: end(-1), high: end(1) };
};

/** How many standard deviations an interval at the noise's confidence reaches. */
const multiple = (noise: NoisyPoint['noise']): number => {
  const own = noise
    .filter(({ standardDeviation }) => standardDeviation > 0)
    .map(({ standardDeviation, halfWidth }) => halfWidth / standardDeviation);
  return Math.max(normalHalfWidth(noise[0]!.confidence), ...own);
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Are there logarithms of all counts that the figure takes one of? */
const inDomain = (good: readonly number[], bad: readonly number[], figure: Figure): boolean => {
  const taken = figure.kind === 'woe' ? [good[figure.bin]!, bad[figure.bin]!, sum(good), sum(bad)] : [...good, ...bad];
  return taken.every((count) => count > 0);
};

const figureAt = (good: readonly number[], bad: readonly number[], figure: Figure): number => {
  const [g, b] = [sum(good), sum(bad)];
  const logOdds = (i: number): number => Math.log(good[i]! / g / (bad[i]! / b));
  if (figure.kind === 'woe') return figure.sign * logOdds(figure.bin);
  return sum(good.map((count, i) => (count / g - bad[i]! / b) * logOdds(i)));
};

/** ∂ ln(gᵢ/G) / ∂gⱼ = [i = j]/gᵢ − 1/G; the information value's by the product rule. */
const gradientOf = (
  { good, bad }: NoisyPoint,
  figure: Figure,
): { readonly good: readonly number[]; readonly bad: readonly number[] } => {
  const [g, b] = [sum(good), sum(bad)];
  if (figure.kind === 'woe') {
    const { bin, sign } = figure;
    return {
      good: good.map((count, j) => sign * ((j === bin ? 1 / count : 0) - 1 / g)),
      bad: bad.map((count, j) => sign * (1 / b - (j === bin ? 1 / count : 0))),
    };
  }
  // With t(p, q) = (p − q)·ln(p/q): ∂t/∂p = ln(p/q) + 1 − q/p, ∂t/∂q = −ln(p/q) + 1 − p/q; and ∂pᵢ/∂gⱼ = [i = j]/G − gᵢ/G².
  const p = good.map((count) => count / g);
  const q = bad.map((count) => count / b);
  const byGood = p.map((share, i) => Math.log(share / q[i]!) + 1 - q[i]! / share);
  const byBad = p.map((share, i) => 1 - share / q[i]! - Math.log(share / q[i]!));
  const meanGood = sum(p.map((share, i) => share * byGood[i]!));
  const meanBad = sum(q.map((share, i) => share * byBad[i]!));
  return { good: byGood.map((slope) => (slope - meanGood) / g), bad: byBad.map((slope) => (slope - meanBad) / b) };
};
