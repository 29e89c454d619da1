import './engine.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bytesToHex, csprng, E, type Either } from '@vouchsafe/core';
import type { Exchange, HoldersFailed, LogVerdict } from '@vouchsafe/querier';
import { type Looked, lastEntry, lookBehind, type Tampering, tamper, verifyLogs } from './audit.ts';
import { type Applicant, type Books, openBooks, syntheticNames } from './books.ts';
import { type Bureau, openBureau } from './bureau.ts';
import { judge } from './cheat.ts';
import { demoPolicy, type Founded, foundFederation, hexOf } from './federation.ts';
import { openApp } from './issuer.ts';
import type { StartLender } from './lender-messages.ts';
import { type Lender, startLender, startLenders } from './lenders.ts';
import { type Options, readOptions } from './options.ts';
import { printAudit, printCheating, printLooked, printStory, printTampering, summaryOf } from './report.ts';
import { runScoring, type Scoring } from './scoring.ts';
import { printScoring } from './scoring-report.ts';
import { bars, line, title } from './screen.ts';
import { runStory, type Story } from './story.ts';
import { pool } from './truth.ts';

/** Runs the demo: books → lenders' processes → federation → sync → questions → audit → checks. Exit code 0 only when every result is right. */
const main = async (): Promise<number> => {
  const options = readOptions(process.argv.slice(2));
  if (E.isLeft(options)) {
    line(options.left.message);
    return options.left._tag === 'Help' ? 0 : 2;
  }
  const started = performance.now();
  // Processes start on another core while the people are made; of the user's own files the names are not known before they are read.
  const early = options.right.data === undefined ? startLenders(syntheticNames(options.right.lenders)) : undefined;
  const books = await openBooks(options.right);
  if (E.isLeft(books)) {
    line(books.left.message);
    return 2;
  }
  const lenders = await (early ?? startLenders(books.right.books.map(({ lender }) => lender)));
  const state = await mkdtemp(join(tmpdir(), 'vouchsafe-demo-state-'));
  try {
    return await tell({ options: options.right, books: books.right, lenders, state, started });
  } finally {
    await Promise.all(lenders.map((lender) => lender.stop()));
    await rm(state, { recursive: true });
    if (options.right.data === undefined) await rm(books.right.folder, { recursive: true });
  }
};

/** One run of the demo. */
interface Run {
  readonly options: Options;
  readonly books: Books;
  readonly lenders: readonly Lender[];
  /** Folder of the parties' stores. */
  readonly state: string;
  readonly started: number;
}

const tell = async (run: Run): Promise<number> => {
  const { options, lenders, state } = run;
  const { books, folder, ...people } = run.books;
  title(`${lenders.length} lenders, one bureau, ${people.applicants.length} applicants`);
  line(`Each lender is a process of its own and reads its own file below ${folder}`);
  const founded = foundFederation(lenders);
  line('The auditor signed the federation file; requests, answers and log entries are signed by whoever makes them.');
  line(
    'The lenders’ policy grants this bureau match AND totals, and says so (matchAndTotals: "accepted"): a bureau with both can read',
  );
  line('the figure of a lender in the total over people whom only that lender knows. By default a policy grants one of the two.');

  title('Loading');
  const messages = messagesFor(run, founded);
  const loading = bars();
  const reports = await Promise.all(
    lenders.map((lender, i) => lender.start(messages[i]!, (done, total) => loading.show({ task: lender.id, done, total }))),
  );
  loading.end();
  for (const [i, report] of reports.entries()) for (const text of report) line(`  ${lenders[i]!.id}: ${text}`);

  const exchanges: Exchange[] = [];
  const victim = options.cheat ? lenders[0]!.id : undefined;
  const onExchange = (exchange: Exchange): void => void exchanges.push(exchange);
  const bureau = await openBureau(founded, { folder: join(state, 'bureau'), onExchange, victim });
  if (E.isLeft(bureau)) return fail(bureau.left);
  const { querier, checkpoints } = bureau.right;

  title('Sealing, once per lender and epoch');
  const sealing = bars();
  const synced = await querier.sync({ onProgress: sealing.show })();
  sealing.end();
  if (victim !== undefined) return showCheating(founded, bureau.right, { victim, applicants: people.applicants, synced });
  if (E.isLeft(synced)) return fail(synced.left);

  title('Asking');
  const asking = bars();
  const truth = pool(books, options.asOf);
  const onProgress = asking.show;
  const app = openApp(founded);
  if (E.isLeft(app)) return fail(app.left);
  const consenting = { agree: app.right.agree, onProgress };
  const story = await runStory(querier, { applicants: people.applicants, truth, ...consenting });
  // The last entry of the first lender's log is about the signal now.
  const entry = E.isLeft(story) ? story : await lastEntry(querier, lenders[0]!.id);
  const scoring = E.isLeft(entry) ? entry : await runScoring(querier, { ...people, truth, ...consenting });
  asking.end();
  app.right.close();
  if (E.isLeft(story)) return fail(story.left);
  if (E.isLeft(entry)) return fail(entry.left);
  if (E.isLeft(scoring)) return fail(scoring.left);

  title('Auditing');
  const seen = await checkpoints(lenders.map(({ id }) => id));
  const auditing = bars();
  const verdicts = await verifyLogs(founded, seen, { onProgress: auditing.show });
  auditing.end();
  if (E.isLeft(verdicts)) return fail(verdicts.left);
  const looked = await lookBehind(founded, { querier, lenders: lenders.map(({ id }) => id), entry: entry.right });
  await querier.close();
  if (E.isLeft(looked)) return fail(looked.left);

  const results = { story: story.right, scoring: scoring.right, verdicts: verdicts.right, looked: looked.right, exchanges };
  const code = finish(run, results);
  return options.tamper ? Math.max(code, await showTampering(run, founded, messages[0]!)) : code;
};

