import type { LogSummary } from '@vouchsafe/audit';
import { E } from '@vouchsafe/core';
import type { LogVerdict } from '@vouchsafe/querier';
import { printable } from '../screen/index.ts';

/** What is said of one log, in the three words that an auditor needs. */
export interface Judged {
  readonly holder: string;
  /** `not checked`: its holder could not be reached or refused, so nothing is known. */
  readonly verdict: 'holds' | 'BROKEN' | 'not checked';
  /** Why not, or what is odd about a log that holds. Empty when there is nothing to say. */
  readonly remarks: readonly string[];
  /** The tag of the error. */
  readonly fault?: string | undefined;
  readonly summary?: LogSummary | undefined;
  readonly checkpoint?: Uint8Array | undefined;
}

/** The line was cut, or somebody else answered: says nothing about the log. */
const UNREACHED: ReadonlySet<string> = new Set(['HolderDown', 'HolderRefused', 'BadResponse']);

/** A verdict in words. @param url where the holder should answer */
export const judge = ({ holder, checkpoint, result }: LogVerdict, url: string): Judged => {
  if (E.isLeft(result)) {
    const { _tag, message } = result.left;
    const verdict = UNREACHED.has(_tag) ? 'not checked' : 'BROKEN';
    const remark =
      _tag === 'HolderDown'
        ? `does not answer at ${url}: is it running, and is that its address?`
        : _tag === 'HolderRefused'
          ? `refuses: ${message}`
          : message;
    return { holder, verdict, fault: _tag, remarks: [printable(remark.slice(0, 500))], checkpoint };
  }
  const summary = result.right;
  // Whoever hides something in an entry that cannot be read has not shown its log.
  const unreadable = summary.unreadable.entries > 0;
  return {
    holder,
    verdict: unreadable ? 'BROKEN' : 'holds',
    ...(unreadable ? { fault: 'BadLeaf' } : {}),
    remarks: oddities(summary),
    summary,
    checkpoint,
  };
};

const oddities = ({ unreadable, backwards, unknown, ungrouped }: LogSummary): readonly string[] => [
  ...(unreadable.entries > 0
    ? [`${entries(unreadable.entries)} cannot be read, the first at ${unreadable.first}: no holder of this software writes such`]
    : []),
  ...(backwards > 0 ? [`the time goes back ${backwards === 1 ? 'once' : `${backwards} times`}: its clock was set`] : []),
  ...unknown.map(
    ({ kind, version, leaves }) =>
      `${entries(leaves)} of kind "${kind}" version ${version}: from a later release, counted and covered by the signature, but not read`,
  ),
  ...(ungrouped > 0 ? [`${entries(ungrouped)} not in the table, which has no room for more groups`] : []),
];

const entries = (count: number): string => (count === 1 ? '1 entry' : `${count} entries`);
