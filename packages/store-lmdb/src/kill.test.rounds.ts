import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { opened, run } from './store.test.process.ts';
import { contentOf, keyOf, numberOf } from './store.test.rows.ts';

/**
 * Kills a process at random moments while it commits, loads and drops, again and again on one store, and looks each time at what is there: everything that was acknowledged,
 * no half of a transaction, no hole.
 */
export const killRounds = async (folder: string, rounds: number): Promise<void> => {
  let acknowledged = 0;
  let busy = 0;
  for (let round = 0; round < rounds; round++) {
    const { child, lines, says, ended } = run('commits', folder);
    // One round in ten ends while the store is being opened, the others at work, half of them after a transaction for sure.
    if (round % 10 !== 9) await says(round % 2 === 0 ? 'ack' : 'open');
    await sleep(Math.random() * (round % 10 === 9 ? 300 : 400));
    child.kill('SIGKILL');
    await ended;
    const numbers = lines.filter((line) => line.startsWith('ack ')).map((line) => Number(line.slice(4)));
    if (numbers.length > 0) busy++;
    acknowledged = Math.max(acknowledged, ...numbers);

    const start = performance.now();
    const kv = await opened(folder);
    expect(performance.now() - start).toBeLessThan(5000);
    kv.read((reader) => {
      const count = numberOf(reader.get('left', keyOf(0)));
      expect(count).toBeGreaterThanOrEqual(acknowledged);
      expect(numberOf(reader.get('right', keyOf(0)))).toBe(count);
      const log = [...reader.range('log')];
      expect(log.length).toBe(Math.min(count, 500));
      log.forEach(({ key, value }, i) => {
        expect(numberOf(key)).toBe(count - log.length + 1 + i);
        expect(Buffer.compare(value, contentOf(numberOf(key)))).toBe(0);
      });
      let last = 0;
      for (const { key, value } of reader.range('rows')) {
        last++;
        if (numberOf(key) !== last || Buffer.compare(value, contentOf(last)) !== 0)
          expect.fail(`row ${last} is not as it was loaded`);
      }
    });
    // And it takes writes.
    await kv.commit((writer) => writer.put('after', keyOf(round), keyOf(round)));
    await kv.close();
  }
  expect(busy).toBeGreaterThanOrEqual(rounds / 2);
};
