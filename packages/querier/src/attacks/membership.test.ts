import { beforeAll, describe, expect, it } from 'vitest';
import { type Attacker, aggregate, fairCoins, openAttacker, person, play, range, totalOf } from './attacker.test.fixture.ts';

/** So large that no noise is left: what the same attacks do where there is none. */
const NO_NOISE = 1e9;
const TRIALS = 100;

/**
 * Is this person in the table? From sizes of intersections (Guo, Hu, Chen, Gao, Xiong, Lin: "Birds of a feather flock together: how set bias helps to deanonymize you via revealed intersection
 * sizes", USENIX Security 2022). The attacker knows everybody's membership but the target's, and chooses cohorts as it likes. Each target has a budget of ε.
 */
describe('membership', () => {
  const coins = fairCoins(TRIALS);
  const target = (trial: number): number => 1000 + trial;
  /** Known to both holders: so many that the noisy minimum cohort is hardly ever missed. */
  const known = range(0, 80);
  /** Known to nobody. */
  const strangers = range(500, 560);
  let attacker: Attacker;

  beforeAll(async () => {
    const targets = range(0, TRIALS)
      .filter((trial) => coins[trial])
      .map(target);
    attacker = await openAttacker({
      tables: { ant: [...known, ...targets].map((id) => person(id)), bee: known.map((id) => person(id)) },
    });
  });

  const fromTotal = (cohort: readonly number[], epsilon: number) => async (trial: number) => {
    const totals = await aggregate(attacker.querier, { cohort: [...cohort, target(trial)], epsilon });
    const alone = totals.suppressed.length > 0 ? Number.NaN : 2 * known.length;
    return totalOf(totals) > alone + 0.5;
  };

  it('from the size of the intersection: no better than ε allows; without noise always', async ({ annotate }) => {
    const game = await play('membership from cardinality', { epsilon: 1, coins, guess: fromTotal(known, 1) });
    await annotate(game.summary);
    expect(game.atLeast).toBeLessThanOrEqual(game.allowed);
    const plain = await play('without noise', { epsilon: 1, coins: coins.slice(0, 25), guess: fromTotal(known, NO_NOISE) });
    expect(plain.right).toBe(25);
    // Which this very test would not let pass.
    expect(plain.atLeast).toBeGreaterThan(game.allowed);
  });

  it('with the target among people whom nobody knows: nothing', async ({ annotate }) => {
    const guess = (epsilon: number) => async (trial: number) =>
      totalOf(await aggregate(attacker.querier, { cohort: [...strangers, target(trial)], epsilon })) > 0.5;
    const game = await play('padding cohort', { epsilon: 1, coins: coins.slice(0, 60), guess: guess(1) });
    await annotate(game.summary);
    expect(game.atLeast).toBeLessThanOrEqual(game.allowed);
    // Not even with a noise of nothing: the answer is suppressed, whoever the target is.
    for (const trial of range(0, 10)) {
      const totals = await aggregate(attacker.querier, { cohort: [...strangers, target(trial)], epsilon: NO_NOISE });
      expect([totalOf(totals), totals.suppressed]).toEqual([0, ['ant', 'bee']]);
    }
  });

  it('from the marker of suppression at its edge: no better than ε allows; without noise always', async ({ annotate }) => {
    // 19 whom the holder knows, the target, and strangers enough for the cohort's size: the target decides.
    const cohort = [...known.slice(0, 19), ...strangers.slice(0, 10)];
    const guess = (epsilon: number) => async (trial: number) =>
      !(await aggregate(attacker.querier, { cohort: [...cohort, target(trial)], epsilon })).suppressed.includes('ant');
    const game = await play('threshold oracle', { epsilon: 1, coins, guess: guess(1) });
    await annotate(game.summary);
    // Its own share of ε is a tenth; 100 trials cannot show how little that is, so it is held to the whole.
    expect(game.atLeast).toBeLessThanOrEqual(game.allowed);
    const plain = await play('without noise', { epsilon: 1, coins: coins.slice(0, 25), guess: guess(NO_NOISE) });
    expect(plain.right).toBe(25);
    expect(plain.atLeast).toBeGreaterThan(game.allowed);
  });
});
