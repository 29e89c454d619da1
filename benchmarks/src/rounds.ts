/** The middle value; of an even number of values the upper one. */
export const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

/** Something to time: `run` handles `count` elements a call. */
export interface Contender {
  readonly name: string;
  readonly count: number;
  /** Calls in a row a round, of which the median counts: more than one for what is short beside the others, which would else be timed with the others' data in all caches. */
  readonly calls?: number;
  readonly run: () => unknown;
}

/** Rounds that are not counted: the first. */
export const WARM_UP = 1;

/**
 * Times all contenders in turn, round after round in one process, so that what slows the machine down slows all of them. The first round warms up and is not counted.
 * @returns seconds a call, one figure a round, by name
 */
export const roundsOf = async (
  contenders: readonly Contender[],
  rounds: number,
): Promise<ReadonlyMap<string, readonly number[]>> => {
  const times = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds + WARM_UP; round++)
    for (const { name, calls = 1, run } of contenders) {
      const seconds: number[] = [];
      for (let call = 0; call < calls; call++) {
        const start = performance.now();
        await run();
        seconds.push((performance.now() - start) / 1000);
      }
      if (round >= WARM_UP) times.get(name)!.push(median(seconds));
    }
  return times;
};

/** {@link roundsOf}, in short. @returns median microseconds an element, by name */
export const interleaved = async (contenders: readonly Contender[], rounds: number): Promise<ReadonlyMap<string, number>> => {
  const times = await roundsOf(contenders, rounds);
  return new Map(contenders.map(({ name, count }) => [name, (median(times.get(name)!) * 1e6) / count]));
};
