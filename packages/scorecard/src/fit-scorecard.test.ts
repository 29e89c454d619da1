import { E } from '@vouchsafe/core';
import { describe, expect, it } from 'vitest';
import { manualBreaks, manualGroups, OPTIMAL } from './binning-rule.ts';
import { CONVENTIONS } from './conventions.ts';
import { categoricalColumn, type DataTable, numericColumn } from './data.ts';
import { fitScorecard } from './fit-scorecard.ts';
import { rankingOf } from './ranking.ts';
import { fitted, sample } from './sample.test.fixture.ts';
import { SCALING } from './scaling.ts';
import { scoreTable } from './score-table.ts';
import { decodeScorecard, Scorecard, scorecardHash } from './scorecard.ts';
import { SELECTION } from './select.ts';

const { table, bad } = sample(6000);
const amount = { ...OPTIMAL, specials: [{ label: 'never', values: [-1] }] };
const rules = new Map([['amount', amount]]);

describe('fitting a scorecard', () => {
  it('takes what tells goods from bads, and says why the rest is not in', async () => {
    const { scorecard, tables, dropped } = await fitted({ table, bad, rules });
    const names = scorecard.characteristics.map(({ name }) => name);
    expect(tables.map(({ name }) => name)).toEqual([...table.keys()]);
    expect([...names, ...dropped.map(({ name }) => name)].sort()).toEqual([...table.keys()].sort());
    expect(dropped).toContainEqual({ name: 'constant', why: 'one bin', figure: 0 });
    expect(dropped.find(({ name }) => name === 'nothing')).toMatchObject({ why: 'low information value' });
    // Of two that say the same the more informative one is in.
    const ivOf = (name: string) => tables.find((one) => one.name === name)!.iv;
    const correlated = dropped.filter(({ why }) => why === 'correlated');
    expect(correlated.length).toBeGreaterThan(0);
    for (const one of correlated) {
      expect(Math.abs(one.figure)).toBeGreaterThan(SELECTION.maxCorrelation);
      expect(ivOf(one.with!)).toBeGreaterThanOrEqual(ivOf(one.name));
    }
    expect(names.includes('amount') && names.includes('twin')).toBe(false);
    for (const { coefficient, signOk } of scorecard.characteristics) {
      expect(coefficient.estimate).toBeLessThan(0);
      expect(coefficient.pValue).toBeLessThan(0.1);
      expect(signOk).toBe(true);
    }
    const scores = scoreTable(scorecard, table);
    const ranking = rankingOf(E.isRight(scores) ? scores.right : new Float64Array(0), bad);
    expect(E.isRight(ranking) && ranking.right.auc).toBeGreaterThan(0.7);
  });

  it('is deterministic; the sign of WOE changes nothing but the signs', async () => {
    const scaling = { ...SCALING, rounding: 'none' } as const;
    const one = await fitted({ table, bad, rules, scaling });
    expect(scorecardHash((await fitted({ table, bad, rules, scaling })).scorecard)).toBe(scorecardHash(one.scorecard));
    const other = await fitted({ table, bad, rules, scaling, conventions: { ...CONVENTIONS, woe: 'ln(bad/good)' } });
    for (const [j, { coefficient, bins, signOk }] of other.scorecard.characteristics.entries()) {
      const first = one.scorecard.characteristics[j]!;
      expect(signOk).toBe(true);
      expect(coefficient.estimate).toBeCloseTo(-first.coefficient.estimate, 8);
      for (const [i, { points }] of bins.entries()) {
        if (points === null) expect(first.bins[i]!.points).toBe(null);
        else expect(points).toBeCloseTo(first.bins[i]!.points!, 7);
      }
    }
  });

  it('drops wrong signs, keeps them, or refuses, as asked', async () => {
    // A characteristic that is the outcome's cause plus another's noise: next to the other its coefficient turns.
    const rows = 4000;
    const [a, b, y] = [new Float64Array(rows), new Float64Array(rows), new Uint8Array(rows)];
    for (let i = 0; i < rows; i++) {
      const [cause, noise] = [(i * 7919) % 101, (i * 104_729) % 97];
      a[i] = cause + noise;
      b[i] = 0.35 * cause + noise;
      y[i] = cause + ((i * 31) % 50) > 100 ? 1 : 0;
    }
    const turned: DataTable = new Map([
      ['a', { kind: 'numeric', values: a }],
      ['b', { kind: 'numeric', values: b }],
    ]);
    const selection = { ...SELECTION, minIv: 0, maxCorrelation: 1, maxPValue: null };
    const dropping = await fitted({ table: turned, bad: y, selection });
    expect(dropping.dropped).toMatchObject([{ name: 'b', why: 'wrong sign' }]);
    const keeping = await fitted({ table: turned, bad: y, selection: { ...selection, wrongSign: 'keep' } });
    expect(keeping.scorecard.characteristics.find(({ name }) => name === 'b')).toMatchObject({ signOk: false });
    const refusing = await fitScorecard({ name: 't', table: turned, bad: y, selection: { ...selection, wrongSign: 'refuse' } })();
    expect(refusing).toMatchObject({ left: { _tag: 'WrongSign', characteristic: 'b' } });
  });

  it('drops the least significant one at a time, and takes no more than asked', async () => {
    const all = { ...SELECTION, minIv: 0, maxCorrelation: 0.7, maxPValue: 0.001 };
    const { scorecard, dropped } = await fitted({ table, bad, rules, selection: all });
    expect(dropped.find(({ name }) => name === 'nothing')?.why).toMatch(/not significant|wrong sign/);
    for (const { coefficient } of scorecard.characteristics) expect(coefficient.pValue).toBeLessThanOrEqual(0.001);
    const one = await fitted({ table, bad, rules, selection: { ...SELECTION, maxCharacteristics: 1 } });
    expect(one.scorecard.characteristics.length).toBe(1);
    expect(one.dropped.some(({ why }) => why === 'too many')).toBe(true);
  });

  it('gives the event loop its turn, tells progress, and stops when asked', async () => {
    const large = sample(60_000, 'large');
    const stop = new AbortController();
    let [ticks, told] = [0, 0];
    const timer = setInterval(() => ticks++, 1);
    await fitted({ ...large, rules, onProgress: () => told++ });
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(3);
    expect(told).toBeGreaterThan(3);
    const stopped = fitScorecard({ name: 't', ...large, rules, signal: stop.signal, onProgress: () => stop.abort() })();
    expect(await stopped).toMatchObject({ left: { _tag: 'Aborted' } });
  });
});

