import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { E } from '@vouchsafe/core';
import { seededRng } from '@vouchsafe/testkit';
import { describe, expect, it } from 'vitest';
import { assignBins } from './assign.ts';
import { binTable } from './bin-table.ts';
import { type Binning, binCount, binLabels } from './binning.ts';
import { OPTIMAL, QUANTILE } from './binning-rule.ts';
import { CONVENTIONS } from './conventions.ts';
import { countBins } from './counts.ts';
import { categoricalColumn, type DataColumn, type DataTable, numericColumn, type Outcome, selectRows } from './data.ts';
import { fitBinning } from './fit-binning.ts';
import { rankingOf } from './ranking.ts';
import { fitted } from './sample.test.fixture.ts';
import { pointsAt, SCALING } from './scaling.ts';
import { scoreTable } from './score-table.ts';
import { splitRows } from './split.ts';
import { populationStability } from './stability.ts';

const folder = process.env['VOUCHSAFE_SHARED'];
const badFirst = { ...CONVENTIONS, woe: 'ln(bad/good)' } as const;

/** The file names the digits it prints: the difference is at most half of the last one (and a rounding of it). */
const holds = (value: number, printed: number): boolean => {
  const digits = (String(printed).split('.')[1] ?? '').length;
  return Math.abs(value - printed) <= 0.5000001 * 10 ** -digits;
};

const tableOf = (labels: readonly string[], good: readonly number[], bad: readonly number[]) => {
  const got = binTable({ name: 'x', labels, counts: { good, bad }, conventions: badFirst });
  if (E.isLeft(got)) throw new Error(got.left.message);
  return got.right;
};

const query = async (sql: string): Promise<Readonly<Record<string, readonly unknown[]>>> => {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getColumnsObject();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
};

const fileOf = (name: string): string => `read_csv('${join(folder ?? '', 'data', name)}')`;
const GERMAN = { file: 'germancredit.csv', outcome: 'creditability', bad: 'bad', drop: '' };
const UCI = { file: 'UCI_Credit_Card.csv', outcome: 'default.payment.next.month', bad: '1', drop: 'ID' };

const readOnce = new Map<string, ReturnType<typeof readFresh>>();

const read = (source: typeof GERMAN): ReturnType<typeof readFresh> => {
  const known = readOnce.get(source.file) ?? readFresh(source);
  readOnce.set(source.file, known);
  return known;
};

const readFresh = async ({
  file,
  outcome,
  bad,
  drop,
}: typeof GERMAN): Promise<{ readonly table: DataTable; readonly bad: Outcome }> => {
  const { [outcome]: outcomes, ...columns } = await query(`SELECT * FROM ${fileOf(file)}`);
  const columnOf = (values: readonly unknown[]): DataColumn =>
    values.every((value) => typeof value === 'number' || typeof value === 'bigint')
      ? numericColumn(values.map(Number))
      : categoricalColumn(values.map(String));
  const names = Object.keys(columns).filter((name) => name !== drop);
  return {
    table: new Map(names.map((name) => [name, columnOf(columns[name]!)])),
    bad: Uint8Array.from(outcomes!, (value) => (String(value) === bad ? 1 : 0)),
  };
};

/** Bins counted row by row by us. */
const countedBy = (binning: Binning, column: DataColumn, bad: Outcome) => {
  const { good, bad: bads } = countBins(assignBins(binning, column), bad, binCount(binning));
  return tableOf(binLabels(binning), good, bads);
};