/** What each lender is told at its start. */
const messagesFor = ({ options, books, lenders, state }: Run, founded: Founded): readonly StartLender[] => {
  const { file: federation, auditorKey, secrets } = founded;
  return lenders.map(({ id }, i) => ({
    federation,
    auditorKey,
    id,
    secrets: hexOf(secrets.get(id)!),
    state: { folder: join(state, id), key: bytesToHex(csprng(32)) },
    policy: demoPolicy,
    file: books.books[i]!.file,
    asOf: options.asOf,
    currency: options.currency,
    padTo: 50,
  }));
};

/** What the lender whose row was changed did about it. Exit code 0 only when it refused, answers nothing, and its log says so. */
const showCheating = async (
  founded: Founded,
  { querier, checkpoints }: Bureau,
  {
    victim,
    applicants,
    synced,
  }: {
    readonly victim: string;
    readonly applicants: readonly Applicant[];
    readonly synced: Either<{ readonly _tag: string; readonly message: string }, unknown>;
  },
): Promise<number> => {
  const failed = E.isLeft(synced) && synced.left._tag === 'HoldersFailed' ? (synced.left as HoldersFailed) : undefined;
  if (!failed) return fail({ _tag: 'NotCaught', message: 'the changed row was accepted' });
  const cheated = await judge({ querier, victim, applicants }, failed, async () => {
    const verdicts = await verifyLogs(founded, await checkpoints([victim]), {});
    return E.isLeft(verdicts) ? [] : verdicts.right;
  });
  await querier.close();
  printCheating(victim, cheated);
  return cheated.refusal !== undefined && cheated.asked !== undefined && cheated.logged ? 0 : 1;
};

/** Stops a lender, changes its log on the disk, asks the auditor's verification about it, and starts the lender again. */
const showTampering = async ({ lenders }: Run, founded: Founded, message: StartLender): Promise<number> => {
  const [lender] = lenders;
  await lender!.stop();
  const { id, state } = message;
  const tampered = await tamper(founded, { lender: id, ...state });
  if (E.isLeft(tampered)) return fail(tampered.left);
  const again = await startLender(id);
  const refusal = await again
    .start(message, () => undefined)
    .then(
      () => undefined,
      (error: Error) => error.message,
    );
  await again.stop();
  const tampering: Tampering & { readonly refusal: string | undefined } = { ...tampered.right, refusal };
  printTampering(id, tampering);
  return tampering.verdict === undefined || refusal === undefined ? 1 : 0;
};

const finish = (
  { options, books, lenders, started }: Run,
  result: {
    readonly story: Story;
    readonly scoring: Scoring | string;
    readonly verdicts: readonly LogVerdict[];
    readonly looked: Looked;
    readonly exchanges: readonly Exchange[];
  },
): number => {
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  // Of the largest lender.
  const customers = Math.max(...books.books.map(({ loans }) => new Set(loans.map(({ national_id }) => national_id)).size));
  const summary = summaryOf({ ...result, lenders: lenders.length, customers, seconds });
  printAudit(result.verdicts);
  printScoring(result.scoring);
  printLooked(result.looked);
  printStory(result.story, { exchanges: result.exchanges, lenders: lenders.map(({ id }) => id), seconds, ok: summary.ok });
  if (options.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
  return summary.ok ? 0 : 1;
};

const fail = (error: { readonly _tag: string; readonly message: string }): number => {
  line(`${error._tag}: ${error.message}`);
  return 1;
};

process.exitCode = await main();
