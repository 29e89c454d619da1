import { E } from '@vouchsafe/core';
import { CaseResult } from './results.ts';
import type { Machine } from './stamp.ts';

/** What a case would be run with now. */
export interface Now {
  readonly commit: string;
  readonly machine: Machine;
  /** As one would type them. */
  readonly options: string;
}

/**
 * What an interrupted run left of a case, if it still holds: the same revision, machine and sizes. Files that differ from their revision may differ in another way by
 * now: results of such a tree are not kept.
 * @param text of the file; `undefined` when there is none
 */
export const kept = (text: string | undefined, { commit, machine, options }: Now): CaseResult | undefined => {
  if (text === undefined || !/^[0-9a-f]{40}$/.test(commit)) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  const decoded = CaseResult.decode(json);
  if (E.isLeft(decoded)) return undefined;
  const { stamp, options: typed } = decoded.right;
  const sameMachine = (Object.keys(machine) as (keyof Machine)[]).every((key) => stamp.machine[key] === machine[key]);
  return sameMachine && stamp.commit === commit && typed === options ? decoded.right : undefined;
};