describe('samples that cannot be fitted', () => {
  const x = numericColumn([1, 2, 3, 4]);
  const y = Uint8Array.of(0, 1, 0, 1);
  it.each([
    ['no characteristic', new Map(), y, 'NothingToFit'],
    [
      'unequal rows',
      new Map([
        ['x', x],
        ['z', numericColumn([1])],
      ]),
      y,
      'BadData',
    ],
    ['an outcome of another length', new Map([['x', x]]), Uint8Array.of(0, 1), 'BadData'],
    ['one class', new Map([['x', x]]), new Uint8Array(4), 'OneClass'],
    ['no rows', new Map([['x', numericColumn([])]]), new Uint8Array(0), 'BadData'],
    ['infinite values', new Map([['x', numericColumn([1, 2, 3, Number.POSITIVE_INFINITY])]]), y, 'BadData'],
    ['constant columns only', new Map([['x', numericColumn([7, 7, 7, 7])]]), y, 'NothingToFit'],
    ['missing values only', new Map([['x', numericColumn([null, null, null, null])]]), y, 'NothingToFit'],
    ['a name that is none', new Map([['a\nb', x]]), y, 'BadData'],
  ] as const)('%s', async (_, broken, outcome, tag) => {
    const got = await fitScorecard({ name: 't', table: broken as DataTable, bad: outcome, rule: { ...OPTIMAL, minShare: 0 } })();
    expect(got).toMatchObject({ left: { _tag: tag } });
  });

  it('a characteristic that knows the outcome separates it: the error says what to do, a penalty helps', async () => {
    const rows = Array.from({ length: 400 }, (_, i) => i);
    const knows: DataTable = new Map([['knows', numericColumn(rows.map((i) => i % 2))]]);
    const outcome = Uint8Array.from(rows, (i) => i % 2);
    const request = { name: 't', table: knows, bad: outcome, rule: manualBreaks([0.5]) };
    expect(await fitScorecard(request)()).toMatchObject({ left: { _tag: 'Separable', message: expect.stringContaining('l2') } });
    expect(E.isRight(await fitScorecard({ ...request, l2: 1, selection: { ...SELECTION, maxPValue: null } })())).toBe(true);
    const refuse = { ...CONVENTIONS, zeroCells: { rule: 'refuse' } } as const;
    expect(await fitScorecard({ ...request, conventions: refuse })()).toMatchObject({
      left: { _tag: 'ZeroCell', characteristic: 'knows' },
    });
  });

  it('a rule without a characteristic, a level in no group, a subject nobody knows', async () => {
    const stray = await fitScorecard({ name: 't', table, bad, rules: new Map([['ammount', OPTIMAL]]) })();
    expect(stray).toMatchObject({ left: { _tag: 'BadData', characteristic: 'ammount' } });
    const groups = new Map([['status', manualGroups([['a']])]]);
    expect(await fitScorecard({ name: 't', table, bad, rules: groups })()).toMatchObject({
      left: { _tag: 'BadData', characteristic: 'status' },
    });
    const present = new Map(table).set('present', numericColumn(Array.from(bad, (_, i) => (i === 17 ? 0 : 1))));
    expect(await fitScorecard({ name: 't', table: present, bad, presence: 'present' })()).toMatchObject({
      left: { _tag: 'BadData', characteristic: 'present' },
    });
    const asText = new Map(table).set('present', categoricalColumn(Array.from(bad, () => '1')));
    expect(await fitScorecard({ name: 't', table: asText, bad, presence: 'present' })()).toMatchObject({
      left: { _tag: 'BadData' },
    });
  });
});

