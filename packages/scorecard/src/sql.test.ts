import { DuckDBInstance } from '@duckdb/node-api';
import { E } from '@vouchsafe/core';
import { createDice } from '@vouchsafe/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Binning } from './binning.ts';
import { binCount, binLabels } from './binning.ts';
import { CONVENTIONS } from './conventions.ts';
import { categoricalColumn, type DataColumn, type DataTable, numericColumn } from './data.ts';
import { fitted, sample } from './sample.test.fixture.ts';
import { SCALING } from './scaling.ts';
import { scoreTable, scoreTableInTurns } from './score-table.ts';
import type { Scorecard } from './scorecard.ts';
import { quoteIdentifier, scoreSelect, scoreSql } from './sql.ts';

type Connection = Awaited<ReturnType<DuckDBInstance['connect']>>;
let instance: DuckDBInstance;
let connection: Connection;
beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:');
  connection = await instance.connect();
});
afterAll(() => {
  connection.closeSync();
  instance.closeSync();
});

/** A value as DuckDB reads it, for the test's own tables. */
const literal = (value: number | string | null): string => {
  if (value === null) return 'NULL';
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  if (Number.isNaN(value)) return "'nan'::DOUBLE";
  if (!Number.isFinite(value)) return `'${value > 0 ? '' : '-'}infinity'::DOUBLE`;
  return value.toExponential();
};

/** Scores in DuckDB; `NaN` for NULL. */
const inDuckDb = async (scorecard: Scorecard, columns: readonly (readonly [string, readonly (number | string | null)[]])[]) => {
  const types = columns.map(
    ([name, values]) => `${quoteIdentifier(name)} ${values.some((v) => typeof v === 'string') ? 'VARCHAR' : 'DOUBLE'}`,
  );
  await connection.run(`CREATE OR REPLACE TABLE "the subjects" (id INTEGER, ${types.join(', ')})`);
  const rows = columns[0]![1].map((_, i) => `(${[i, ...columns.map(([, values]) => literal(values[i]!))].join(', ')})`);
  await connection.run(`INSERT INTO "the subjects" VALUES ${rows.join(', ')}`);
  const got = await connection.runAndReadAll(`${scoreSelect({ scorecard, from: 'the subjects', keep: ['id'] })} ORDER BY id`);
  return got.getColumnsObject()['score']!.map((score) => (typeof score === 'number' ? score : Number.NaN));
};

const scoresOf = (scorecard: Scorecard, table: DataTable): number[] => {
  const got = scoreTable(scorecard, table);
  if (E.isLeft(got)) throw new Error(got.left.message);
  return [...got.right];
};

/** A scorecard with points that no fit gave. */
const madeUp = (
  binnings: readonly (readonly [string, Binning])[],
  points: (bin: number, j: number) => number | null,
): Scorecard => ({
  format: 'vouchsafe-scorecard',
  version: 1,
  name: 'made up',
  conventions: CONVENTIONS,
  scaling: { ...SCALING, rounding: 'none' },
  presence: null,
  base: 1 / 3,
  intercept: { estimate: 0, standardError: 1, pValue: 1 },
  characteristics: binnings.map(([name, binning], j) => ({
    name,
    binning,
    bins: Array.from({ length: binCount(binning) }, (_, i) => ({
      label: binLabels(binning)[i]!,
      good: 1,
      bad: 1,
      woe: 0,
      points: points(i, j),
    })),
    iv: 0,
    coefficient: { estimate: -1, standardError: 1, pValue: 0 },
    signOk: true,
  })),
  sample: { good: 1, bad: 1, l2: 0, iterations: 1, logLikelihood: 0 },
});

