import { openStatement, type Statement, type StatementNotSigned } from '@vouchsafe/audit/statement';
import { type BadShape, E, type Either, hexToBytes } from '@vouchsafe/core';
import type { Federation } from '@vouchsafe/protocol';
import type { Policy, QuerierGrant, Reciprocity, Tier } from './policy.ts';

const DAY = 86_400;

/** Reads the statements that a lender was given. @param auditorKey 64 hexadecimal digits */
export const readStatements = (
  values: readonly unknown[],
  { federation, auditorKey }: { readonly federation: Federation; readonly auditorKey: string },
): Either<BadShape | StatementNotSigned, readonly Statement[]> => {
  const auditor = federation.members.find(({ role }) => role === 'auditor');
  const keys = [auditorKey, ...(auditor?.formerKeys ?? []).map(({ signKey }) => signKey)].map(hexToBytes);
  const statements: Statement[] = [];
  for (const value of values) {
    const statement = openStatement(value, keys);
    if (E.isLeft(statement)) return statement;
    if (statement.right.federation === federation.id) statements.push(statement.right);
  }
  return E.right(statements);
};

/**
 * The policy with the budgets that each querier has earned: plain figures from then on, so that the hash of the policy in every log entry says which were in force. Depends on statements and the clock only.
 * @param now seconds since 1970
 */
export const earnedPolicy = (
  policy: Policy,
  { statements, now }: { readonly statements: readonly Statement[]; readonly now: number },
): Policy => ({
  ...policy,
  queriers: policy.queriers.map((grant) => {
    const tier = grant.totals?.reciprocity && tierOf(grant.bureau, grant.totals.reciprocity, { statements, now });
    return tier ? withTier(grant, tier) : grant;
  }),
});

/** The highest tier that any statement reaches which is still good. */
const tierOf = (
  bureau: string,
  { holder, maxAgeDays, tiers }: Reciprocity,
  { statements, now }: { readonly statements: readonly Statement[]; readonly now: number },
): Tier | undefined => {
  const good = statements.filter((own) => own.holder === holder && own.to <= now && now < own.to + maxAgeDays * DAY);
  const most = Math.max(0, ...good.map((own) => contributed(own, bureau)));
  return tiers.findLast(({ subjects }) => most >= subjects);
};

/** What a lender answered to others: what its own querier asked it counts for nothing. */
const contributed = ({ lines }: Statement, bureau: string): number =>
  lines.reduce((sum, { querier, subjects }) => (querier === bureau ? sum : sum + subjects), 0);

const withTier = (grant: QuerierGrant, { epsilonPerEpoch, rhoPerEpoch, signalsPerEpoch }: Tier): QuerierGrant => {
  const { aggregate, signal, ...totals } = grant.totals!;
  return {
    ...grant,
    totals: {
      ...totals,
      ...(aggregate
        ? {
            aggregate: {
              ...aggregate,
              epsilonPerEpoch: epsilonPerEpoch ?? aggregate.epsilonPerEpoch,
              rhoPerEpoch: rhoPerEpoch ?? aggregate.rhoPerEpoch,
            },
          }
        : {}),
      ...(signal ? { signal: { ...signal, queriesPerEpoch: signalsPerEpoch ?? signal.queriesPerEpoch } } : {}),
    },
  };
};
