import type { Asked, LogSummary } from '@vouchsafe/audit';
import { EXIT } from '../exit.ts';
import type { Outcome } from '../outcome.ts';
import { type Cell, figure, table } from '../screen/index.ts';
import { spanText } from '../time-span.ts';
import type { Judged } from './verdict.ts';

/** One table over all logs, and the verdict in one line. */
export const reportOf = (judged: readonly Judged[]): Outcome => {
  const broken = judged.filter(({ verdict }) => verdict === 'BROKEN');
  const unchecked = judged.filter(({ verdict }) => verdict === 'not checked');
  return {
    exit: broken.length > 0 ? EXIT.bad : unchecked.length > 0 ? EXIT.unreachable : EXIT.fine,
    text: [
      table(
        ['holder', 'verdict', 'entries', 'querier', 'asked', 'for', 'queries', 'subjects', 'gaps > 1 day'],
        judged.flatMap(rowsOf),
      ),
      ...judged.flatMap(({ holder, remarks }) => remarks.map((remark) => `${holder}: ${remark}`)),
      verdictText(judged.length, broken, unchecked),
    ].join('\n'),
    json: {
      verdict: broken.length > 0 ? 'broken' : unchecked.length > 0 ? 'not checked' : 'holds',
      holders: judged.map(({ holder, verdict, fault, remarks, summary }) => ({
        holder,
        verdict: verdict.toLowerCase(),
        ...(fault === undefined ? {} : { fault }),
        remarks,
        ...(summary === undefined ? {} : { log: summary }),
      })),
    },
  };
};

const verdictText = (all: number, broken: readonly Judged[], unchecked: readonly Judged[]): string => {
  const names = (some: readonly Judged[]): string => some.map(({ holder }) => holder).join(', ');
  const missing = unchecked.length === 0 ? '' : ` Not checked: ${names(unchecked)}.`;
  if (broken.length > 0) return `VERDICT: ${broken.length} of ${logs(all)} broken: ${names(broken)}.${missing}`;
  if (unchecked.length === all) return `VERDICT: none. No log could be checked.`;
  if (unchecked.length > 0)
    return `VERDICT: not complete. ${all - unchecked.length} of ${logs(all)} checked, and what was checked holds.${missing}`;
  return all === 1 ? 'VERDICT: the log holds.' : `VERDICT: all ${all} logs hold.`;
};

const logs = (count: number): string => (count === 1 ? '1 log is' : `${count} logs are`);

/** A row for each group of queries; what is said of the whole log stands beside them all. */
const rowsOf = ({ holder, verdict, summary }: Judged): readonly (readonly Cell[])[] => {
  if (summary === undefined) return [[holder, verdict, '', '', '', '', '', '', '']];
  const groups = summary.asked.length === 0 ? [['', 'nothing', '', '0', '0']] : summary.asked.map(groupOf);
  const across = (text: string): Cell => ({ text, rows: groups.length });
  return groups.map((group, i) =>
    i === 0 ? [across(holder), across(verdict), across(figure(summary.size)), ...group, across(gapsText(summary))] : group,
  );
};

const groupOf = ({ querier, kind, purpose, requests, subjects }: Asked): readonly string[] => [
  querier,
  kind,
  purpose ?? '',
  figure(requests),
  figure(subjects),
];

const gapsText = ({ gaps }: LogSummary): string =>
  gaps.length === 0
    ? 'none'
    : gaps
        .slice(0, 5)
        .map(({ index, seconds }) => `${spanText(seconds)} before entry ${index}`)
        .concat(gaps.length > 5 ? [`and ${gaps.length - 5}${gaps.length === 100 ? ' or' : ''} more`] : [])
        .join('\n');
