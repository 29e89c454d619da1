import { concatBytes, rational, rowOf, Secret } from '@vouchsafe/core';
import { ELEMENT_BYTES, type Elements, GENERATOR, type Group, randomScalar, type ScalarBytes, toScalar } from '@vouchsafe/group';
import {
  answerQuery,
  combine,
  deriveBureauKeys,
  deriveHolderKeys,
  type Gathered,
  gatherRows,
  jointKeys,
  lookUp,
} from '@vouchsafe/join';
import { discreteLaplace } from '@vouchsafe/privacy';
import { findPrivacy, seededRng } from '@vouchsafe/testkit';
import { describe, expect, it } from 'vitest';
import { unwrap } from '../federation.test.fixture.ts';
import { elementsOf, group, range } from './attacker.test.fixture.ts';

const COHORT = 40;
const EPSILON = 1;
const RUNS = 400;
const context = { federation: 'test', bureau: 'bureau', scheme: 'cn-rid', epoch: 1, holder: 'ant' };

/** The real answer path over one slot, between a holder and a bureau that sees the total and how much the holder had to add up. */
const openPath = async () => {
  const rng = seededRng('answer path');
  const seeds = (name: string) => ({
    join: new Secret(seededRng(`${name} join`)(32)),
    value: new Secret(seededRng(`${name} value`)(32)),
  });
  const keys = await deriveHolderKeys({ context, seeds: seeds('ant'), slots: 1 }, group);
  const bureau = await deriveBureauKeys({ context, seeds: seeds('bureau'), slots: 1 }, group);
  const joint = unwrap(await jointKeys({ holder: keys.slotKeys, bureau: bureau.slotKeys }, group));
  const cohort = concatBytes(
    ...(await Promise.all(range(0, COHORT).map(() => group.multiplyBase(GENERATOR, randomScalar(rng))))),
  ) as Elements;
  const pseudonyms = await group.multiply(cohort, keys.joinScalar.reveal() as ScalarBytes);

  /** What the cohort meets in a table that holds the first so many of it. */
  const lookupIn = async (known: number): Promise<Gathered> => {
    const rows = new Map<string, Uint8Array>();
    for (const key of elementsOf(pseudonyms).slice(0, known)) {
      const r = randomScalar(rng);
      const d = await group.add(await group.multiplyBase(GENERATOR, toScalar(1n)), await group.multiply(joint, r));
      rows.set(Buffer.from(key).toString('hex'), concatBytes(await group.multiplyBase(GENERATOR, r), d));
    }
    const find = (key: Uint8Array): Uint8Array | undefined => rows.get(Buffer.from(key).toString('hex'));
    const table = {
      gather: async (keysOfRows: Elements, slots: readonly number[]) => gatherRows({ find, keys: keysOfRows, slots }),
    };
    return lookUp({ keys, table, cohort, slots: [0] }, group);
  };

  /** One answer: the total, and beside it the rows that were added up, as somebody with a watch would see them. */
  const observe = async (lookup: Gathered): Promise<number> => {
    let added = 0;
    const counting: Group = {
      ...group,
      sumRows: (rows, width, watch) => {
        added += rows.length / (width * ELEMENT_BYTES);
        return group.sumRows(rows, width, watch);
      },
    };
    const noise = [discreteLaplace({ scale: rational(1, EPSILON) }, rng)];
    const masks = { secrets: [], digest: new Uint8Array(64) };
    const path = { keys, bureauKeys: bureau.slotKeys, lookup, slots: [0], suppress: false, noise, masks };
    const received = await answerQuery(path, counting, rng);
    const totals = await combine({ answers: [{ keys: bureau, received }], slots: [0], bounds: [1000] }, group);
    return unwrap(totals)[0]! + 10_000 * added;
  };

  return { lookupIn, observe };
};

/** A build that saves itself the work for subjects whom the holder does not know: rows of zeros are left out. */
const withoutZeroRows = ({ rows, matched }: Gathered): Gathered => {
  const width = 2 * ELEMENT_BYTES;
  const kept = range(0, rows.length / width)
    .map((i) => rowOf(rows, width, i))
    .filter((row) => row.some((byte) => byte !== 0));
  return { rows: concatBytes(...kept) as Elements, matched };
};

describe('the answer path, tested from outside on neighbouring tables (99.9 % confidence)', async () => {
  const { lookupIn, observe } = await openPath();
  const tables = [await lookupIn(30), await lookupIn(31)] as const;
  const runs = async (lookup: Gathered): Promise<Float64Array> => {
    const seen = new Float64Array(RUNS);
    for (let i = 0; i < RUNS; i++) seen[i] = await observe(lookup);
    return seen;
  };

  it('tells no more than ε, by its total and by its work', async ({ annotate }) => {
    const [without, withOne] = [await runs(tables[0]), await runs(tables[1])];
    const { atLeast } = findPrivacy({ samples: [without, withOne], risk: 0.001 });
    await annotate(`answer path: leaks at least ${atLeast.toFixed(3)}, claimed ${EPSILON}`);
    expect(atLeast).toBeLessThanOrEqual(EPSILON);
    // The work is the cohort's size, to the row; the total is the count with noise around it.
    for (const seen of [without, withOne])
      expect(new Set([...seen].map((one) => Math.round(one / 10_000)))).toEqual(new Set([COHORT]));
    const mean = (seen: Float64Array): number => seen.reduce((sum, one) => sum + (one % 10_000), 0) / RUNS;
    expect(Math.abs(mean(without) - 30)).toBeLessThan(0.4);
    expect(Math.abs(mean(withOne) - 31)).toBeLessThan(0.4);
  });

  it('a build that skips the zero rows for unmatched subjects is caught', async () => {
    const [without, withOne] = [await runs(withoutZeroRows(tables[0])), await runs(withoutZeroRows(tables[1]))];
    const { atLeast } = findPrivacy({ samples: [without, withOne], risk: 0.001 });
    expect(atLeast).toBeGreaterThan(EPSILON + 0.05);
  });
});
