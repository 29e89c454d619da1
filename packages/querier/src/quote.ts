import {
  type Aborted,
  type BadRational,
  compareRational,
  E,
  type Either,
  encodeCanonical,
  type Rational,
  type StoreFault,
  type UnknownColumn,
  type Watch,
} from '@vouchsafe/core';
import type { BadPrice } from '@vouchsafe/privacy';
import { CBOR_TYPE, Quote, QuoteRequest, ROUTES, readEnvelope } from '@vouchsafe/protocol';
import { askedSlots } from './ask.ts';
import type { QuerierContext } from './context.ts';
import type { HolderFault } from './errors.ts';
import { send } from './transport.ts';

/** What each holder says, in the roster's order. A refusal is an answer here: it tells what `aggregate` or `signal` would meet. */
export interface Quotes {
  /** Every holder would answer now: its policy grants it, its budgets cover it, its rate limit has room. */
  readonly allowed: boolean;
  readonly holders: readonly (
    | { readonly holder: string; readonly quote: Quote }
    | { readonly holder: string; readonly refused: HolderFault }
  )[];
}

/** Why there is no quote: the question names an unknown column or has no price. */
export type QuoteError = Aborted | StoreFault | UnknownColumn | BadPrice | BadRational;

/** Asks every holder for the price of a query. */
export const quoteQuery = async (
  context: QuerierContext,
  question: {
    readonly kind: 'aggregate' | 'signal';
    readonly scheme: string;
    readonly purpose: string;
    readonly columns: readonly string[];
    readonly epsilon: Rational;
    readonly rho?: Rational | undefined;
    readonly cohortSize: number;
  },
  { signal }: Watch,
): Promise<Either<QuoteError, Quotes>> => {
  const { kind, scheme, purpose, columns, epsilon, rho, cohortSize } = question;
  const slots = askedSlots(context, question);
  if (E.isLeft(slots)) return slots;
  const request: QuoteRequest = { epoch: context.epoch.number, scheme, kind, purpose, columns, epsilon, rho, cohortSize };
  const bytes = encodeCanonical(QuoteRequest.encode(request));
  const holders = await Promise.all(
    context.roster.map(async (target) => {
      const body = await send(context.transport, target, { route: ROUTES.quote, body: { type: CBOR_TYPE, bytes }, signal });
      if (E.isLeft(body)) return { holder: target.holder, refused: body.left };
      const quote = readEnvelope(Quote, body.right);
      return E.isLeft(quote) ? { holder: target.holder, refused: quote.left } : { holder: target.holder, quote: quote.right };
    }),
  );
  return E.right({ allowed: holders.every((one) => 'quote' in one && covers(one.quote)), holders });
};

/** What is left covers the query, now: consent, where a signal needs it, is the bureau's to bring. */
const covers = ({ charge, remaining, signals, signalsRemaining, rho, retryAfter }: Quote): boolean =>
  compareRational(charge, remaining) <= 0 &&
  signals <= signalsRemaining &&
  (rho === undefined || compareRational(rho.charge, rho.remaining) <= 0) &&
  retryAfter === undefined;
