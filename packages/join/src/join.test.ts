import { E, rowOf, Secret, utf8ToBytes } from '@vouchsafe/core';
import { createGroup, type Elements } from '@vouchsafe/group';
import { seededRng } from '@vouchsafe/testkit';
import fc from 'fast-check';
import nacl from 'tweetnacl';
import { describe, expect, it } from 'vitest';
import {
  answerQuery,
  blindCohort,
  combine,
  createBlinder,
  createTableBuilder,
  deriveBureauKeys,
  deriveHolderKeys,
  type HolderAnswer,
  jointKeys,
  lookUp,
  maskSecrets,
  paddedRows,
  planSeal,
  type QueryTerms,
  queryDigest,
  rowBytes,
  sealRows,
} from './index.ts';

const group = createGroup();
const SLOTS = 4; // present, an amount, two buckets

type Person = { readonly id: string; readonly amount: number; readonly bucket: 0 | 1 };

const unwrap = <A>(either: E.Either<unknown, A>): A => {
  if (E.isLeft(either)) throw new Error(JSON.stringify(either.left));
  return either.right;
};

const seeds = (name: string) => ({
  join: new Secret(seededRng(`${name} join`)(32)),
  value: new Secret(seededRng(`${name} value`)(32)),
});
const bureauContext = { federation: 'test', bureau: 'bureau', scheme: 'cn-rid', epoch: 1 };

/** One holder with its table sealed for the bureau, and the bureau's keys towards it: the whole setup. */
const setUp = async (holder: string, people: readonly Person[]) => {
  const context = { ...bureauContext, holder };
  const own = await deriveHolderKeys({ context, seeds: seeds(holder), slots: SLOTS }, group);
  const bureau = await deriveBureauKeys({ context, seeds: seeds('bureau'), slots: SLOTS }, group);
  const joint = unwrap(await jointKeys({ holder: own.slotKeys, bureau: bureau.slotKeys }, group));
  const subjects = {
    ids: people.map(({ id }) => utf8ToBytes(id)),
    values: Uint32Array.from(people.flatMap(({ amount, bucket }) => [1, amount, bucket === 0 ? 1 : 0, bucket === 1 ? 1 : 0])),
  };
  const plan = await planSeal({ keys: own, subjects, rows: paddedRows(people.length, 4), slots: SLOTS }, group);
  const blinder = createBlinder({ keys: bureau, jointKeys: joint, rows: plan.rows, slots: SLOTS }, group);
  for (let from = 0; from < plan.rows; from += 3)
    unwrap(
      await blinder.take(await sealRows({ keys: own, jointKeys: joint, plan, from, to: Math.min(plan.rows, from + 3) }, group)),
    );
  const builder = createTableBuilder({ rows: plan.rows, slots: SLOTS }, group);
  unwrap(await builder.accept(unwrap(await blinder.finish())));
  const box = nacl.box.keyPair.fromSecretKey(seededRng(`${holder} box`)(32));
  return { holder, own, bureau, plan, table: unwrap(builder.finish()), box };
};
type Party = Awaited<ReturnType<typeof setUp>>;

const ask = async (
  parties: readonly Party[],
  cohortOf: (holder: string) => readonly string[],
  options: {
    readonly slots?: readonly number[];
    readonly noise?: (holder: string) => readonly bigint[];
    readonly suppress?: (holder: string) => boolean;
    readonly terms?: (holder: string) => Partial<QueryTerms>;
    readonly digestOf?: string;
    readonly bound?: number;
  } = {},
) => {
  const slots = options.slots ?? [0, 1, 2, 3];
  const roster = parties.map(({ holder }) => ({ holder, root: new Uint8Array(32) }));
  const answers: HolderAnswer[] = [];
  for (const party of parties) {
    const { holder, own, bureau, table, box } = party;
    const blindFor = (name: string): Promise<Elements> =>
      blindCohort(
        { context: bureauContext, joinScalar: bureau.joinScalar, ids: cohortOf(name).map((id) => utf8ToBytes(id)) },
        group,
      );
    const cohort = await blindFor(holder);
    const terms: QueryTerms = {
      version: 1,
      ...bureauContext,
      joinKey: bureau.joinKey,
      roster,
      kind: 'aggregate',
      purpose: 'test',
      columns: slots.map((slot) => `slot-${slot}`),
      epsilon: { num: 1n, den: 1n },
      repeat: 0,
      ...options.terms?.(holder),
    };
    const digest = queryDigest(terms, options.digestOf === undefined ? cohort : await blindFor(options.digestOf));
    const secrets = unwrap(
      maskSecrets(
        { holder, boxSecret: new Secret(box.secretKey.slice()) },
        parties.filter((other) => other !== party).map((other) => ({ holder: other.holder, boxKey: other.box.publicKey })),
      ),
    );
    const received = await answerQuery(
      {
        keys: own,
        bureauKeys: bureau.slotKeys,
        lookup: await lookUp({ keys: own, table, cohort, slots }, group),
        slots,
        suppress: options.suppress?.(holder) ?? false,
        noise: options.noise?.(holder) ?? slots.map(() => 0n),
        masks: { secrets, digest },
      },
      group,
    );
    answers.push({ keys: bureau, received });
  }
  return combine({ answers, slots, bounds: slots.map(() => options.bound ?? 2 ** 20) }, group);
};