describe('the model document', () => {
  it('goes through JSON and back, and its hash does not depend on the order of keys', async () => {
    const { scorecard } = await fitted({ table, bad, rules });
    const document = JSON.parse(JSON.stringify(Scorecard.encode(scorecard)));
    const back = decodeScorecard(document);
    expect(back).toEqual(E.right(scorecard));
    const turned = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(turned)
        : typeof value === 'object' && value !== null
          ? Object.fromEntries(
              Object.entries(value)
                .reverse()
                .map(([key, one]) => [key, turned(one)]),
            )
          : value;
    const other = decodeScorecard(turned(document));
    expect(E.isRight(other) && scorecardHash(other.right)).toBe(scorecardHash(scorecard));
    expect(scorecardHash(scorecard)).toMatch(/^[0-9a-f]{64}$/);
  });

  it('every number and text in it changes the hash', async () => {
    const { scorecard } = await fitted({ table, bad, rules });
    const document = JSON.parse(JSON.stringify(Scorecard.encode(scorecard)));
    const hash = scorecardHash(scorecard);
    let changed = 0;
    const walk = (node: Record<string, unknown>): void => {
      for (const [key, value] of Object.entries(node)) {
        if (typeof value === 'object' && value !== null) walk(value as Record<string, unknown>);
        else if (typeof value === 'number') {
          node[key] = value === 0 ? 1e-300 : value * (1 + Number.EPSILON);
          const shape = Scorecard.decode(document);
          if (E.isRight(shape)) {
            expect(scorecardHash(shape.right)).not.toBe(hash);
            changed++;
          }
          node[key] = value;
        }
      }
    };
    walk(document);
    expect(changed).toBeGreaterThan(100);
  });

  it('negative zero is zero', async () => {
    const { scorecard } = await fitted({ table, bad, rules });
    const document = { ...JSON.parse(JSON.stringify(Scorecard.encode(scorecard))), base: -0 };
    const plain = { ...document, base: 0 };
    const [a, b] = [decodeScorecard(document), decodeScorecard(plain)];
    if (E.isLeft(a) || E.isLeft(b)) throw new Error('both decode');
    expect(Object.is(a.right.base, 0)).toBe(true);
    expect(scorecardHash(a.right)).toBe(scorecardHash(b.right));
  });

  it.each([
    ['another version', { version: 2 }, 'BadShape'],
    ['another format', { format: 'other' }, 'BadShape'],
    ['a key we do not know', { note: '' }, 'BadShape'],
    ['an infinite number', { base: Number.POSITIVE_INFINITY }, 'BadShape'],
    ['no number', { base: Number.NaN }, 'BadShape'],
    ['a text for a number', { base: '1' }, 'BadShape'],
    ['no characteristics', { characteristics: [] }, 'BadScorecard'],
  ])('refuses %s', async (_, change, tag) => {
    const { scorecard } = await fitted({ table, bad, rules });
    const got = decodeScorecard({ ...(Scorecard.encode(scorecard) as object), ...change });
    expect(got).toMatchObject({ left: { _tag: tag } });
  });

  it('refuses bins that are not those of the binning, names twice, no points, negative counts', async () => {
    const { scorecard } = await fitted({ table, bad, rules });
    const [first, ...rest] = scorecard.characteristics;
    const withFirst = (change: object) => decodeScorecard({ ...scorecard, characteristics: [{ ...first, ...change }, ...rest] });
    const wrong = [
      { bins: first!.bins.slice(1) },
      { bins: [...first!.bins].reverse() },
      { name: rest[0]!.name },
      { bins: first!.bins.map((bin) => ({ ...bin, points: null })) },
      { bins: first!.bins.map((bin) => ({ ...bin, good: -1 })) },
      { binning: { kind: 'numeric', breaks: [2, 1], closed: 'left', specials: [] } },
    ];
    for (const change of wrong) expect(withFirst(change)).toMatchObject({ left: { _tag: 'BadScorecard' } });
  });
});
