import { accuracy } from './accuracy/accuracy.ts';
import { bulk } from './bulk/bulk.ts';
import { curve } from './curve/curve.ts';
import { growth } from './growth/growth.ts';
import { log } from './log/log.ts';
import { match } from './match/match.ts';
import { query } from './query/query.ts';
import type { Case, CaseOptions } from './report.ts';
import { rows } from './rows/rows.ts';
import { scorecard } from './scorecard/scorecard.ts';
import { seal } from './seal/seal.ts';
import { service } from './service/service.ts';
import { shuffle } from './shuffle/shuffle.ts';
import { timing } from './timing/timing.ts';
import { turns } from './turns/turns.ts';
import { voprf } from './voprf/voprf.ts';

/** A case: what it does, its sizes in a whole run and in a quick one, and how long the whole one takes on two cores. */
export interface Entry {
  readonly run: Case;
  readonly line: string;
  readonly full: CaseOptions;
  /** So small that all cases together take less than three minutes on two slow cores. */
  readonly quick: CaseOptions;
  readonly minutes: number;
}

/** In the order in which `all` runs them: short ones first, so that a mistake shows early. */
export const CASES: Readonly<Record<string, Entry>> = {
  curve: {
    run: curve,
    line: 'ristretto255 in batches beside @noble/curves, libsodium, sodium-native and X25519 of node:crypto; worker threads; small logarithms',
    full: { rounds: 15 },
    quick: { rounds: 1 },
    minutes: 1,
  },
  voprf: {
    run: voprf,
    line: 'RFC 9497 VOPRF, both sides, with proofs: beside @noble/curves and @cloudflare/voprf-ts',
    full: { rounds: 9, rows: 64 },
    quick: { rounds: 1, rows: 8 },
    minutes: 1,
  },
  match: {
    run: match,
    line: 'who of m people is among n: beside @openmined/psi.js; an index of 10^6 built, opened and asked',
    full: { rounds: 5, rows: 10_000 },
    quick: { rounds: 1, rows: 200, large: 2000 },
    minutes: 3,
  },
  bulk: {
    run: bulk,
    line: 'intersection of two sets of 2^log2 between two processes: beside @openmined/psi.js',
    full: { rounds: 5, log2: 20 },
    quick: { rounds: 1, log2: 10 },
    minutes: 1,
  },
  seal: {
    run: seal,
    line: 'a table of a holder sealed with a bureau, three processes over HTTP and durable stores',
    full: { rounds: 1, rows: 100_000, slots: 8 },
    quick: { rounds: 1, rows: 400, slots: 8 },
    minutes: 1,
  },
  shuffle: {
    run: shuffle,
    line: 'the shuffle proof of a sealed table, made and verified',
    full: { rounds: 1, rows: 100_000, slots: 8 },
    quick: { rounds: 1, rows: 400, slots: 4 },
    minutes: 1,
  },
  query: {
    run: query,
    line: 'totals over a cohort of 10,000, and signals about one person, end to end over HTTP',
    full: { rounds: 5, rows: 1_000_000, slots: 8 },
    quick: { rounds: 1, rows: 300, slots: 4 },
    minutes: 7,
  },
  service: {
    run: service,
    line: 'signed signals a second from a holder’s process over HTTP; with --minutes a soak',
    full: { rounds: 1, rows: 20_000, slots: 8 },
    quick: { rounds: 1, rows: 300, slots: 4 },
    minutes: 1,
  },
  rows: {
    run: rows,
    line: 'what budgets of single rows add to a query over a large table',
    full: { rounds: 15, rows: 1_000_000 },
    quick: { rounds: 1, rows: 2000 },
    minutes: 1,
  },
  timing: {
    run: timing,
    line: 'can matched and unmatched cohorts be told apart by the time of an answer? t-tests, with controls that fail them',
    full: { rounds: 1, rows: 1500, large: 500 },
    quick: { rounds: 1, rows: 200, large: 60, only: 'signal' },
    minutes: 2,
  },
  log: {
    run: log,
    line: 'a holder’s Merkle log on a disk: appends, proofs, verification',
    full: { rounds: 1, rows: 20_000 },
    quick: { rounds: 1, rows: 500 },
    minutes: 1,
  },
  scorecard: {
    run: scorecard,
    line: 'a scorecard of twenty characteristics over 10^6 rows, fitted and applied',
    full: { rounds: 5, rows: 1_000_000 },
    quick: { rounds: 1, rows: 20_000 },
    minutes: 1,
  },
  turns: {
    run: turns,
    line: 'how long the event loop waits at most while parties work',
    full: { rounds: 3, rows: 3000 },
    quick: { rounds: 1, rows: 100 },
    minutes: 1,
  },
  accuracy: {
    run: accuracy,
    line: 'what the noise costs: error of totals, bins and scorecards against epsilon',
    full: { rounds: 200 },
    quick: { rounds: 1, rows: 900, slots: 2 },
    minutes: 1,
  },
  growth: {
    run: growth,
    line: 'cost a row from 10^3 to 10^6, which the projection to a whole country goes by',
    full: { rounds: 3, rows: 1_000_000 },
    quick: { rounds: 1, rows: 300 },
    minutes: 15,
  },
};
