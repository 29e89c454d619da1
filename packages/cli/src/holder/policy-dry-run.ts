import { E, type Rational } from '@vouchsafe/core';
import { checkPolicy as checkDocuments, type ExpectedNoise, type PolicyCheck, type PolicyQuestion } from '@vouchsafe/holder';
import { badInput, EXIT, failure } from '../exit.ts';
import type { Ended } from '../outcome.ts';
import type { HolderConfig } from './config.ts';
import type { HolderDocuments } from './open-holder.ts';

/** A query for totals as a policy sees it: nothing of who is asked about. */
export type TotalsQuestion = Exclude<PolicyQuestion, { readonly kind: 'match' }>;

/** What a holder would say to it, whatever was used up before. */
export type Verdict =
  | {
      readonly allowed: true;
      readonly charge: Rational;
      readonly cap: Rational;
      readonly signals: number;
      readonly signalsCap: number;
      readonly consent?: readonly string[] | undefined;
      readonly noise: readonly ExpectedNoise[];
    }
  | { readonly allowed: false; readonly why: string };

/** The policy with what is odd about it, on documents alone. */
export const checkedPolicy = ({ policy: path, name }: HolderConfig, documents: HolderDocuments): Ended<PolicyCheck> => {
  const { file, policyDocument, statements, auditorKey } = documents;
  const checked = checkDocuments({ federation: file, policy: policyDocument, statements }, { auditorKey, id: name });
  if (E.isRight(checked)) return checked;
  return E.left(
    checked.left._tag === 'BadPolicy' ? badInput(`${path}: ${checked.left.message}`) : failure(checked.left, EXIT.usage),
  );
};

/** Tries a query for a querier that has used nothing up. */
export const dryRun = (checked: PolicyCheck, question: TotalsQuestion): Verdict => {
  const { allowed, refused, totals } = checked.dryRun(question);
  if (!allowed || !totals) return { allowed: false, why: refused?.message ?? 'it is not answered' };
  const { charge, remaining, consent, noise } = totals;
  return {
    allowed: true,
    charge: charge.epsilon,
    cap: remaining.epsilon,
    signals: charge.signals,
    signalsCap: remaining.signals,
    consent,
    noise,
  };
};
