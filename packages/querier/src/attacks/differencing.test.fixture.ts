import { aggregate, fairCoins, type Game, openAttacker, person, play, range, totalOf } from './attacker.test.fixture.ts';

/** Each of the two queries of a pair. */
const EPSILON = 0.5;

/**
 * Is this person late with a payment? The attacker asks for the number of late ones in a cohort with the target, and in the same cohort without, and takes the
 * difference. It knows everything else.
 */
export const differencing = async (pairs: number): Promise<{ readonly game: Game; readonly plain: Game }> => {
  const coins = fairCoins(pairs);
  // So many that the minimum cohort, with the little ε that it has, is hardly ever missed: suppression would only disturb the attacker.
  const others = range(0, 100);
  const target = (trial: number): number => 1000 + trial;
  const targets = range(0, pairs).map((trial) => person(target(trial), coins[trial]));
  const { querier } = await openAttacker({
    tables: { ant: [...others.map((id) => person(id, id % 4 === 0)), ...targets], bee: others.map((id) => person(id)) },
  });
  const guess = (epsilon: number) => async (trial: number) => {
    const ask = async (cohort: readonly number[], repeat: number): Promise<number> =>
      totalOf(await aggregate(querier, { cohort, column: 'late', epsilon, repeat }));
    return (await ask([...others, target(trial)], 0)) - (await ask(others, trial)) > 0.5;
  };
  return {
    game: await play('differencing N and N - 1', { epsilon: 2 * EPSILON, coins, guess: guess(EPSILON) }),
    plain: await play('without noise', { epsilon: 2 * EPSILON, coins: coins.slice(0, 25), guess: guess(1e9) }),
  };
};
