import { E, toNumber } from '@vouchsafe/core';
import { badInput, EXIT } from '../exit.ts';
import type { Result } from '../outcome.ts';
import { figure, printable, table } from '../screen/index.ts';
import type { World } from '../world.ts';
import { faultExit, querierFailure } from './failures.ts';
import { type BureauCall, readBureau, schemeOf, withReadyQuerier } from './open-bureau.ts';

/** What `bureau quote` was told. */
export interface QuoteCall extends BureauCall {
  readonly kind: 'aggregate' | 'signal';
  readonly purpose: string;
  readonly columns: readonly string[];
  readonly epsilon?: string | undefined;
  readonly rho?: string | undefined;
  readonly people: number;
}

/** What one holder says. */
interface Shown {
  readonly holder: string;
  readonly allowed: boolean;
  readonly why?: string;
  readonly charge?: number;
  readonly remaining?: number;
  readonly rho?: { readonly charge: number; readonly remaining: number };
  readonly signals?: number;
  readonly signalsRemaining?: number;
}

export const askQuote = async (call: QuoteCall, world: World): Result => {
  const documents = await readBureau(call, world);
  if (E.isLeft(documents)) return documents;
  const scheme = schemeOf(documents.right, call.scheme);
  if (E.isLeft(scheme)) return scheme;
  const { kind, purpose, columns } = call;
  const signal = kind === 'signal';
  const inRho = !signal && call.rho !== undefined;
  if (inRho && call.epsilon !== undefined)
    return E.left(badInput('a price is stated with --epsilon, or with --rho: one of the two'));
  const parts = { documents: documents.right, call, scheme: scheme.right, atLeastOne: true };
  return withReadyQuerier(parts, world, async ({ querier, watch }) => {
    const quotes = await querier.quote({
      kind,
      scheme: scheme.right,
      purpose,
      columns,
      epsilon: signal || inRho ? 0 : (call.epsilon ?? 1),
      ...(inRho ? { rho: call.rho } : {}),
      cohortSize: signal ? 1 : call.people,
      ...watch,
    })();
    if (E.isLeft(quotes)) return E.left(querierFailure(quotes.left));
    const { allowed, holders } = quotes.right;
    const exits = holders.flatMap((one) => ('refused' in one ? [faultExit(one.refused)] : []));
    const exit = [EXIT.bad, EXIT.refused, EXIT.unreachable].find((code) => exits.includes(code)) ?? EXIT.fine;
    const shown = holders.map((one): Shown => {
      if ('refused' in one) return { holder: one.holder, allowed: false, why: printable(one.refused.message.slice(0, 300)) };
      const { charge, remaining, signals, signalsRemaining, rho } = one.quote;
      return {
        holder: one.holder,
        allowed: true,
        charge: toNumber(charge),
        remaining: toNumber(remaining),
        ...(rho === undefined ? {} : { rho: { charge: toNumber(rho.charge), remaining: toNumber(rho.remaining) } }),
        signals,
        signalsRemaining,
      };
    });
    return E.right({
      exit,
      text: [
        table(
          ['lender', 'answer', signal ? 'costs (signals)' : inRho ? 'costs (rho)' : 'costs (epsilon)', 'left before'],
          shown.map((one) =>
            one.why === undefined
              ? [
                  one.holder,
                  'yes',
                  ...(signal
                    ? [one.signals, one.signalsRemaining]
                    : inRho
                      ? [one.rho?.charge ?? 0, one.rho?.remaining ?? 0]
                      : [one.charge, one.remaining]
                  ).map((value) => figure(value!, Number.isInteger(value) ? 0 : 3)),
                ]
              : [one.holder, `no: ${one.why}`, '', ''],
          ),
        ),
        allowed ? 'Every lender would answer.' : 'It would not be answered: every lender has to.',
      ].join('\n'),
      json: { allowed, holders: shown },
    });
  });
};