const pooled = (tables: readonly (readonly Person[])[], cohort: readonly string[]): readonly number[] => {
  const rows = tables.flat().filter(({ id }) => new Set(cohort).has(id));
  return [
    rows.length,
    rows.reduce((sum, { amount }) => sum + amount, 0),
    rows.filter(({ bucket }) => bucket === 0).length,
    rows.filter(({ bucket }) => bucket === 1).length,
  ];
};

const person = fc.record({
  id: fc.integer({ min: 0, max: 9 }).map((n) => `person ${n}`),
  amount: fc.integer({ min: 0, max: 5000 }),
  bucket: fc.constantFrom<0 | 1>(0, 1),
});
const table = fc.uniqueArray(person, { selector: ({ id }) => id, maxLength: 6 });
const names = ['ant', 'bee', 'cat', 'dog', 'eel'];

describe('the sealed join', () => {
  it('gives the totals of the pooled tables, for any tables, cohort, noise and number of holders', {
    timeout: 240_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(table, { minLength: 2, maxLength: 4 }),
        // Cohorts with absent subjects and duplicates, and empty intersections.
        fc.array(
          fc.integer({ min: 0, max: 14 }).map((n) => `person ${n}`),
          { minLength: 1, maxLength: 8 },
        ),
        fc.array(fc.bigInt({ min: -3000n, max: 3000n }), { minLength: 16, maxLength: 16 }),
        async (tables, cohort, noise) => {
          const parties = await Promise.all(tables.map((people, i) => setUp(names[i]!, people)));
          const noiseOf = (holder: string) => noise.slice(4 * names.indexOf(holder), 4 * names.indexOf(holder) + 4);
          const totals = unwrap(await ask(parties, () => cohort, { noise: noiseOf }));
          const expected = pooled(tables, cohort).map(
            (v, j) => v + parties.reduce((sum, { holder }) => sum + Number(noiseOf(holder)[j]), 0),
          );
          expect(totals).toEqual(expected);
        },
      ),
      { numRuns: 25, seed: 7 },
    );
  });

  it('a holder that suppresses or knows nobody adds nothing and answers in the same form', async () => {
    const tables: Person[][] = [[{ id: 'x', amount: 5, bucket: 0 }], [{ id: 'x', amount: 7, bucket: 1 }], []];
    const parties = await Promise.all(tables.map((people, i) => setUp(names[i]!, people)));
    expect(await ask(parties, () => ['x', 'y'])).toEqual(E.right([2, 12, 1, 1]));
    expect(await ask(parties, () => ['x', 'y'], { suppress: (holder) => holder === 'bee' })).toEqual(E.right([1, 5, 1, 0]));
  });

  it('gives garbage, not a figure, when holders were asked different things under what should be one query', async () => {
    const tables: Person[][] = [[{ id: 'x', amount: 5, bucket: 0 }], [{ id: 'x', amount: 7, bucket: 1 }]];
    const parties = await Promise.all(tables.map((people, i) => setUp(names[i]!, people)));
    const different = {
      cohort: ask(parties, (holder) => (holder === 'ant' ? ['x'] : ['y'])),
      columns: ask(parties, () => ['x'], { terms: (holder) => ({ columns: holder === 'ant' ? ['a'] : ['b'] }) }),
      roster: ask(parties, () => ['x'], { terms: (holder) => (holder === 'ant' ? { roster: [] } : {}) }),
      epsilon: ask(parties, () => ['x'], { terms: (holder) => ({ epsilon: { num: holder === 'ant' ? 1n : 2n, den: 1n } }) }),
      repeat: ask(parties, () => ['x'], { terms: (holder) => ({ repeat: holder === 'ant' ? 0 : 1 }) }),
    };
    for (const [what, answer] of Object.entries(different))
      expect([what, await answer]).toMatchObject([what, { left: { _tag: 'NoTotal' } }]);
    expect(await ask(parties, () => ['x'])).toEqual(E.right([2, 12, 1, 1]));
  });
});

