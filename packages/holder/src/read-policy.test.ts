import { E } from '@vouchsafe/core';
import { describe, expect, it } from 'vitest';
import { type Policy, policyHash } from './policy.ts';
import { printFault, readPolicy } from './read-policy.ts';

const catalogue = { cohortCap: 1000, columns: [{ kind: 'flag', name: 'late' }] } as const;
const totals = {
  purposes: ['credit', 'marketing'],
  columns: ['present', 'late'],
  aggregate: { epsilonPerQuery: 1, epsilonPerEpoch: '10' },
};
const signal = { consent: 'notRequired', queriesPerEpoch: 5 };
const policy = (...queriers: readonly object[]): object => ({ version: 1, minimumCohort: 50, queriers });
const faults = (document: unknown): readonly string[] => {
  const read = readPolicy(document, catalogue);
  if (E.isRight(read)) return [];
  for (const { path, row, field } of read.left.faults)
    expect(path).toBe(row === undefined ? field : `queriers.${row - 1}.${field}`);
  return read.left.faults.map(({ row, field }) => `${row ?? '-'} ${field}`);
};
const inTotals = (change: object) => faults(policy({ bureau: 'desk', totals: { ...totals, ...change } }));
const inAggregate = (change: object) => inTotals({ aggregate: { ...totals.aggregate, ...change } });

describe('a policy with faults', () => {
  it('is told all of them at once: path, row, field and what is expected, in the document’s order', () => {
    const bad = {
      version: 2,
      minimumCohort: 19,
      queriers: [
        { bureau: 'desk-a', match: true, totals: { ...totals, columns: ['income', 'late', 'age'] } },
        { bureau: 'desk-b', totals: { ...totals, aggregate: { epsilonPerQuery: 'much', epsilonPerEpoch: 1 }, purposes: [7] } },
        { bureau: 'Desk C', totals },
        { bureau: 'desk-a', totals },
      ],
    };
    const read = readPolicy(bad, catalogue);
    if (E.isRight(read)) throw new Error('taken');
    expect(read.left.faults.map(({ row, field }) => `${row ?? '-'} ${field}`)).toEqual([
      '- version',
      '- minimumCohort',
      '1 matchAndTotals',
      '1 totals.columns.0',
      '1 totals.columns.2',
      '2 totals.purposes.0',
      '2 totals.aggregate.epsilonPerQuery',
      '3 bureau',
      '4 bureau',
    ]);
    expect(read.left.faults.map(printFault)).toContain(
      'queriers 1 ("desk-a"), totals.columns.0: "income" is not in the catalogue',
    );
    expect(read.left.faults[1]?.problem).toBe('expected a whole number from 20 to 100000');
    expect(read.left.message).toMatch(/^version: expected .*; and 4 more$/);
    // What stands in a place where something else should stand is not repeated.
    expect(JSON.stringify(read.left)).not.toMatch(/much|Desk C/);
  });

  it.each([
    ['none', 42],
    ['null', null],
    ['a list', []],
    ['too many grants', policy(...Array.from({ length: 1001 }, () => ({ bureau: 'desk' })))],
  ])('is refused when it is %s', (_, document) => {
    expect(faults(document).length).toBeGreaterThan(0);
    expect(faults(document).length).toBeLessThan(5);
  });

  it('names each contradiction where it stands', () => {
    expect(faults(policy({ bureau: 'desk', totals }))).toEqual([]);
    const limit = (...perPurpose: readonly object[]) => inTotals({ perPurpose });
    expect(limit({ purpose: 'marketing', columns: ['present'], kinds: ['aggregate'] })).toEqual([]);
    expect(limit({ purpose: 'science' })).toEqual(['1 totals.perPurpose.0.purpose']);
    expect(limit({ purpose: 'credit' }, { purpose: 'credit' })).toEqual(['1 totals.perPurpose.1.purpose']);
    expect(limit({ purpose: 'credit', columns: ['late', 'age'], kinds: ['aggregate', 'signal'] })).toEqual([
      '1 totals.perPurpose.0.columns.1',
      '1 totals.perPurpose.0.kinds.1',
    ]);
    expect(limit({ purpose: 'credit', kinds: ['match'] })).toEqual(['1 totals.perPurpose.0.kinds.0']);
    expect(inAggregate({ epsilonPerQuery: 0 })).toEqual(['1 totals.aggregate.epsilonPerQuery']);
    expect(inAggregate({ rhoPerQuery: 1, rhoPerEpoch: 2 })).toEqual([]);
    expect(inAggregate({ epsilonPerQuery: 0, epsilonPerEpoch: 0, rhoPerQuery: 1, rhoPerEpoch: 2 })).toEqual([]);
    expect(inAggregate({ rhoPerQuery: 0, rhoPerEpoch: 2 })).toEqual(['1 totals.aggregate.rhoPerQuery']);
    expect(inAggregate({ rhoPerQuery: 1 })).toEqual(['1 totals.aggregate.rhoPerEpoch']);
    expect(inAggregate({ rhoPerEpoch: 1 })).toEqual(['1 totals.aggregate.rhoPerQuery']);
    expect(inAggregate({ epsilonPerRow: 2 })).toEqual([]);
    expect(inAggregate({ epsilonPerRow: 0.5 })).toEqual(['1 totals.aggregate.epsilonPerRow']);
    expect(inAggregate({ epsilonPerRow: 2, rhoPerQuery: 1, rhoPerEpoch: 2 })).toEqual(['1 totals.aggregate.epsilonPerRow']);
    expect(inAggregate({ rhoPerRow: 2, rhoPerQuery: 1, rhoPerEpoch: 2 })).toEqual([]);
    expect(inAggregate({ rhoPerRow: 0.5 })).toEqual([]);
    expect(inAggregate({ rhoPerRow: 0.4 })).toEqual(['1 totals.aggregate.rhoPerRow']);
    expect(inAggregate({ epsilonPerEpoch: 1e17 })).toEqual(['1 totals.aggregate.epsilonPerEpoch']);
    expect(inAggregate({ epsilonPerEpoch: '0.12345678901234567' })).toEqual(['1 totals.aggregate.epsilonPerEpoch']);
    expect(inTotals({ signal: { ...signal, consent: { issuers: [], notRequiredFor: ['science'] } } })).toEqual([
      '1 totals.signal.consent.issuers',
      '1 totals.signal.consent.notRequiredFor.0',
    ]);
    const tiers = [{ subjects: 2, rhoPerEpoch: 1 }, { subjects: 2 }];
    expect(inTotals({ reciprocity: { holder: 'lender', maxAgeDays: 1, tiers } })).toEqual([
      '1 totals.reciprocity.tiers.0.rhoPerEpoch',
      '1 totals.reciprocity.tiers.1.subjects',
    ]);
    expect(faults(policy({ bureau: 'desk', totals, rateLimit: { queriesPerMinute: 0 } }))).toEqual([
      '1 rateLimit.queriesPerMinute',
    ]);
  });
});

