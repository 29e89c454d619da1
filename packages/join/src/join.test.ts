import { concatBytes, E, type Either, rowOf, Secret, utf8ToBytes } from '@vouchsafe/core';
import { type BadElement, createGroup, type Elements, type ScalarBytes } from '@vouchsafe/group';
import { seededRng } from '@vouchsafe/testkit';
import fc from 'fast-check';
import nacl from 'tweetnacl';
import { describe, expect, it } from 'vitest';
import {
  acceptRows,
  answerQuery,
  type BadRows,
  blindCohort,
  blindRows,
  checkComplete,
  combine,
  deriveBureauKeys,
  deriveHolderKeys,
  gatherRows,
  type HolderAnswer,
  type HolderKeys,
  jointKeys,
  lookUp,
  maskSecrets,
  type PlainRows,
  paddedRows,
  paddingPseudonyms,
  pseudonymsOf,
  type QueryTerms,
  queryDigest,
  type ReceivedRows,
  rowBytes,
  type SealedTable,
  type StreamPlace,
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

/** A holder's people and its padding, in the order of the list. */
const plainRows = async ({
  own,
  subjects: { ids, values },
  rows,
}: {
  readonly own: HolderKeys;
  readonly subjects: { readonly ids: readonly Uint8Array[]; readonly values: Uint32Array };
  readonly rows: number;
}): Promise<PlainRows> => {
  const padding = await paddingPseudonyms({ keys: own, from: 0, count: rows - ids.length }, group);
  const padded = new Uint32Array(rows * SLOTS);
  padded.set(values);
  return {
    pseudonyms: concatBytes(
      await pseudonymsOf({ context: own.context, ids, scalar: own.joinScalar.reveal() as ScalarBytes }, group),
      padding,
    ) as Elements,
    values: padded,
  };
};

/** Rows in the order of their keys. */
const sortRows = (rows: Uint8Array): Elements => concatBytes(...chunksOf(rows, 1).sort(Buffer.compare)) as Elements;

const chunksOf = (rows: Uint8Array, size: number): Uint8Array[] => {
  const bytes = size * rowBytes(SLOTS);
  return Array.from({ length: Math.ceil(rows.length / bytes) }, (_, i) => rows.subarray(i * bytes, (i + 1) * bytes));
};

/** A table in memory. */
const tableOf = (rows: Elements): SealedTable => {
  const byKey = new Map(chunksOf(rows, 1).map((row) => [Buffer.from(row.subarray(0, 32)).toString('hex'), row.subarray(32)]));
  const find = (key: Uint8Array): Uint8Array | undefined => byKey.get(Buffer.from(key).toString('hex'));
  return { gather: async (keys, slots) => gatherRows({ find, keys, slots }) };
};

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
  const rows = paddedRows(people.length, 4);
  const plain = await plainRows({ own, subjects, rows });
  const streamed = sortRows(await sealRows({ keys: own, jointKeys: joint, rows: plain }, group));
  const blinded: Uint8Array[] = [];
  let place: StreamPlace = { rows, taken: 0 };
  for (const chunk of chunksOf(streamed, 3)) {
    const taken = unwrap(await blindRows({ keys: bureau, jointKeys: joint, place, chunk }, group));
    place = taken.place;
    blinded.push(taken.rows);
  }
  unwrap(checkComplete(place));
  const returned = sortRows(concatBytes(...blinded));
  const table = tableOf(unwrap(acceptRows({ place: { rows, taken: 0 }, chunk: returned, slots: SLOTS })).rows);
  const box = nacl.box.keyPair.fromSecretKey(seededRng(`${holder} box`)(32));
  return { holder, own, bureau, joint, plain, streamed, returned, rows, table, box };
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
    const first = one.streamed;
    expect(Buffer.from(first).equals((await setUp('ant', people)).streamed)).toBe(true);
    // A chunk that is made again, alone: the same rows.
    const { pseudonyms, values } = one.plain;
    const again = { pseudonyms: pseudonyms.subarray(32, 96) as Elements, values: values.slice(SLOTS, 3 * SLOTS) };
    const part = await sealRows({ keys: one.own, jointKeys: one.joint, rows: again }, group);
    const whole = await sealRows({ keys: one.own, jointKeys: one.joint, rows: one.plain }, group);
    expect(Buffer.from(whole.subarray(rowBytes(SLOTS), 3 * rowBytes(SLOTS))).equals(part)).toBe(true);
    // Another value in one row: that row has other randomness (else C would be equal and D − D' would show the difference).
    const changed = await setUp(
      'ant',
      people.map((p, i) => (i === 2 ? { ...p, amount: 99 } : p)),
    );
    const second = changed.streamed;
    const width = rowBytes(SLOTS);
    const differing = Array.from({ length: one.rows }, (_, i) => i).filter(
      (i) => !Buffer.from(rowOf(first, width, i)).equals(rowOf(second, width, i)),
    );
    expect(differing).toHaveLength(1);
    const [row] = differing;
    expect(rowOf(first, width, row!).slice(0, 32)).toEqual(rowOf(second, width, row!).slice(0, 32));
    expect(rowOf(first, width, row!).slice(32, 64)).not.toEqual(rowOf(second, width, row!).slice(32, 64));
  });

  it('refuse bad elements, disorder, duplicates, and too many or too few rows, on both sides', async () => {
    const { streamed, returned, rows: announced, bureau, joint } = await setUp('ant', [{ id: 'x', amount: 5, bucket: 0 }]);
    const width = rowBytes(SLOTS);
    const start: StreamPlace = { rows: announced, taken: 0 };
    await refusals({
      rows: streamed,
      width,
      start,
      take: (place, chunk) => blindRows({ keys: bureau, jointKeys: joint, place, chunk }, group),
      identity: 'BadElement',
    });
    const spoilt = streamed.slice().fill(0xff, width + 64, width + 96);
    expect(await blindRows({ keys: bureau, jointKeys: joint, place: start, chunk: spoilt }, group)).toMatchObject({
      left: { _tag: 'BadElement' },
    });
    await refusals({
      rows: returned,
      width,
      start,
      take: async (place, chunk) => acceptRows({ place, chunk, slots: SLOTS }),
      identity: 'BadRows',
    });
  });
});

