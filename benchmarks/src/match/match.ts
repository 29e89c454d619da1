import { availableParallelism } from 'node:os';
import { createGroup } from '@vouchsafe/group';
import { openCurvePool } from '@vouchsafe/kernels';
import { type Measurement, measurement, OURS } from '../measurement.ts';
import type { Case } from '../report.ts';
import { median, roundsOf, WARM_UP } from '../rounds.ts';
import { sizeName } from '../size-name.ts';
import { measureBuild } from './build.ts';
import { measureLargeIndex } from './large-index.ts';
import { matchBoth } from './ours.ts';
import { openPeer, peerBytes } from './peer.ts';

/** Subjects on either side; half of them are common. */
const N = 10_000;
const LARGE = 1_000_000;
/** The peer takes many seconds a round, ours one: it is called as often as takes a few. */
const MAX_ROUNDS = 5;
const CALLS = 5;

/**
 * Matching: n = m = 10,000 against `@openmined/psi.js`, both sides in one process and in turn; one subject, and 10,000 look-ups, against an index of 10^6; the build of such an index with a store on a disk.
 * Parts for `--only`: `peer`, `index`, `build`.
 */
export const match: Case = async ({ rows = N, large = LARGE, rounds, only }) => {
  const backend = createGroup({ pool: null }).backend;
  const wants = (part: string): boolean => only === undefined || only === part;
  const peer = wants('peer')
    ? await besidePeer(rows, Math.min(rounds, MAX_ROUNDS))
    : { figures: {}, ratios: {}, measurements: [] };
  const index = wants('index') ? await measureLargeIndex(large, Math.min(rounds, 15)) : {};
  const build = wants('build') ? { [`buildSeconds${sizeName(large)}`]: await measureBuild(large) } : {};
  const built = Object.values(build).map((seconds) =>
    measurement({ name: 'indexBuild', backend, n: large, threads: availableParallelism(), warmUp: 0, seconds: [seconds] }),
  );
  const measurements = [...peer.measurements, ...built];
  return { backend, figures: { n: rows, ...peer.figures, ...index, ...build }, ratios: peer.ratios, measurements };
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
  const times = await roundsOf(
    [
      { name: 'peer', count: 1, run: () => checked(runPeer(holder, bureau), 'the peer') },
      {
        name: 'one',
        count: 1,
        calls: CALLS,
        run: async () => checked((await matchBoth(one, holder, bureau)).known, 'one thread'),
      },
      {
        name: 'two',
        count: 1,
        calls: CALLS,
        run: async () => checked((await matchBoth(two, holder, bureau)).known, 'two workers'),
      },
    ],
    rounds,
  );
  await pool.close();
  const seconds = (name: string): number => median(times.get(name)!);
  const { sent, received, turns } = await matchBoth(one, holder, bureau);
  const ours = { by: OURS, backend: one.backend, sent, received, turns };
  const theirs = { by: '@openmined/psi.js', backend: 'WebAssembly', ...(await peerBytes(holder, bureau)) };
  const about = { name: 'match', n, warmUp: WARM_UP };
  const measurements: readonly Measurement[] = [
    measurement({ ...about, ...ours, seconds: times.get('one')! }),
    measurement({ ...about, ...ours, threads: 2, seconds: times.get('two')! }),
    measurement({ ...about, ...theirs, seconds: times.get('peer')! }),
  ];
  return {
    figures: { peerSeconds: seconds('peer'), matchSeconds: seconds('one'), matchSecondsTwoWorkers: seconds('two') },
    ratios: {
      'match/psi.js': seconds('peer') / seconds('one'),
      'match/psi.js two workers': seconds('peer') / seconds('two'),
    },
    measurements,
  };
};
