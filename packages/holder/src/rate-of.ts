import type { HolderContext } from './context.ts';
import { grantOf } from './policy.ts';
import type { RateKind, RateTerms } from './store/index.ts';

/** How fast a querier may ask, if its grant says it, and what time it is. */
export const rateOf = (
  { policy, clock }: Pick<HolderContext, 'policy' | 'clock'>,
  bureau: string,
  kind: RateKind,
): RateTerms | undefined => {
  const { queriesPerMinute, batchesPerMinute } = grantOf(policy, bureau)?.rateLimit ?? {};
  const perMinute = kind === 'query' ? queriesPerMinute : batchesPerMinute;
  return perMinute === undefined ? undefined : { perMinute, now: clock() };
};