const refusals = async ({
  rows,
  width,
  start,
  take,
  identity,
}: {
  readonly rows: Elements;
  readonly width: number;
  readonly start: StreamPlace;
  readonly take: (place: StreamPlace, chunk: Uint8Array) => Promise<Either<BadRows | BadElement, ReceivedRows>>;
  /** What an identity is called. */
  readonly identity: 'BadRows' | 'BadElement';
}): Promise<void> => {
  const broken = (at: number, bytes: Uint8Array) => {
    const copy = rows.slice();
    copy.set(bytes, at);
    return copy;
  };
  const cases: readonly (readonly [string, Uint8Array])[] = [
    ['BadRows', rows.subarray(0, width - 1)],
    ['BadRows', new Uint8Array(0)],
    ['BadRows', Buffer.concat([rows, rows.subarray(0, width)])],
    ['BadRows', Buffer.concat([rows.subarray(width, 2 * width), rows.subarray(0, width)])],
    ['BadRows', Buffer.concat([rows.subarray(0, width), rows.subarray(0, width)])],
    [identity, broken(32, new Uint8Array(32))],
    [identity, broken(width + 64, new Uint8Array(32))],
  ];
  for (const [tag, chunk] of cases) expect(await take(start, chunk)).toMatchObject({ left: { _tag: tag } });
  const { place } = unwrap(await take(start, rows.subarray(0, width)));
  expect(checkComplete(place)).toMatchObject({ left: { _tag: 'BadRows', row: 1 } });
  // The order holds over chunks, too.
  for (const chunk of [rows.subarray(0, width), rows.subarray(0, 2 * width)])
    expect(await take(place, chunk)).toMatchObject({ left: { _tag: 'BadRows', row: 1 } });
};
