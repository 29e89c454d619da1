import type { StatementReport } from '@vouchsafe/audit/statement';
import { E, toNumber } from '@vouchsafe/core';
import { badInput, EXIT } from '../exit.ts';
import type { MemberCall } from '../member/options.ts';
import type { Result } from '../outcome.ts';
import { figure, table } from '../screen/index.ts';
import type { World } from '../world.ts';
import { querierFailure } from './failures.ts';
import { readBureau, withQuerier } from './open-bureau.ts';

/** What `bureau statement` was told. */
export interface StatementCall extends MemberCall {
  readonly holder: string;
  /** Seconds since 1970. */
  readonly from: number;
  readonly to: number;
}

export const compareStatement = async ({ holder, from, to, ...call }: StatementCall, world: World): Result => {
  if (from >= to) return E.left(badInput('--from is not before --to'));
  const documents = await readBureau(call, world);
  if (E.isLeft(documents)) return documents;
  return withQuerier({ documents: documents.right, call }, world, async (querier) => {
    const compared = await querier.statement({ holder, from, to, signal: world.signal })();
    if (E.isLeft(compared)) return E.left(querierFailure(compared.left));
    const { own, holder: theirs, differences } = compared.right;
    const agreed = differences.length === 0;
    return E.right({
      exit: agreed ? EXIT.fine : EXIT.bad,
      text: [
        table(
          ['says', 'asked', 'for', 'queries', 'subjects', 'columns', 'epsilon'],
          [...linesOf('this bureau', own), ...linesOf(holder, theirs)],
        ),
        agreed
          ? 'VERDICT: both say the same.'
          : `VERDICT: they differ in ${figure(differences.length)} point${differences.length === 1 ? '' : 's'}; --json lists them.`,
      ].join('\n'),
      json: { own: jsonOf(own), holder: jsonOf(theirs), differences },
    });
  });
};

const linesOf = (who: string, { statement: { lines } }: StatementReport): readonly (readonly string[])[] =>
  lines.length === 0
    ? [[who, 'nothing', '', '0', '0', '0', '0']]
    : lines.map(({ kind, purpose, queries, subjects, columns, charge }) => [
        who,
        kind,
        purpose ?? '',
        ...[queries, subjects, columns].map((value) => figure(value)),
        String(toNumber(charge)),
      ]);

const jsonOf = ({ statement: { lines, unacknowledged } }: StatementReport): Readonly<Record<string, unknown>> => ({
  lines: lines.map((line) => ({ ...line, charge: toNumber(line.charge) })),
  unacknowledged,
});
