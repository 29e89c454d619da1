import { E } from '@vouchsafe/core';
import { describe, expect, it } from 'vitest';
import { ratioOf, ratioSpread } from './comparable.ts';
import { MACHINE, resultOf, stampOf } from './results.test.fixture.ts';

const own = resultOf('vouchsafe', [0.25, 0.2, 0.5]);
const peer = resultOf('@openmined/psi.js', [1, 0.9, 1.5]);
const messageOf = (got: E.Either<{ readonly message: string }, unknown>): string =>
  E.isLeft(got) ? got.left.message : 'a ratio';

describe('a ratio of two times', () => {
  it('is that of the medians, with what the spread leaves', () => {
    expect(ratioOf(peer, own)).toEqual(E.right(4));
    expect(ratioSpread(peer, own)).toEqual(E.right({ low: 0.9 / 0.5, high: 1.5 / 0.2 }));
  });

  it.each([
    ['run', stampOf({ run: 'run-2' }), 'different runs'],
    ['revision', stampOf({ commit: 'f'.repeat(40) }), 'differ in commit'],
    ['case', stampOf({ case: 'bulk' }), 'differ in case'],
    ['moment', stampOf({ at: '2026-01-03T03:04:05.000Z' }), 'differ in at'],
    ['CPU', stampOf({ machine: { ...MACHINE, cpu: 'Another CPU' } }), 'machines differ in cpu'],
    ['number of cores', stampOf({ machine: { ...MACHINE, cores: 64 } }), 'machines differ in cores'],
    ['engine', stampOf({ machine: { ...MACHINE, v8: '13.6' } }), 'machines differ in v8'],
    ['Node version', stampOf({ machine: { ...MACHINE, node: '24.0.0' } }), 'machines differ in node'],
  ])('is refused for another %s', (_, stamp, why) => {
    for (const compare of [ratioOf, ratioSpread]) {
      expect(messageOf(compare({ ...peer, stamp }, own))).toContain(why);
      expect(messageOf(compare(peer, { ...own, stamp }))).toContain(why);
    }
  });

  it('is refused for another operation, another size, and times that are none', () => {
    expect(messageOf(ratioOf({ ...peer, name: 'bulk' }, own))).toContain('another operation');
    expect(messageOf(ratioOf({ ...peer, n: 999 }, own))).toContain('different sizes');
    expect(messageOf(ratioOf({ ...peer, median: 0 }, own))).toContain('not above zero');
    expect(messageOf(ratioOf(peer, { ...own, median: Number.NaN }))).toContain('not above zero');
  });
});
