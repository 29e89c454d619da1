import { expect, it } from 'vitest';
import { differencing } from './differencing.test.fixture.ts';

it('10,000 pairs of N and N − 1: no better than the ε of both queries allows', async ({ annotate }) => {
  const { game } = await differencing(10_000);
  await annotate(game.summary);
  expect(game.atLeast).toBeLessThanOrEqual(game.allowed);
  // The attack does work, as far as it is allowed to.
  expect(game.atLeast).toBeGreaterThan(0.5);
});
