import { E } from '@vouchsafe/core';
import { describe, expect, it } from 'vitest';
import { kept } from './kept.ts';
import { machineName } from './machine.ts';
import { COMMIT, caseOf, MACHINE, resultOf, resultsOf, stampOf } from './results.test.fixture.ts';
import { decodeResults } from './results.ts';

const good = caseOf([resultOf('vouchsafe', [1]), resultOf('@openmined/psi.js', [4])]);
const messageOf = (text: string): string => {
  const got = decodeResults(text);
  return E.isLeft(got) ? got.left.message : 'results';
};

describe('a file of results', () => {
  it('comes back as it was written', () => {
    expect(decodeResults(JSON.stringify(resultsOf(good)))).toEqual(E.right(resultsOf(good)));
  });

  it('is refused when it was put together from several', () => {
    const foreign = { ...MACHINE, cpu: 'Another CPU' };
    const from = (stamp: ReturnType<typeof stampOf>) => caseOf([resultOf('vouchsafe', [1], { stamp })], { stamp });
    expect(messageOf(JSON.stringify(resultsOf(good, from(stampOf({ machine: foreign })))))).toContain('different machines');
    expect(messageOf(JSON.stringify(resultsOf(good, from(stampOf({ commit: 'f'.repeat(40) })))))).toContain(
      'different revisions',
    );
    const mixed = caseOf([resultOf('vouchsafe', [1]), resultOf('peer', [4], { stamp: stampOf({ run: 'run-2' }) })]);
    expect(messageOf(JSON.stringify(resultsOf(mixed)))).toContain('different runs');
  });

  it('is refused when it is none', () => {
    expect(messageOf('{')).toContain('not JSON');
    expect(messageOf('{}')).toContain('vouchsafe-benchmarks/1');
    const { median: _, ...without } = resultOf('vouchsafe', [1]);
    expect(messageOf(JSON.stringify(resultsOf(caseOf([without as never]))))).toContain('vouchsafe-benchmarks/1');
  });
});

describe('what an interrupted run left', () => {
  const now = { commit: COMMIT, machine: MACHINE, options: 'match --rounds 3' };
  const text = JSON.stringify(good);

  it('is kept when revision, machine and sizes are the same', () => {
    expect(kept(text, now)).toEqual(good);
  });

  it('is measured again otherwise', () => {
    expect(kept(undefined, now)).toBeUndefined();
    expect(kept(text.slice(0, -1), now)).toBeUndefined();
    expect(kept(text, { ...now, commit: 'f'.repeat(40) })).toBeUndefined();
    expect(kept(text, { ...now, options: 'match --rounds 4' })).toBeUndefined();
    expect(kept(text, { ...now, machine: { ...MACHINE, cores: 64 } })).toBeUndefined();
    const changed = `${COMMIT}-changed`;
    expect(
      kept(JSON.stringify(caseOf([], { stamp: stampOf({ commit: changed }) })), { ...now, commit: changed }),
    ).toBeUndefined();
  });
});

it('a machine has a name for files that says what it is and not which', () => {
  expect(machineName({ ...MACHINE, cpu: 'Intel(R) Xeon(R) CPU E5-2699 v3 @ 2.30GHz', cores: 36 })).toBe(
    'intel-xeon-e5-2699-v3-2.30ghz-36-cores',
  );
  expect(machineName({ ...MACHINE, cpu: 'AMD EPYC ' })).toBe('amd-epyc-2-cores');
});
