import { makeConsentRequest } from '@vouchsafe/consent';
import { E, type Either, rational, type StoreFault, type UnknownColumn, type Watch } from '@vouchsafe/core';
import type { BadElement } from '@vouchsafe/group';
import type { RawIdentifier } from '@vouchsafe/identity';
import { blindCohort } from '@vouchsafe/join';
import type { BadPrice } from '@vouchsafe/privacy';
import { askedSlots, sealedLinks, subjectsOf, withPresent } from './ask.ts';
import type { QuerierContext } from './context.ts';
import type { NoSubjects, NotSynced, UnknownScheme } from './errors.ts';

/** What is to be asked about whom. */
export interface ConsentQuestion {
  readonly scheme: string;
  readonly purpose: string;
  readonly subject: RawIdentifier;
  readonly columns: readonly string[];
}

/** Why there is no request for consent: its person, columns or ε do not hold, or the scheme was not synced. */
export type ConsentRequestError = StoreFault | NoSubjects | UnknownScheme | NotSynced | UnknownColumn | BadPrice | BadElement;

/**
 * Makes the request that goes to the app in which the person applies: what would be asked, this person's pseudonym, and the proof, for the issuer only, that it is this person's. The columns are those that
 * `signal` with the same ones asks for.
 */
export const requestConsent = async (
  context: QuerierContext,
  { scheme, purpose, subject, columns }: ConsentQuestion,
  { signal }: Watch,
): Promise<Either<ConsentRequestError, Uint8Array>> => {
  const { federation, group, transport } = context;
  const subjects = await subjectsOf(federation, scheme, [subject]);
  if (E.isLeft(subjects)) return subjects;
  const sealed = sealedLinks(context, scheme);
  if (E.isLeft(sealed)) return sealed;
  const columnsAsked = withPresent(context, { kind: 'signal', columns });
  const known = askedSlots(context, { kind: 'signal', columns: columnsAsked, epsilon: rational(0) });
  if (E.isLeft(known)) return known;
  const { context: own, joinKey, joinScalar } = sealed.right[0]!.keys;
  const { id } = subjects.right.ids[0]!;
  const asked = {
    version: 1,
    federation: own.federation,
    bureau: own.bureau,
    scheme: own.scheme,
    epoch: own.epoch,
    joinKey,
    subject: await blindCohort({ context: own, joinScalar, ids: [id], watch: { signal } }, group),
    purpose,
    columns: columnsAsked,
  } as const;
  return E.right(await makeConsentRequest({ asked, id, joinScalar, signer: transport.signer }, group));
};
