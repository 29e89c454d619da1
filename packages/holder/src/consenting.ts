import { type Consent, type ConsentMissing, type ConsentRefused, checkConsent, consentMissing } from '@vouchsafe/consent';
import { E, type Either, hexToBytes } from '@vouchsafe/core';
import type { Elements } from '@vouchsafe/group';
import type { QueryTerms } from '@vouchsafe/join';
import { memberKeysNow } from '@vouchsafe/protocol';
import { type HolderContext, secondsOf } from './context.ts';
import { type NotGranted, notGranted } from './errors.ts';
import { grantOf } from './policy.ts';
import { type ConsentUsed, stillFree } from './store/index.ts';

/** Why a query is not covered by a person's consent. */
export type ConsentFault = ConsentMissing | ConsentRefused | ConsentUsed | NotGranted;

/**
 * Did the person agree, as the policy wants it? Depends on the query, the policy, the clock and which receipts were used; never on rows. A receipt that comes is checked even where none is needed: then from
 * any issuer of the federation, so that the log never repeats a claim that nobody checked.
 * @returns the receipt that the query uses up; none where none is needed and none came
 */
export const consentTo = async (
  context: HolderContext,
  { bureau, terms, cohort, digest }: { bureau: string; terms: QueryTerms; cohort: Elements; digest: Uint8Array },
): Promise<Either<ConsentFault, Consent | undefined>> => {
  if (terms.kind !== 'signal')
    return terms.consent === undefined
      ? E.right(undefined)
      : E.left(notGranted('a consent receipt with an aggregate: leave it out'));
  const issuers = issuersFor(context, bureau, terms.purpose);
  if (terms.consent === undefined) return issuers === undefined ? E.right(undefined) : E.left(consentMissing(issuers));
  const checked = checkConsent({
    received: terms.consent,
    query: { ...terms, subject: cohort },
    trusted: keysOf(context, issuers),
    now: secondsOf(context),
  });
  if (E.isLeft(checked)) return checked;
  const free = stillFree(await context.store.consented(terms.epoch, checked.right.id), digest);
  return E.isLeft(free) ? free : checked;
};

/** The issuers of which one has to vouch for the person's consent; none where the policy says that it is not required. */
export const issuersFor = (
  { policy }: Pick<HolderContext, 'policy'>,
  bureau: string,
  purpose: string,
): readonly string[] | undefined => {
  const rule = grantOf(policy, bureau)?.totals?.signal?.consent;
  return rule === undefined || rule === 'notRequired' || rule.notRequiredFor?.includes(purpose) ? undefined : rule.issuers;
};

const keysOf = (context: HolderContext, issuers: readonly string[] | undefined): ReadonlyMap<string, readonly Uint8Array[]> => {
  const { federation } = context;
  const named = issuers ?? federation.members.filter(({ role }) => role === 'issuer').map(({ id }) => id);
  const all = named.map(
    (id) => [id, memberKeysNow(federation, { id, role: 'issuer' }, secondsOf(context)).map(hexToBytes)] as const,
  );
  return new Map(all.filter(([, keys]) => keys.length > 0));
};
