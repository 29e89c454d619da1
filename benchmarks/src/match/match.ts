import { createGroup } from '@vouchsafe/group';
import { openCurvePool } from '@vouchsafe/kernels';
import type { Case } from '../report.ts';
import { interleaved } from '../rounds.ts';
import { measureBuild } from './build.ts';
import { measureLargeIndex } from './large-index.ts';
import { matchBoth } from './ours.ts';
import { openPeer } from './peer.ts';

/** Subjects on either side; half of them are common. */
const N = 10_000;
const LARGE = 1_000_000;
/** The peer takes seconds a round. */
const MAX_ROUNDS = 5;

/**
 * Matching: n = m = 10,000 against `@openmined/psi.js`, both sides in one process and in turn; one subject, and 10,000 look-ups, against an index of 10^6; the build of such an index with a store on a disk.
 * Parts for `--only`: `peer`, `index`, `build`.
 */
export const match: Case = async ({ rows = N, rounds, only }) => {
  const backend = createGroup({ pool: null }).backend;
  const wants = (part: string): boolean => only === undefined || only === part;
  const peer = wants('peer') ? await besidePeer(rows, Math.min(rounds, MAX_ROUNDS)) : { figures: {}, ratios: {} };
  const index = wants('index') ? await measureLargeIndex(LARGE, Math.min(rounds, 15)) : {};
  const build = wants('build') ? { buildSeconds1e6: await measureBuild(LARGE) } : {};
  return { backend, figures: { n: rows, ...peer.figures, ...index, ...build }, ratios: peer.ratios };
};

const besidePeer = async (n: number, rounds: number) => {
  const one = createGroup({ pool: null });
  const pool = openCurvePool({ module: one.backend === 'relaxed' ? 'relaxed' : 'plain', size: 2 });
  const two = createGroup({ pool });
  const holder = Array.from({ length: n }, (_, i) => `cn-rid:${i}`);
  const bureau = Array.from({ length: n }, (_, i) => `cn-rid:${i + Math.floor(n / 2)}`);
  const common = n - Math.floor(n / 2);
  const runPeer = await openPeer();
  const checked = (known: number, name: string): void => {
    if (known !== common) throw new Error(`${name} found ${known} of ${common}`);
  };
  const times = await interleaved(
    [
      { name: 'peer', count: 1, run: () => checked(runPeer(holder, bureau), 'the peer') },
      { name: 'one', count: 1, run: async () => checked(await matchBoth(one, holder, bureau), 'one thread') },
      { name: 'two', count: 1, run: async () => checked(await matchBoth(two, holder, bureau), 'two workers') },
    ],
    rounds,
  );
  await pool.close();
  const seconds = (name: string): number => times.get(name)! / 1e6;
  return {
    figures: { peerSeconds: seconds('peer'), matchSeconds: seconds('one'), matchSecondsTwoWorkers: seconds('two') },
    ratios: {
      'match/psi.js': seconds('peer') / seconds('one'),
      'match/psi.js two workers': seconds('peer') / seconds('two'),
    },
  };
};
