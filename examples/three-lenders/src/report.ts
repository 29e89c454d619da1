import { E, toNumber } from '@vouchsafe/core';
import type { Exchange, LogVerdict } from '@vouchsafe/querier';
import type { Looked, Tampering } from './audit.ts';
import type { Cheated } from './cheat.ts';
import { SCHEME } from './federation.ts';
import type { Scoring } from './scoring.ts';
import { type ScoreSummary, scoreSummaryOf } from './scoring-report.ts';
import { figure, line, size, table, title } from './screen.ts';
import { type Check, EPSILON, type Story } from './story.ts';

/** The JSON line: field names as the benchmarks' documentation fixes them. */
export interface Summary {
  readonly ok: boolean;
  readonly lenders: number;
  readonly customers: number;
  readonly match: { readonly asked: number; readonly known: number };
  readonly aggregate: Readonly<Record<string, Figure>>;
  readonly signal: { readonly openLoans: number; readonly exposure: number; readonly lenders: number };
  /** Absent where there was nothing to fit a scorecard on. */
  readonly score?: ScoreSummary;
  /** All logs are what their lenders signed, and go on from what the bureau saw. */
  readonly audit: {
    readonly verified: boolean;
    /** The query that the auditor opened is about the person who agreed. */
    readonly opened: boolean;
  };
  /** Do lenders and bureau say the same about what was answered? */
  readonly statements: { readonly agree: boolean; readonly queries: number; readonly subjects: number };
  readonly bytes: number;
  readonly seconds: number;
}

/** Histograms have a figure a bucket. */
interface Figure {
  readonly total: number | Readonly<Record<string, number>>;
  readonly truth: number | Readonly<Record<string, number>>;
  readonly plusMinus: number;
}

const bytesOf = (exchanges: readonly Exchange[]): number =>
  exchanges.reduce((sum, { sent, received }) => sum + sent + received, 0);

export const summaryOf = (run: {
  readonly story: Story;
  readonly scoring: Scoring | string;
  readonly verdicts: readonly LogVerdict[];
  readonly looked: Looked;
  readonly lenders: number;
  readonly customers: number;
  readonly exchanges: readonly Exchange[];
  readonly seconds: number;
}): Summary => {
  const { match, aggregate, signal } = run.story;
  const verified = run.verdicts.length === run.lenders && run.verdicts.every(({ result }) => E.isRight(result));
  const score = scoreSummaryOf(run.scoring);
  const opened = run.looked.subject === `${SCHEME}:${signal.nationalId}`;
  const { statements } = run.looked;
  const agree = statements.length === run.lenders && statements.every(({ differences }) => differences.length === 0);
  const lines = statements.flatMap(({ own }) => own.statement.lines);
  const checks = [...aggregate.checks, ...signal.checks];
  const signalTotal = (column: string): number => signal.checks.find((check) => check.column === column)!.total;
  return {
    ok:
      match.wrong === 0 &&
      match.bulk.wrong === 0 &&
      match.result.failures.length === 0 &&
      checks.every(({ ok }) => ok) &&
      score?.ok !== false &&
      verified &&
      opened &&
      agree,
    lenders: run.lenders,
    customers: run.customers,
    match: { asked: match.result.asked, known: match.result.matches.filter(({ holders }) => holders.length > 0).length },
    aggregate: Object.fromEntries(
      [...new Set(aggregate.checks.map(({ column }) => column))].map((column) => {
        const own = aggregate.checks.filter((check) => check.column === column);
        return [column, { total: gather(own, 'total'), truth: gather(own, 'truth'), plusMinus: own[0]!.plusMinus }];
      }),
    ),
    signal: { openLoans: signalTotal('openLoans'), exposure: signalTotal('outstanding'), lenders: signalTotal('present') },
    ...(score === undefined ? {} : { score }),
    audit: { verified, opened },
    statements: {
      agree,
      queries: lines.reduce((sum, { queries }) => sum + queries, 0),
      subjects: lines.reduce((sum, { subjects }) => sum + subjects, 0),
    },
    bytes: bytesOf(run.exchanges),
    seconds: run.seconds,
  };
};

const gather = (checks: readonly Check[], which: 'total' | 'truth'): number | Readonly<Record<string, number>> =>
  checks[0]!.bucket === undefined ? checks[0]![which] : Object.fromEntries(checks.map((check) => [check.bucket!, check[which]]));

