/** The middle value; of an even number of values the upper one. */
export const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

/** Something to time: `run` handles `count` elements a call. */
export interface Contender {
  readonly name: string;
  readonly count: number;
  readonly run: () => unknown;
}

/** Rounds that are not counted: the first. */
export const WARM_UP = 1;

/**
 * Times all contenders in turn, round after round in one process, so that what slows the machine down slows all of them. The first round warms up and is not counted.
 * @returns seconds a call, one a round, by name
 */
export const roundsOf = async (
  contenders: readonly Contender[],
  rounds: number,
): Promise<ReadonlyMap<string, readonly number[]>> => {
  const times = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds + WARM_UP; round++)
    for (const { name, run } of contenders) {
      const start = performance.now();
      await run();
      if (round >= WARM_UP) times.get(name)!.push((performance.now() - start) / 1000);
    }
  return times;
};

/** {@link roundsOf}, in short. @returns median microseconds an element, by name */
export const interleaved = async (contenders: readonly Contender[], rounds: number): Promise<ReadonlyMap<string, number>> => {
  const times = await roundsOf(contenders, rounds);
  return new Map(contenders.map(({ name, count }) => [name, (median(times.get(name)!) * 1e6) / count]));
};
