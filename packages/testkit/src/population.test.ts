import { expect, test } from 'vitest';
import { syntheticPopulation } from './population.ts';
import { createDice, drawDistinct, xoshiro128 } from './population-random.ts';

const people = syntheticPopulation({ seed: 'test', people: 20_000 });

test('46 % of the people have no file at the bureau, or the share that is asked', () => {
  expect(people.filter((person) => !person.hasBureauFile)).toHaveLength(9_200);
  const others = syntheticPopulation({ seed: 'test', people: 1_000, noFileShare: 0.1 });
  expect(others.filter((person) => !person.hasBureauFile)).toHaveLength(100);
  expect(() => syntheticPopulation({ seed: 'test', people: 10, noFileShare: 1.1 })).toThrow(RangeError);
});

test('nobody has another one’s number or phone', () => {
  expect(new Set(people.map((person) => person.national_id)).size).toBe(people.length);
  expect(new Set(people.map((person) => person.phone)).size).toBe(people.length);
});

test('the same seed gives the same people, another seed others', () => {
  expect(syntheticPopulation({ seed: 'test', people: 20_000 })).toEqual(people);
  const other = syntheticPopulation({ seed: 'other', people: 3 });
  expect(other[0]).not.toEqual(people[0]);
  // Fixed for all time: a change here changes every demo and every stored figure.
  expect(people[0]).toMatchInlineSnapshot(`
    {
      "hasBureauFile": false,
      "name": "韩桂子",
      "national_id": "770000200412245245",
      "phone": "+8615426616717",
      "risk": 471,
    }
  `);
});

test('most people are a low risk, some are a high one; most names are Chinese', () => {
  const above = (risk: number): number => people.filter((person) => person.risk > risk).length / people.length;
  expect(above(500)).toBeGreaterThan(0.13);
  expect(above(500)).toBeLessThan(0.17);
  expect(above(900)).toBeGreaterThan(0.002);
  const chinese = people.filter((person) => /^\p{Script=Han}+$/u.test(person.name)).length / people.length;
  expect(chinese).toBeCloseTo(0.85, 1);
});

test('the generator gives the words of its reference code', () => {
  const next = xoshiro128([1, 2, 3, 4]);
  expect([next(), next(), next(), next()]).toEqual([11520, 0, 5927040, 70819200]);
});

test('draws are spread evenly and stay in range', () => {
  const dice = createDice('even');
  const counts = new Array<number>(10).fill(0);
  for (let i = 0; i < 100_000; i++) counts[dice.below(10)]! += 1;
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  for (const n of [0, -1, 0.5, 2 ** 21 + 1]) expect(() => dice.below(n)).toThrow(RangeError);
});

test('distinct draws are distinct, and all of them when all are asked', () => {
  const dice = createDice('distinct');
  const drawn = drawDistinct({ dice, count: 100, n: 100 });
  expect([...drawn].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
  expect(drawn).not.toEqual([...drawn].sort((a, b) => a - b));
  expect(() => drawDistinct({ dice, count: 3, n: 2 })).toThrow(RangeError);
});
