/** Bounds of a probability after n trials, each of them wrong with a stated chance. */
export interface BinomialBounds {
  readonly below: number;
  readonly above: number;
}

/**
 * Clopper and Pearson's exact bounds (1934) of a probability: the true one lies below `below` with chance at most `risk`, and above `above` with chance at most `risk`.
 * @param hits of `trials`
 */
export const binomialBounds = ({
  hits,
  trials,
  risk,
}: {
  readonly hits: number;
  readonly trials: number;
  readonly risk: number;
}): BinomialBounds => ({
  below: hits === 0 ? 0 : betaQuantile(hits, trials - hits + 1, risk),
  above: hits === trials ? 1 : betaQuantile(hits + 1, trials - hits, 1 - risk),
});

/** The x with I_x(a, b) = p, by halving the interval. */
const betaQuantile = (a: number, b: number, p: number): number => {
  let [low, high] = [0, 1];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (regularBeta(middle, a, b) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
};

/** The regularised incomplete beta function I_x(a, b), by its continued fraction (DLMF 8.17.22), evaluated by Lentz's method. */
const regularBeta = (x: number, a: number, b: number): number => {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - regularBeta(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  const tiny = 1e-300;
  const away = (value: number): number => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m < 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-14) break;
  }
  return front * fraction;
};

/** ln Γ(x) for x ≥ 1: Stirling's series (DLMF 5.11.1) from 10 on, by recursion below. */
const logGamma = (x: number): number => {
  if (x < 10) return logGamma(x + 1) - Math.log(x);
  const y = 1 / (x * x);
  const series = (1 / 12 - y * (1 / 360 - y * (1 / 1260 - y / 1680))) / x;
  return (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + series;
};
