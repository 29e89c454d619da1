import { readFile } from 'node:fs/promises';
import { E, rational } from '@vouchsafe/core';
import { LOANS_COLUMNS } from '@vouchsafe/protocol';
import { describe, expect, it } from 'vitest';
import { grantOf } from './policy.ts';
import { readPolicy } from './read-policy.ts';

describe('POLICY.md', async () => {
  const page = await readFile(new URL('../POLICY.md', import.meta.url), 'utf8');
  const written: unknown = JSON.parse(/```json\n([\s\S]*?)```/.exec(page)![1]!);

  it('shows a policy that is taken, and says what it says', () => {
    const read = readPolicy(written, { cohortCap: 1000, columns: LOANS_COLUMNS });
    if (E.isLeft(read)) throw new Error(read.left.message);
    const { totals, rateLimit } = grantOf(read.right, 'bureau')!;
    expect(totals?.aggregate?.rhoPerQuery).toEqual(rational(1, 20));
    expect(rateLimit).toEqual({ queriesPerMinute: 60 });
  });

  it('names every field', () => {
    for (const field of [
      'minimumCohort',
      'match',
      'perPurpose',
      'epsilonPerRow',
      'rhoPerRow',
      'consent',
      'batchesPerMinute',
      'matchAndTotals',
    ])
      expect(page).toContain(field);
  });
});
