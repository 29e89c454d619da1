import { describe, expect, it } from 'vitest';
import { aggregate, openAttacker, person, range, totalOf } from './attacker.test.fixture.ts';
import { differencing } from './differencing.test.fixture.ts';

describe('differencing', () => {
  it('N against N − 1: no better than the ε of both queries allows; without noise always', async ({ annotate }) => {
    const { game, plain } = await differencing(60);
    await annotate(game.summary);
    expect(game.atLeast).toBeLessThanOrEqual(game.allowed);
    expect(plain.right).toBe(plain.trials);
    expect(plain.atLeast).toBeGreaterThan(game.allowed);
  });

  it('N against N − 1 where the one of them is below the minimum cohort: a refusal, by size alone', async () => {
    const { querier } = await openAttacker({
      tables: { ant: range(0, 30).map((id) => person(id)), bee: range(0, 30).map((id) => person(id)) },
    });
    const twenty = await aggregate(querier, { cohort: range(0, 20), epsilon: 1e9 });
    expect(totalOf(twenty)).toBe(40);
    await expect(aggregate(querier, { cohort: range(0, 19), epsilon: 1e9 })).rejects.toThrow('minimum of 20');
    await expect(aggregate(querier, { cohort: range(900, 919), epsilon: 1e9 })).rejects.toThrow('minimum of 20');
  });
});
