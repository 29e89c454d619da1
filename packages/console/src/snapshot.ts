import type { HolderStatus } from '@vouchsafe/holder';
import type { Activity } from './log-tally.ts';
import type { Month } from './month.ts';
import type { Refused } from './refusals.ts';
import type { StatementView } from './statements.ts';
import type { Verification } from './verification.ts';

/** All that a page shows. Names of members, purposes, schemes and reasons, and numbers: no identifier, no pseudonym, no key, and nothing that depends on who is in a table. */
export interface Snapshot {
  /** The holder's name in the federation. */
  readonly holder: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Since when refusals are counted. */
  readonly since: number;
  /** None: the store cannot be read. */
  readonly status: HolderStatus | undefined;
  readonly activity: Activity;
  readonly refusals: readonly Refused[];
  readonly verification: Verification;
  readonly statement: StatementView;
  /** Months that a statement can be about, newest first. */
  readonly months: readonly Month[];
}
