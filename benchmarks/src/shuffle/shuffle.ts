import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measurement } from '../measurement.ts';
import type { Case } from '../report.ts';

interface Said {
  readonly seconds: number;
  readonly bytes: number;
  readonly rss: number;
  readonly backend: string;
}

const run = async (...args: readonly string[]): Promise<Said> => {
  const child = fork(fileURLToPath(new URL('party.js', import.meta.url)), args, {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the ${args[0]} process ended with code ${code}`);
  });
  ended.catch(() => undefined);
  const [said] = (await Promise.race([once(child, 'message'), ended])) as [Said];
  if (child.exitCode === null) await once(child, 'exit');
  return said;
};

/** The shuffle proof: prover and verifier one after the other, each a process with all cores. With a folder, its setup is used again by the next run. */
export const shuffle: Case = async ({ rows = 100_000, slots = 8, folder }) => {
  const own = folder ?? (await mkdtemp(join(tmpdir(), 'vouchsafe-shuffle-')));
  await mkdir(own, { recursive: true });
  const size = [own, String(rows), String(slots)];
  try {
    if (!existsSync(join(own, 'statement.json'))) {
      console.error(`  sealing and blinding ${rows} rows`);
      await run('make', ...size);
    }
    const prover = await run('prove', ...size);
    const verifier = await run('verify', ...size);
    const about = { backend: prover.backend, n: rows, threads: availableParallelism(), warmUp: 0 };
    return {
      backend: prover.backend,
      figures: {
        rows,
        slots,
        proveSeconds: prover.seconds,
        verifySeconds: verifier.seconds,
        proofPerRow: prover.bytes / rows,
        rssProver: prover.rss,
        rssVerifier: verifier.rss,
      },
      ratios: {},
      measurements: [
        // The proof is what goes over the wire: from the bureau, which proves.
        measurement({
          ...about,
          name: 'proveShuffle',
          seconds: [prover.seconds],
          sent: prover.bytes,
          rssMiB: prover.rss,
        }),
        measurement({ ...about, name: 'verifyShuffle', seconds: [verifier.seconds], rssMiB: verifier.rss }),
      ],
    };
  } finally {
    if (folder === undefined) await rm(own, { recursive: true });
  }
};
