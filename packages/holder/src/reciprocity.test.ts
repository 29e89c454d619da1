import { readFile } from 'node:fs/promises';
import { signStatement } from '@vouchsafe/audit/statement';
import { bytesToHex, createSigner, E, rational, Secret, toNumber } from '@vouchsafe/core';
import { type Federation, LOANS_CATALOGUE } from '@vouchsafe/protocol';
import { describe, expect, it } from 'vitest';
import { readPolicy } from './read-policy.ts';
import { earnedPolicy, readStatements } from './reciprocity.ts';

const DAY = 86_400;
const now = Date.UTC(2026, 6, 1) / 1000;
const auditor = createSigner(new Secret(new Uint8Array(32).fill(1)));
const auditorKey = bytesToHex(auditor.publicKey);
const federation = { id: 'circle', members: [{ id: 'bank', role: 'auditor', signKey: auditorKey }] } as unknown as Federation;
const document = {
  version: 1,
  minimumCohort: 50,
  queriers: [
    {
      bureau: 'desk-b',
      totals: {
        purposes: ['p'],
        columns: ['present'],
        aggregate: { epsilonPerQuery: 1, epsilonPerEpoch: 2 },
        signal: { consent: { issuers: ['app'] }, queriesPerEpoch: 10 },
        reciprocity: {
          holder: 'lender-b',
          maxAgeDays: 90,
          tiers: [
            { subjects: 50, signalsPerEpoch: 100 },
            { subjects: 5000, epsilonPerEpoch: 8, signalsPerEpoch: 1000 },
          ],
        },
      },
    },
  ],
};
const line = (querier: string, subjects: number) =>
  ({ querier, kind: 'aggregate', purpose: 'p', queries: 1, subjects, columns: 1, charge: rational(1) }) as const;
const signed = (
  lines: readonly ReturnType<typeof line>[],
  { holder = 'lender-b', federation: of = 'circle', daysAgo = 1, by = auditor } = {},
) => {
  const period = { from: now - 400 * DAY, to: now - daysAgo * DAY };
  return JSON.parse(
    JSON.stringify(signStatement({ version: 1, federation: of, holder, ...period, lines, unacknowledged: 0 }, by)),
  );
};
/** ε and signals of an epoch, with these statements. */
const grants = (...values: readonly unknown[]): unknown => {
  const policy = readPolicy(document, LOANS_CATALOGUE);
  if (E.isLeft(policy)) throw new Error(policy.left.message);
  const statements = readStatements(values, { federation, auditorKey });
  if (E.isLeft(statements)) return statements.left._tag;
  const { totals } = earnedPolicy(policy.right, { statements: statements.right, now }).queriers[0]!;
  return [toNumber(totals!.aggregate!.epsilonPerEpoch), totals!.signal!.queriesPerEpoch];
};

describe('budgets that depend on contributions', () => {
  it('follow the highest tier that a statement reaches; what a tier leaves out stays', () => {
    expect(grants()).toEqual([2, 10]);
    expect(grants(signed([line('desk-c', 49)]))).toEqual([2, 10]);
    expect(grants(signed([line('desk-a', 30), line('desk-c', 20)]))).toEqual([2, 100]);
    expect(grants(signed([line('desk-c', 5000)]), signed([line('desk-c', 60)]))).toEqual([8, 1000]);
    // Two statements of overlapping periods do not add up.
    expect(grants(signed([line('desk-c', 4000)]), signed([line('desk-c', 4000)]))).toEqual([2, 100]);
  });

  it('count nothing that the lender’s own querier asked, no other lender’s statement, none that is too old or not over', () => {
    for (const other of [
      signed([line('desk-b', 6000)]),
      signed([line('desk-c', 6000)], { holder: 'lender-c' }),
      signed([line('desk-c', 6000)], { federation: 'other' }),
      signed([line('desk-c', 6000)], { daysAgo: 90 }),
      signed([line('desk-c', 6000)], { daysAgo: -1 }),
    ])
      expect(grants(other)).toEqual([2, 10]);
  });

  it('take the auditor’s word only', () => {
    const lender = createSigner(new Secret(new Uint8Array(32).fill(2)));
    expect(grants(signed([line('desk-c', 6000)], { by: lender }))).toBe('StatementNotSigned');
    const changed = signed([line('desk-c', 60)]);
    changed.statement.lines[0].subjects = 6000;
    expect(grants(changed)).toBe('StatementNotSigned');
    expect(grants({ ...changed, more: 1 })).toBe('BadShape');
  });

  it('refuses tiers out of order, and consent of nobody', () => {
    const change = (totals: object) =>
      readPolicy(
        { ...document, queriers: [{ ...document.queriers[0]!, totals: { ...document.queriers[0]!.totals, ...totals } }] },
        LOANS_CATALOGUE,
      );
    const { reciprocity } = document.queriers[0]!.totals;
    expect(change({ reciprocity: { ...reciprocity, tiers: reciprocity.tiers.toReversed() } })).toMatchObject({
      left: { _tag: 'BadPolicy' },
    });
    expect(change({ signal: { consent: { issuers: [] }, queriesPerEpoch: 1 } })).toMatchObject({ left: { _tag: 'BadPolicy' } });
    const strange = { consent: { issuers: ['app'], notRequiredFor: ['q'] }, queriesPerEpoch: 1 };
    expect(change({ signal: strange })).toMatchObject({ left: { _tag: 'BadPolicy' } });
    expect(change({ signal: { consent: 'no', queriesPerEpoch: 1 } })).toMatchObject({ left: { _tag: 'BadPolicy' } });
  });
});

it('the three lenders of RECIPROCITY.md get what the page says', async () => {
  const page = await readFile(new URL('../RECIPROCITY.md', import.meta.url), 'utf8');
  const written = JSON.parse(/```json\n([\s\S]*?)```/.exec(page)![1]!);
  const rows = page
    .split('\n')
    .filter((text) => /^\| (lender|desk)-/.test(text))
    .map((text) =>
      text
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll(',', '')),
    );
  const statements = ['lender-a', 'lender-b', 'lender-c'].map((holder) =>
    signed(
      rows.filter(([lender]) => lender === holder).map(([, querier, , subjects]) => line(querier!, Number(subjects))),
      { holder },
    ),
  );
  const desks = rows.filter(([desk]) => desk!.startsWith('desk'));
  expect(desks).toHaveLength(3);
  for (const [desk, , epsilon, signals] of desks) {
    const own = structuredClone(written);
    own.queriers[0].bureau = desk;
    own.queriers[0].totals.reciprocity.holder = desk!.replace('desk', 'lender');
    const policy = readPolicy(own, LOANS_CATALOGUE);
    const read = readStatements(statements, { federation, auditorKey });
    if (E.isLeft(policy) || E.isLeft(read)) throw new Error('the page’s documents are not taken');
    const { totals } = earnedPolicy(policy.right, { statements: read.right, now }).queriers[0]!;
    expect([desk, toNumber(totals!.aggregate!.epsilonPerEpoch), totals!.signal!.queriesPerEpoch]).toEqual([
      desk,
      Number(epsilon),
      Number(signals),
    ]);
  }
});
