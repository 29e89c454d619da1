import { addRational, compareRational, multiplyRational, type Rational, rational, subtractRational } from '@vouchsafe/core';
import { lnBounds, rootBounds } from './exact-bounds.ts';

/** What an answer, or many of them, cost: pure ε, or ρ of zero-concentrated differential privacy (Bun and Steinke 2016). Exact. */
export type PrivacyCost =
  | { readonly kind: 'pure'; readonly epsilon: Rational }
  | { readonly kind: 'zcdp'; readonly rho: Rational };

/**
 * The cost of both together, whoever chose the second after seeing the first: ε adds up, ρ adds up (Bun and Steinke 2016, lemma 1.7). Mixed, the pure
 * one counts as {@link rhoOf} says.
 */
export const composeCosts = (a: PrivacyCost, b: PrivacyCost): PrivacyCost =>
  a.kind === 'pure' && b.kind === 'pure'
    ? { kind: 'pure', epsilon: addRational(a.epsilon, b.epsilon) }
    : { kind: 'zcdp', rho: addRational(rhoOf(a), rhoOf(b)) };

/** ρ of a cost: what is ε-private has ε²/2-zCDP (Bun and Steinke 2016, proposition 1.4). The other way there is no pure ε. */
export const rhoOf = (cost: PrivacyCost): Rational =>
  cost.kind === 'zcdp' ? cost.rho : multiplyRational(multiplyRational(cost.epsilon, cost.epsilon), rational(1n, 2n));

/** Does a further cost fit under the cap? @param cap of the same kind as what is spent, or ρ */
export const coversCost = (cap: PrivacyCost, spent: PrivacyCost, charge: PrivacyCost): boolean => {
  const sum = composeCosts(spent, charge);
  if (cap.kind === 'zcdp') return compareRational(rhoOf(sum), cap.rho) <= 0;
  // A sum in ρ stays within no pure ε, however small it is.
  return sum.kind === 'pure' && compareRational(sum.epsilon, cap.epsilon) <= 0;
};

/** ε is printed and compared as a multiple of this: 10^-9, rounded up. */
const STEP = 1_000_000_000n;

/**
 * An ε such that ρ-zCDP implies (ε, δ)-differential privacy, rounded up: never smaller than what the theorem gives. No floating point anywhere.
 *
 * For every α > 1, ε = αρ + ln(1/δ)/(α − 1) + ln(1 − 1/α) − ln(α)/(α − 1) will do (Canonne, Kamath, Steinke 2020, section 2.3, for ρ-zCDP as Rényi divergence αρ at
 * every α). The best α is near
 * 1 + √(ln(1/δ)/ρ), where the first two terms are Bun and Steinke's ρ + 2√(ρ·ln(1/δ)); since each α is valid, it need not be found exactly: some around it are tried,
 * and the classical bound too.
 * @param rho not negative
 * @param delta in (0, 1)
 * @throws RangeError for values out of these ranges
 */
export const epsilonOf = ({ rho, delta }: { readonly rho: Rational; readonly delta: Rational }): Rational => {
  if (rho.num < 0n || rho.den <= 0n) throw new RangeError('ρ is not negative');
  if (delta.num <= 0n || delta.num >= delta.den) throw new RangeError('δ lies between 0 and 1, both excluded');
  if (rho.num === 0n) return rational(0);
  const log = lnBounds(rational(delta.den, delta.num)).above;
  const root = rootBounds(multiplyRational(rho, log)).above;
  let best = addRational(rho, multiplyRational(rational(2n), root));
  // √(ln(1/δ)/ρ) as a multiple of 1/256, at least one: which one it is decides how tight the bound is, not whether it holds.
  const { num, den } = rootBounds(rational(log.num * rho.den, log.den * rho.num)).above;
  const center = (num << 8n) / den;
  for (let percent = 50n; percent <= 110n; percent += 4n) {
    const excess = rational((center * percent) / 100n || 1n, 256n);
    const epsilon = epsilonAt(rho, log, excess);
    if (compareRational(epsilon, best) < 0) best = epsilon;
  }
  return best.num <= 0n ? rational(0) : rational((best.num * STEP + best.den - 1n) / best.den, STEP);
};

/** The bound at α = 1 + excess, every logarithm on its cautious side. */
const epsilonAt = (rho: Rational, log: Rational, excess: Rational): Rational => {
  const alpha = addRational(rational(1n), excess);
  const over = (a: Rational): Rational => rational(a.num * excess.den, a.den * excess.num);
  // ln(1 − 1/α) = ln((α − 1)/α).
  const shrink = lnBounds(rational(excess.num * alpha.den, excess.den * alpha.num)).above;
  const gain = over(lnBounds(alpha).below);
  return subtractRational(addRational(addRational(multiplyRational(alpha, rho), over(log)), shrink), gain);
};

/**
 * The largest whole multiple of 10^-9 for ρ such that ρ-zCDP stays within (ε, δ) by {@link epsilonOf}: what a policy in (ε, δ) may spend.
 * @returns 0 when not even 10^-9 fits
 */
export const rhoWithin = ({ epsilon, delta }: { readonly epsilon: Rational; readonly delta: Rational }): Rational => {
  const fits = (steps: bigint): boolean => compareRational(epsilonOf({ rho: rational(steps, STEP), delta }), epsilon) <= 0;
  // The bound grows with ρ without end, so doubling finds one that does not fit.
  let high = 1n;
  while (fits(high)) high *= 2n;
  let low = high / 2n;
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return rational(low, STEP);
};