describe('the setup streams', () => {
  it('keep a holder from recognising its rows, and both sides from ever making two versions of one row', async () => {
    const people = Array.from({ length: 5 }, (_, i): Person => ({ id: `p${i}`, amount: i, bucket: 0 }));
    const one = await setUp('ant', people);
    const two = await setUp('ant', people);
    const all = async (party: Party) =>
      sealRows(
        {
          keys: party.own,
          jointKeys: unwrap(await jointKeys({ holder: party.own.slotKeys, bureau: party.bureau.slotKeys }, group)),
          plan: party.plan,
          from: 0,
          to: party.plan.rows,
        },
        group,
      );
    const first = await all(one);
    expect(Buffer.from(first).equals(await all(two))).toBe(true);
    // Another value in one row: that row has other randomness (else C would be equal and D − D' would show the difference).
    const changed = await setUp(
      'ant',
      people.map((p, i) => (i === 2 ? { ...p, amount: 99 } : p)),
    );
    const second = await all(changed);
    const width = rowBytes(SLOTS);
    const differing = Array.from({ length: one.plan.rows }, (_, i) => i).filter(
      (i) => !Buffer.from(rowOf(first, width, i)).equals(rowOf(second, width, i)),
    );
    expect(differing).toHaveLength(1);
    const [row] = differing;
    expect(rowOf(first, width, row!).slice(0, 32)).toEqual(rowOf(second, width, row!).slice(0, 32));
    expect(rowOf(first, width, row!).slice(32, 64)).not.toEqual(rowOf(second, width, row!).slice(32, 64));
  });

  it('refuse bad elements, disorder, duplicates, and too many or too few rows, on both sides', async () => {
    const { own, bureau, plan } = await setUp('ant', [{ id: 'x', amount: 5, bucket: 0 }]);
    const joint = unwrap(await jointKeys({ holder: own.slotKeys, bureau: bureau.slotKeys }, group));
    const width = rowBytes(SLOTS);
    const rows = await sealRows({ keys: own, jointKeys: joint, plan, from: 0, to: plan.rows }, group);
    const sides = {
      bureau: () => createBlinder({ keys: bureau, jointKeys: joint, rows: plan.rows, slots: SLOTS }, group),
      holder: () => {
        const builder = createTableBuilder({ rows: plan.rows, slots: SLOTS }, group);
        return { take: builder.accept, finish: builder.finish };
      },
    };
    const broken = (at: number, bytes: Uint8Array) => {
      const copy = rows.slice();
      copy.set(bytes, at);
      return copy;
    };
    for (const side of Object.values(sides)) {
      const cases: readonly (readonly [string, Uint8Array])[] = [
        ['BadRows', rows.subarray(0, width - 1)],
        ['BadRows', new Uint8Array(0)],
        ['BadRows', Buffer.concat([rows, rows.subarray(0, width)])],
        ['BadRows', Buffer.concat([rows.subarray(width, 2 * width), rows.subarray(0, width)])],
        ['BadRows', Buffer.concat([rows.subarray(0, width), rows.subarray(0, width)])],
        ['BadElement', broken(32, new Uint8Array(32))],
        ['BadElement', broken(width + 64, new Uint8Array(32).fill(0xff))],
      ];
      for (const [tag, chunk] of cases) expect(await side().take(chunk)).toMatchObject({ left: { _tag: tag } });
      const short = side();
      unwrap(await short.take(rows.subarray(0, width)));
      expect(await short.finish()).toMatchObject({ left: { _tag: 'BadRows', row: 1 } });
    }
  });
});
