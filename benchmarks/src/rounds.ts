/** The middle value; of an even number of values the upper one. */
export const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

/** Something to time: `run` handles `count` elements a call. */
export interface Contender {
  readonly name: string;
  readonly count: number;
  readonly run: () => unknown;
}

/**
 * Times all contenders in turn, round after round in one process, so that what slows the machine down slows all of them. The first round warms up and is not counted.
 * @returns median microseconds an element, by name
 */
export const interleaved = async (contenders: readonly Contender[], rounds: number): Promise<ReadonlyMap<string, number>> => {
  const times = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round++)
    for (const { name, count, run } of contenders) {
      const start = performance.now();
      await run();
      if (round > 0) times.get(name)!.push(((performance.now() - start) * 1000) / count);
    }
  return new Map([...times].map(([name, list]) => [name, median(list)]));
};
