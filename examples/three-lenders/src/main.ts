import { rm } from 'node:fs/promises';
import { E } from '@vouchsafe/core';
import { sendMemberHeader } from '@vouchsafe/protocol';
import { createQuerier, type Exchange } from '@vouchsafe/querier';
import { type Books, openBooks } from './books.ts';
import { BUREAU, demoPolicy, foundFederation } from './federation.ts';
import { type Lender, startLenders } from './lenders.ts';
import { type Options, readOptions } from './options.ts';
import { printStory, summaryOf } from './report.ts';
import { bars, line, title } from './screen.ts';
import { runStory, type Story } from './story.ts';
import { pool } from './truth.ts';

/** Runs the demo: books → lenders' processes → federation → sync → questions → checks. Exit code 0 only when every result is right. */
const main = async (): Promise<number> => {
  const options = readOptions(process.argv.slice(2));
  if (E.isLeft(options)) {
    line(options.left.message);
    return options.left._tag === 'Help' ? 0 : 2;
  }
  const started = performance.now();
  const books = await openBooks(options.right);
  if (E.isLeft(books)) {
    line(books.left.message);
    return 2;
  }
  const lenders = await startLenders(books.right.books);
  try {
    return await tell(options.right, books.right, lenders, started);
  } finally {
    for (const lender of lenders) lender.stop();
    if (options.right.data === undefined) await rm(books.right.folder, { recursive: true });
  }
};

const tell = async (
  options: Options,
  { books, applicants, folder }: Books,
  lenders: readonly Lender[],
  started: number,
): Promise<number> => {
  title(`${lenders.length} lenders, one bureau, ${applicants.length} applicants`);
  line(`Each lender is a process of its own and reads its own file below ${folder}`);
  const { federation, boxSecrets } = foundFederation(lenders);
  line('Their policy grants this bureau match AND totals, and says so (matchAndTotals: "accepted"): a bureau with both can read');
  line('the figure of a lender in the total over people whom only that lender knows. By default a policy grants one of the two.');

  title('Loading');
  const loading = bars();
  const reports = await Promise.all(
    lenders.map((lender, i) => {
      const { file } = books[i]!;
      const { asOf, currency } = options;
      const message = {
        federation,
        id: lender.id,
        boxSecret: boxSecrets.get(lender.id)!,
        policy: demoPolicy,
        file,
        asOf,
        currency,
        padTo: 50,
      };
      return lender.start(message, (done, total) => loading.show({ task: lender.id, done, total }));
    }),
  );
  loading.end();
  for (const [i, report] of reports.entries()) for (const text of report) line(`  ${lenders[i]!.id}: ${text}`);

  const exchanges: Exchange[] = [];
  const querier = createQuerier({
    federation,
    id: BUREAU,
    identify: sendMemberHeader(BUREAU),
    onExchange: (exchange) => exchanges.push(exchange),
  });
  if (E.isLeft(querier)) return fail(querier.left);

  title('Sealing, once per lender and epoch');
  const sealing = bars();
  const synced = await querier.right.sync({ onProgress: sealing.show })();
  sealing.end();
  if (E.isLeft(synced)) return fail(synced.left);

  title('Asking');
  const asking = bars();
  const story = await runStory(querier.right, { applicants, truth: pool(books, options.asOf), onProgress: asking.show });
  asking.end();
  if (E.isLeft(story)) return fail(story.left);
  await querier.right.close();
  const customers = Math.max(...books.map(({ loans }) => new Set(loans.map(({ national_id }) => national_id)).size));
  return finish(options, story.right, { lenders, customers, exchanges, started });
};

const finish = (
  options: Options,
  story: Story,
  {
    lenders,
    customers,
    exchanges,
    started,
  }: {
    readonly lenders: readonly Lender[];
    /** Of the largest lender. */
    readonly customers: number;
    readonly exchanges: readonly Exchange[];
    readonly started: number;
  },
): number => {
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  const summary = summaryOf(story, { lenders: lenders.length, customers, exchanges, seconds });
  printStory(story, { exchanges, lenders: lenders.map(({ id }) => id), seconds, ok: summary.ok });
  if (options.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
  return summary.ok ? 0 : 1;
};

const fail = (error: { readonly _tag: string; readonly message: string }): number => {
  line(`${error._tag}: ${error.message}`);
  return 1;
};

process.exitCode = await main();