describe('scoring in SQL', () => {
  it('DuckDB gives the same score to the last bit for a fitted model, missing and special values included', async () => {
    const { table, bad } = sample(3000, 'sql');
    for (const closed of ['left', 'right'] as const)
      for (const intercept of ['base', 'spread'] as const) {
        const { scorecard } = await fitted({
          table,
          bad,
          rule: { ...(await import('./binning-rule.ts')).OPTIMAL, closed, specials: [{ label: 'never', values: [-1] }] },
          scaling: { ...SCALING, rounding: 'none', intercept },
          conventions: { ...CONVENTIONS, emptyBin: 'neutral' },
        });
        const columns = [...table].map(
          ([name, column]) =>
            [
              name,
              column.kind === 'numeric' ? [...column.values] : [...column.codes].map((code) => column.levels[code] ?? null),
            ] as const,
        );
        const [own, sql] = [scoresOf(scorecard, table), await inDuckDb(scorecard, columns)];
        expect(own.every(Number.isFinite)).toBe(true);
        expect(own.filter((score, i) => !Object.is(score, sql[i]))).toEqual([]);
      }
  });

  it('and for made-up points, breaks that are no round numbers, values on the breaks and next to them, infinite and missing ones', async () => {
    const double = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 });
    const breaks = fc
      .uniqueArray(
        double.map((x) => x + 0),
        { minLength: 1, maxLength: 20 },
      )
      .map((list) => [...list].sort((a, b) => a - b));
    const closed = fc.constantFrom('left', 'right' as const);
    await fc.assert(
      fc.asyncProperty(breaks, breaks, closed, fc.string(), async (one, two, side, seed) => {
        const dice = createDice(seed);
        const special = [{ label: 'codes', values: [one[0]!, -7.25] }];
        const scorecard = madeUp(
          [
            ['x', { kind: 'numeric', breaks: one, closed: side, specials: special }],
            ['y "quoted"; --', { kind: 'numeric', breaks: two, closed: side, specials: [] }],
          ],
          (bin) => (bin === 3 ? null : (dice.below(2_000_000) - 1_000_000) / 977),
        );
        const near = (x: number) => [x, x * (1 + Number.EPSILON), x * (1 - Number.EPSILON), x + 1, -x];
        const odd = [
          Number.NaN,
          null,
          Number.POSITIVE_INFINITY,
          Number.NEGATIVE_INFINITY,
          0,
          -7.25,
          1.7976931348623157e308,
          -1.7976931348623157e308,
          5e-324,
        ];
        const values = [...one, ...two].flatMap(near).concat(odd as number[]);
        const shifted = values.map((_, i) => values[(i * 7 + 3) % values.length]!);
        const table = new Map([
          ['x', numericColumn(values)],
          ['y "quoted"; --', numericColumn(shifted)],
        ]);
        const sql = await inDuckDb(scorecard, [
          ['x', values],
          ['y "quoted"; --', shifted],
        ]);
        const own = scoresOf(scorecard, table);
        expect(own.filter((score, i) => !Object.is(score, sql[i]))).toEqual([]);
        expect(own.some(Number.isNaN)).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  it.each(['missing', 'noScore'] as const)('levels with quotes in them; a level never seen: %s', async (unseen) => {
    const binning: Binning = {
      kind: 'categorical',
      groups: [["it's", 'a"b'], ["'); DROP TABLE subjects; --"], ['住房', '']],
      specials: [{ label: 'other', values: ['?'] }],
      unseen,
    };
    const scorecard = madeUp([['level', binning]], (bin) => bin * 0.1);
    const values = ["it's", 'a"b', "'); DROP TABLE subjects; --", '住房', '', '?', null, 'never seen', 'IT’S', 'NULL'];
    const own = scoresOf(scorecard, new Map([['level', categoricalColumn(values)]]));
    expect(own).toEqual((await inDuckDb(scorecard, [['level', values]])) as number[]);
    const last = unseen === 'missing' ? 1 / 3 + 4 * 0.1 : Number.NaN;
    expect(own.slice(6)).toEqual([1 / 3 + 4 * 0.1, last, last, last]);
  });

  it('gives no score to whom nobody knows', async () => {
    const plain = madeUp([['x', { kind: 'numeric', breaks: [1], closed: 'left', specials: [] }]], (bin) => bin);
    const scorecard: Scorecard = { ...plain, presence: 'present' };
    const x = [0, 0, 2, 2, 2, 2];
    const present = [1, 0, 3, null, Number.NaN, 0.5];
    const own = scoresOf(
      scorecard,
      new Map([
        ['x', numericColumn(x)],
        ['present', numericColumn(present)],
      ]),
    );
    expect(own).toEqual([1 / 3, Number.NaN, 1 / 3 + 1, Number.NaN, Number.NaN, Number.NaN]);
    expect(
      await inDuckDb(scorecard, [
        ['x', x],
        ['present', present],
      ]),
    ).toEqual(own);
  });

  it('takes another spelling of columns, and refuses names that are none', () => {
    const scorecard = madeUp([['x', { kind: 'numeric', breaks: [], closed: 'left', specials: [] }]], () => 1);
    expect(scoreSql(scorecard, (name) => `t.${name}_total`)).toContain('CAST(t.x_total AS DOUBLE PRECISION)');
    for (const name of ['', 'a\0b']) expect(() => quoteIdentifier(name)).toThrow(RangeError);
    expect(quoteIdentifier('a"b')).toBe('"a""b"');
  });
});

describe('scoring a table', () => {
  const scorecard = madeUp(
    [
      ['x', { kind: 'numeric', breaks: [1], closed: 'left', specials: [] }],
      ['level', { kind: 'categorical', groups: [['a']], specials: [], unseen: 'noScore' }],
    ],
    () => 1,
  );
  const x = numericColumn([0, 1]);
  const level = categoricalColumn(['a', null]);

  it.each([
    ['a column that is not there', { ...scorecard }, [['x', x]], 'level'],
    [
      'a column of the other kind',
      { ...scorecard },
      [
        ['x', level],
        ['level', level],
      ],
      'x',
    ],
    [
      'columns of unequal length',
      { ...scorecard },
      [
        ['x', x],
        ['level', categoricalColumn(['a'])],
      ],
      'level',
    ],
    [
      'no column of presence',
      { ...scorecard, presence: 'present' },
      [
        ['x', x],
        ['level', level],
      ],
      'present',
    ],
    [
      'presence of another length',
      { ...scorecard, presence: 'present' },
      [
        ['x', x],
        ['level', level],
        ['present', numericColumn([1])],
      ],
      'present',
    ],
  ] as const)('refuses %s', (_, own, columns, characteristic) => {
    expect(scoreTable(own, new Map(columns as never))).toMatchObject({ left: { _tag: 'BadData', characteristic } });
  });

  it('in turns: the same scores, and stops when asked', async () => {
    const many: DataTable = new Map<string, DataColumn>([
      ['x', numericColumn(Array.from({ length: 100_000 }, (_, i) => i % 3))],
      ['level', categoricalColumn(Array.from({ length: 100_000 }, (_, i) => (i % 5 ? 'a' : null)))],
    ]);
    expect(await scoreTableInTurns(scorecard, many)()).toEqual(scoreTable(scorecard, many));
    const stop = AbortSignal.abort();
    expect(await scoreTableInTurns(scorecard, many, { signal: stop })()).toMatchObject({ left: { _tag: 'Aborted' } });
  });
});
