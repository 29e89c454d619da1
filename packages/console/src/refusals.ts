import type { Answered, Holder } from '@vouchsafe/holder';

/** Requests of one member that were refused for one reason. */
export interface Refused {
  /** The tag of the refusal. */
  readonly reason: string;
  /** The member whose signature the requests carry; none: a stranger. */
  readonly member: string | undefined;
  readonly requests: number;
  /** Milliseconds since 1970, of the last one. */
  readonly last: number;
}

/** Counts refusals while it runs: a holder's log has answers only. */
export interface RefusalCount {
  /** Most requests first. */
  readonly all: () => readonly Refused[];
  readonly stop: () => void;
}

/** Reasons times members; more cannot come from a federation. */
const MAX_GROUPS = 10_000;

export const countRefusals = (holder: Pick<Holder, 'observe'>, clock: () => number): RefusalCount => {
  const groups = new Map<string, Refused>();
  const count = ({ code: reason, member }: Answered): void => {
    if (reason === undefined) return;
    const key = `${reason} ${member ?? ''}`;
    const before = groups.get(key);
    if (!before && groups.size >= MAX_GROUPS) return;
    groups.set(key, { reason, member, requests: (before?.requests ?? 0) + 1, last: clock() });
  };
  return {
    all: () =>
      [...groups].sort(([a, { requests: m }], [b, { requests: n }]) => n - m || (a < b ? -1 : 1)).map(([, group]) => group),
    stop: holder.observe(count),
  };
};
