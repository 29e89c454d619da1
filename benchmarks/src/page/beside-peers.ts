import { E } from '@vouchsafe/core';
import { OURS } from '../measurement.ts';
import { ratioOf, ratioSpread } from '../results/comparable.ts';
import type { CaseResult, Result } from '../results/results.ts';

/** Our time beside a peer's, of one run. */
export interface BesidePeer {
  readonly operation: string;
  readonly peer: string;
  readonly n: number;
  readonly threads: number;
  /** Peer's median / our median, and what the spread leaves. */
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  readonly own: Result;
  readonly theirs: Result;
}

/** The result of ours that a peer's stands beside: the case's best backend, one thread. */
const ownOf = ({ backend, results }: CaseResult, { name, n }: Result): Result | undefined =>
  results.find((one) => one.by === OURS && one.name === name && one.n === n && one.backend === backend && one.threads === 1);

/** Every peer of a case that did what we did, through the check that refuses figures which do not belong together. */
export const besidePeers = (one: CaseResult): readonly BesidePeer[] =>
  one.results.flatMap((theirs) => {
    const own = theirs.by === OURS ? undefined : ownOf(one, theirs);
    if (own === undefined) return [];
    const [ratio, spread] = [ratioOf(theirs, own), ratioSpread(theirs, own)];
    if (E.isLeft(ratio) || E.isLeft(spread)) return [];
    const { name: operation, by: peer, n, threads } = theirs;
    return [{ operation, peer, n, threads, ratio: ratio.right, ...spread.right, own, theirs }];
  });
