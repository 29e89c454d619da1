import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { auditorKey, federationAt, LOANS } from './seal.test.federation.ts';
import { type Running, runProgram } from './store.test.process.ts';

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { readonly port: number };
      server.close(() => resolve(port));
    });
  });

const progressOf = ({ lines }: Running): number => lines.filter((line) => line.startsWith('progress')).length;
const isDone = ({ lines, child }: Running): boolean => child.exitCode !== null || lines.some((line) => line.startsWith('total'));

/**
 * Kills holders or bureau at random moments while they seal, again and again until the sealing is done, and then once more from the start: no restart ever answers from a
 * table that is not sealed, rows are never sealed twice, and in the end the totals are right.
 * @param kills at least so many, over as many sealings as it takes
 */
export const sealKillRounds = async (folder: string, kills: number): Promise<void> => {
  let killed = 0;
  let midway = 0;
  for (let sealing = 0; killed < kills; sealing++) {
    const own = join(folder, String(sealing));
    await mkdir(own, { recursive: true });
    const places = [];
    for (const id of ['ant', 'bee']) places.push({ id, url: `http://127.0.0.1:${await freePort()}` });
    const file = join(own, 'federation.json');
    await writeFile(file, JSON.stringify(federationAt(places)));
    const start = (role: string): Running => runProgram('seal.test.child.js', [role, own, file, auditorKey()]);
    const seen = new Map<string, string>();
    let holders = start('holders');
    let bureau = start('bureau');
    const end = async (running: Running): Promise<void> => {
      running.child.kill('SIGKILL');
      await running.ended;
      for (const line of running.lines) {
        expect(line).not.toMatch(/^(answered|fault)/);
        const [what, host, from, digest] = line.split(' ');
        if (what !== 'rows') continue;
        const before = seen.get(`${host}/${from}`) ?? digest;
        // The envelope says which rows; sent again, they are the same bytes.
        expect(digest).toBe(before);
        seen.set(`${host}/${from}`, digest!);
      }
    };
    for (;;) {
      // Some while they start, load or prove keys, the others after so many more chunks of either stream.
      const early = Math.random() < 0.2;
      const after = progressOf(bureau) + Math.ceil(Math.random() * 40);
      const patience = early ? Math.random() * 1500 : 60_000;
      for (const since = Date.now(); Date.now() - since < patience && !isDone(bureau) && progressOf(bureau) < after; )
        await sleep(5);
      if (isDone(bureau) || killed >= kills) break;
      killed++;
      if (progressOf(bureau) > 0) midway++;
      if (Math.random() < 0.5) {
        await end(holders);
        holders = start('holders');
      } else {
        await end(bureau);
        bureau = start('bureau');
      }
    }
    const total = await bureau.says('total');
    await end(bureau);
    await end(holders);
    expect(total).toBe(`total ${2 * LOANS}`);
    expect(seen.size).toBeGreaterThan(10);
  }
  // Most kills hit a sealing that was under way, not a start.
  expect(midway).toBeGreaterThanOrEqual(kills / 2);
};