describe('the hash of a policy', () => {
  const read = (document: object): Policy => {
    const taken = readPolicy(document, catalogue);
    if (E.isLeft(taken)) throw new Error(taken.left.message);
    return taken.right;
  };

  it('is that of what it says, not of how it is written; and of all that it says', () => {
    const one = policyHash(read(policy({ bureau: 'desk', totals })));
    const same = policy({
      totals: { aggregate: { epsilonPerEpoch: 10, epsilonPerQuery: '1.0' }, columns: totals.columns, purposes: totals.purposes },
      bureau: 'desk',
    });
    expect(policyHash(read(same))).toEqual(one);
    const hashes = [
      { aggregate: { ...totals.aggregate, epsilonPerEpoch: 11 } },
      { aggregate: { ...totals.aggregate, rhoPerQuery: 1, rhoPerEpoch: 1 } },
      { perPurpose: [{ purpose: 'credit', columns: ['late'] }] },
      { signal },
    ].map((change) => policyHash(read(policy({ bureau: 'desk', totals: { ...totals, ...change } }))));
    hashes.push(policyHash(read(policy({ bureau: 'desk', totals, rateLimit: { queriesPerMinute: 5 } }))), one);
    expect(new Set(hashes.map((hash) => Buffer.from(hash).toString('hex'))).size).toBe(6);
  });
});