describe.skipIf(!folder)('published reference values and real credit data (VOUCHSAFE_SHARED)', () => {
  it('reproduces every figure of the reference file to its printed digits', async () => {
    const vectors = JSON.parse(await readFile(join(folder ?? '', 'vectors', 'scorecard.json'), 'utf8'));
    for (const { good, bad, woe, iv } of vectors.bins) {
      const table = tableOf(good.map(String), good, bad);
      for (const [i, bin] of table.bins.entries()) expect(holds(bin.woe, woe[i])).toBe(true);
      expect(holds(table.iv, iv)).toBe(true);
    }
    for (const { actual, expected, psi } of [vectors.population_stability].flat()) {
      const got = populationStability({ actual, expected });
      expect(E.isRight(got) && holds(got.right.index, psi)).toBe(true);
    }
    for (const { base, goodToBadOdds, pdo, cases } of [vectors.points].flat())
      for (const { pBad, points } of cases) {
        const scaling = { ...SCALING, basePoints: base, baseOdds: goodToBadOdds, pdo };
        expect(holds(pointsAt(scaling, Math.log(pBad / (1 - pBad))), points)).toBe(true);
      }
    expect(vectors.bins.length).toBeGreaterThan(0);
  });

  it('counts from the data file give the reference bins, and unbinned levels the reference information values', async () => {
    const vectors = JSON.parse(await readFile(join(folder ?? '', 'vectors', 'scorecard.json'), 'utf8'));
    const { table, bad } = await read(GERMAN);
    for (const { variable, breaks, levels, good, bad: bads } of vectors.bins) {
      const name = variable as string;
      const binning: Binning = breaks
        ? { kind: 'numeric', breaks, closed: 'left', specials: [] }
        : { kind: 'categorical', groups: levels.map((level: string) => [level]), specials: [], unseen: 'noScore' };
      const counts = countBins(assignBins(binning, table.get(name)!), bad, binCount(binning));
      expect(counts).toEqual({ good: [...good, 0], bad: [...bads, 0] });
    }
    for (const { variable, iv } of vectors.iv_unbinned) {
      const column = table.get(variable)!;
      const binning = fitBinning({ name: variable, column, bad, rule: QUANTILE });
      if (E.isLeft(binning)) throw new Error(binning.left.message);
      expect(holds(countedBy(binning.right, column, bad).iv, iv)).toBe(true);
    }
  });

  it.each([
    [UCI, 'LIMIT_BAL', [50_000, 100_000, 140_000, 360_000]],
    [UCI, 'AGE', [25, 30, 45]],
    [UCI, 'PAY_0', [0, 1, 2]],
    [GERMAN, 'duration_in_month', [8, 16, 34, 44]],
  ] as const)('%# bins, WOE and IV equal those that SQL counts directly, on both closed sides', async (source, name, breaks) => {
    const { table, bad } = await read(source);
    for (const closed of ['left', 'right'] as const) {
      const own = countedBy({ kind: 'numeric', breaks, closed, specials: [] }, table.get(name)!, bad);
      // An interval's position by arithmetic in the database, not by our assignment.
      const position = breaks
        .map((edge) => `(CASE WHEN "${name}" ${closed === 'left' ? '>=' : '>'} ${edge} THEN 1 ELSE 0 END)`)
        .join(' + ');
      const isBad = `CAST("${source.outcome}" AS VARCHAR) = '${source.bad}'`;
      const direct = await query(
        `SELECT ${position} AS bin, count(*) FILTER (NOT ${isBad}) AS good, count(*) FILTER (${isBad}) AS bad FROM ${fileOf(source.file)} GROUP BY bin ORDER BY bin`,
      );
      const [good, bads] = [direct['good']!.map(Number), direct['bad']!.map(Number)];
      const [g, b] = [good, bads].map((list) => list.reduce((sum, n) => sum + n, 0)) as [number, number];
      let iv = 0;
      for (const [i, bin] of own.bins.slice(0, -1).entries()) {
        expect([bin.good, bin.bad]).toEqual([good[i], bads[i]]);
        const woe = Math.log((bads[i]! * g) / (good[i]! * b));
        expect(bin.woe).toBeCloseTo(woe, 12);
        iv += (bads[i]! / b - good[i]! / g) * woe;
      }
      expect(own.iv).toBeCloseTo(iv, 12);
    }
  });

  it.each([
    [UCI, 0.76],
    [GERMAN, 0.76],
  ] as const)(
    '%# the median AUC on the quarter held back, over 20 seeded splits, is at least $1',
    async (source, least) => {
      const { table, bad } = await read(source);
      const part = (rows: Uint32Array) => ({
        table: new Map([...table].map(([name, column]) => [name, selectRows(column, rows)])),
        bad: Uint8Array.from(rows, (row) => bad[row]!),
      });
      const aucs: number[] = [];
      for (let seed = 0; seed < 20; seed++) {
        const { train, test } = splitRows({ rows: bad.length, testShare: 0.25 }, seededRng(seed));
        // A level that only the test rows have counts as missing, and a bin that the sample lacked as no evidence.
        const { scorecard } = await fitted({
          ...part(train),
          rule: { ...OPTIMAL, unseen: 'missing' },
          conventions: { ...CONVENTIONS, emptyBin: 'neutral' },
        });
        const held = part(test);
        const scores = scoreTable(scorecard, held.table);
        const ranking = E.isRight(scores) ? rankingOf(scores.right, held.bad) : scores;
        if (E.isLeft(ranking)) throw new Error(ranking.left.message);
        expect(ranking.right.withoutScore).toBe(0);
        aucs.push(ranking.right.auc);
      }
      aucs.sort((a, b) => a - b);
      expect((aucs[9]! + aucs[10]!) / 2).toBeGreaterThanOrEqual(least);
    },
    300_000,
  );
});
