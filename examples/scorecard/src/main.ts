import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { E } from '@vouchsafe/core';
import {
  CONVENTIONS,
  fitScorecard,
  OPTIMAL,
  printBinTable,
  printScorecard,
  Scorecard,
  scorecardHash,
  scoreSql,
  scoreTable,
  selectRows,
  splitRows,
} from '@vouchsafe/scorecard';
import { type Evaluation, evaluateScores, reportHtml } from '@vouchsafe/scorecard/report';
import { seededRng } from '@vouchsafe/testkit';
import { scoreInDuckDb } from './in-duckdb.ts';
import { type Options, readOptions } from './options.ts';
import { readSample, type Sample } from './sample.ts';
import { tellSubjects } from './subjects.ts';
import { syntheticSample } from './synthetic.ts';

const line = (text = ''): void => console.error(text);

/** sample → split → fit → measure → single subjects → SQL → report. Exit code 0 only when SQL gives the same scores. */
const main = async (): Promise<number> => {
  const options = readOptions(process.argv.slice(2));
  if (E.isLeft(options)) {
    line(options.left.message);
    return options.left._tag === 'Help' ? 0 : 2;
  }
  const { data, seed } = options.right;
  const sample = data === undefined ? E.right(syntheticSample(seed)) : await readSample(data, options.right);
  if (E.isLeft(sample)) return fail(sample.left);

  const split = splitRows({ rows: sample.right.bad.length, testShare: 0.25 }, seededRng(seed));
  const [train, test] = [rowsOf(sample.right, split.train), rowsOf(sample.right, split.test)];
  const fitted = await fitScorecard({
    name: sample.right.title,
    table: train.table,
    bad: train.bad,
    // A level that only the test rows have counts as missing, and a bin never seen as no evidence: so every row gets a score.
    rule: { ...OPTIMAL, unseen: 'missing' },
    conventions: { ...CONVENTIONS, emptyBin: 'neutral' },
    presence: data === undefined ? 'present' : undefined,
  })();
  if (E.isLeft(fitted)) return fail(fitted.left);
  const { scorecard, tables, dropped } = fitted.right;
  const shown = scorecard.characteristics.map(({ name }) => tables.find((table) => table.name === name)!);
  for (const table of shown) line(`\n${printBinTable(table)}`);
  line(`\n${printScorecard(scorecard)}\n`);
  for (const { name, why, figure } of dropped) line(`not in: ${name} (${why}, ${figure.toPrecision(3)})`);

  const scores = scoreTable(scorecard, test.table);
  if (E.isLeft(scores)) return fail(scores.left);
  const evaluation = evaluateScores({ scorecard, scores: scores.right, bad: test.bad });
  if (E.isLeft(evaluation)) return fail(evaluation.left);
  const { auc, gini, ks } = evaluation.right.ranking;
  line(`\non the ${test.bad.length} rows held back: AUC ${auc.toFixed(4)}, Gini ${gini.toFixed(4)}, KS ${ks.toFixed(4)}`);
  tellSubjects(scorecard, test, scores.right, line);

  const inDuckDb = await scoreInDuckDb(scorecard, test.table);
  const equal = scores.right.every((score, i) => Object.is(score, inDuckDb[i]));
  line(`\nthe SQL in DuckDB gives ${equal ? 'the same scores to the last digit' : 'OTHER SCORES'}`);
  await write(options.right, scorecard, { evaluation: evaluation.right, tables: shown, note: noteOf(sample.right, test) });
  line(`written to ${options.right.out}: report.html, scorecard.json, score.sql`);
  if (options.right.json) {
    const summary = { ok: equal, model: scorecardHash(scorecard), auc, gini, ks, characteristics: shown.length };
    process.stdout.write(`${JSON.stringify(summary)}\n`);
  }
  return equal ? 0 : 1;
};

const rowsOf = ({ title, table, bad }: Sample, rows: Uint32Array): Sample => ({
  title,
  table: new Map([...table].map(([name, column]) => [name, selectRows(column, rows)])),
  bad: Uint8Array.from(rows, (row) => bad[row]!),
});

const noteOf = (all: Sample, test: Sample): string =>
  `${all.bad.length.toLocaleString('en-US')} rows; the figures of separation are of the ${test.bad.length.toLocaleString('en-US')} that were held back.`;

const write = async (
  { out }: Options,
  scorecard: Scorecard,
  { evaluation, tables, note }: { evaluation: Evaluation; tables: Parameters<typeof reportHtml>[0]['tables']; note: string },
): Promise<void> => {
  await mkdir(out, { recursive: true });
  await writeFile(join(out, 'report.html'), await reportHtml({ scorecard, tables, evaluation, note }));
  await writeFile(join(out, 'scorecard.json'), `${JSON.stringify(Scorecard.encode(scorecard), null, 2)}\n`);
  await writeFile(join(out, 'score.sql'), `${scoreSql(scorecard)}\n`);
};

const fail = (error: { readonly _tag: string; readonly message: string }): number => {
  line(`${error._tag}: ${error.message}`);
  return 1;
};

process.exitCode = await main();