/** The results in tables, and who saw what. */
export const printStory = (
  { match, aggregate, signal }: Story,
  run: {
    readonly exchanges: readonly Exchange[];
    readonly lenders: readonly string[];
    readonly seconds: number;
    readonly ok: boolean;
  },
): void => {
  title('match: which lenders know the applicants?');
  const { result } = match;
  const knownTo = (count: number): number => result.matches.filter(({ holders }) => holders.length === count).length;
  table(
    ['known to', 'applicants'],
    [0, ...result.holders.map((_, i) => i + 1)].map((count) => [
      count === 0 ? 'no lender' : `${count} lender${count > 1 ? 's' : ''}`,
      figure(knownTo(count)),
    ]),
  );
  line(`${result.asked} asked, ${match.wrong} different from the truth`);
  line(`In bulk, one session with each lender, ${match.bulk.seconds.toFixed(1)} s: ${match.bulk.wrong} different from the truth`);

  title(`aggregate: totals over the cohort and all lenders, epsilon ${EPSILON}`);
  printChecks(aggregate.checks);
  if (aggregate.result.suppressed.length > 0)
    line(`suppressed (they know too few of the cohort, and added nothing): ${aggregate.result.suppressed.join(', ')}`);

  title(`signal: one applicant${signal.withoutFile ? ' without a bureau file' : ''}, totals over all lenders, exact`);
  line(`Before consent, each lender: "${signal.before}"`);
  const { bureau, purpose, columns } = signal.agreed;
  line(`The app showed: ${bureau} asks for ${purpose}: ${columns.join(', ')}. The person agreed, to one query.`);
  printChecks(signal.checks);

  title('Who saw what');
  const asked = figure(result.asked);
  table(
    ['party', 'match', 'aggregate', 'signal', 'setup'],
    [
      [
        'bureau',
        'who is known, per lender',
        'one noisy total over all lenders',
        'one person’s totals over all lenders',
        'encrypted rows, padded count',
      ],
      [
        'each lender',
        `${asked} blinded requests`,
        `${figure(aggregate.result.asked)} unknown rows, how many it has`,
        'one unknown row',
        'rows it cannot tell apart',
      ],
    ],
  );
  const routes = [...new Set(run.exchanges.map(({ route }) => route.replace(/[0-9a-f]{64}/, '…')))];
  table(
    ['bytes', ...run.lenders],
    routes.map((route) => [
      route,
      ...run.lenders.map((lender) => {
        const own = run.exchanges.filter(
          (exchange) => exchange.holder === lender && exchange.route.replace(/[0-9a-f]{64}/, '…') === route,
        );
        const sent = own.reduce((sum, one) => sum + one.sent, 0);
        const received = own.reduce((sum, one) => sum + one.received, 0);
        return `${size(sent)} out, ${size(received)} in`;
      }),
    ]),
  );
  line(`${size(bytesOf(run.exchanges))} in all, ${run.seconds} s`);
  line(run.ok ? 'Every result equals the pooled truth, noise aside.' : 'SOME RESULT DIFFERS FROM THE POOLED TRUTH.');
};

const printChecks = (checks: readonly Check[]): void =>
  table(
    ['figure', 'total', '± (95 %)', 'truth (pooled)', ''],
    checks.map(({ what, total, plusMinus, truth, ok }) => [
      what,
      figure(total),
      plusMinus > 0 ? figure(plusMinus) : 'exact',
      figure(truth),
      ok ? '✓' : 'WRONG',
    ]),
  );

/** What the auditor found in each lender's log. */
export const printAudit = (verdicts: readonly LogVerdict[]): void => {
  table(
    ['log of', 'verdict', 'entries', 'asked', 'tables sealed'],
    verdicts.map(({ holder, result }) =>
      E.isLeft(result)
        ? [holder, result.left.message, '', '', '']
        : [
            holder,
            'as signed ✓',
            figure(result.right.size),
            result.right.asked.map(({ kind, subjects }) => `${kind} about ${figure(subjects)}`).join(', '),
            figure(result.right.sealed.filter(({ stage }) => stage === 'sealed').reduce((sum, { leaves }) => sum + leaves, 0)),
          ],
    ),
  );
};

/** The query that the auditor opened, and what each lender contributed. */
export const printLooked = ({ holder, entry, known, subject, statements }: Looked): void => {
  const who = `${subject.slice(0, SCHEME.length + 7)}…`;
  line(
    `Entry ${entry} of ${holder}, opened by the auditor: about ${who}, whom ${holder} ${known === 1 ? 'knows' : 'does not know'}.`,
  );
  line(
    'The proof convinces the auditor and nobody else, the bureau’s key stays with the bureau, and the lender’s log says that it was opened.',
  );
  title('Statement: what each lender contributed, counter-signed by the bureau');
  table(
    ['lender', 'asked', 'queries', 'subjects', 'columns', 'epsilon', 'lender and bureau say'],
    statements.flatMap(({ own, differences }) =>
      own.statement.lines.map(({ kind, queries, subjects, columns, charge }) => [
        own.statement.holder,
        kind,
        figure(queries),
        figure(subjects),
        figure(columns),
        String(toNumber(charge)),
        differences.length === 0 ? 'the same ✓' : `${differences.length} DIFFERENCES`,
      ]),
    ),
  );
};

/** What became of a log that was changed. */
export const printTampering = (
  lender: string,
  { entry, verdict, refusal }: Tampering & { readonly refusal: string | undefined },
): void => {
  title(`Tampering: one bit of entry ${entry} in the log of ${lender} is changed on its disk`);
  line(`The auditor: ${verdict ?? 'FOUND NOTHING'}`);
  line(`${lender} started again: ${refusal === undefined ? 'IT STARTED' : `refuses, "${refusal}"`}`);
};

/** What came of a row that the bureau changed. */
export const printCheating = (lender: string, { refusal, asked, logged }: Cheated): void => {
  title(`Cheating: the bureau scaled the values of one row of ${lender} before it gave the rows back`);
  line(`${lender}: ${refusal ?? 'ACCEPTED IT'}`);
  line(`The bureau asks for totals all the same: ${asked ?? 'IT GOT THEM'}`);
  line(`The auditor: the log of ${lender} ${logged ? 'says that the table was refused' : 'SAYS NOTHING OF IT'}`);
};
