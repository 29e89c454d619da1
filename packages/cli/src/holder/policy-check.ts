import { compareRational, E, type Either, parseRational, type Rational, toNumber } from '@vouchsafe/core';
import { DEFAULT_MATCH_QUOTA, type ExpectedNoise, type Policy, type QuerierGrant } from '@vouchsafe/holder';
import { fine } from '../command.ts';
import { badInput, EXIT, type Failure } from '../exit.ts';
import type { Result } from '../outcome.ts';
import { figure, table } from '../screen/index.ts';
import type { World } from '../world.ts';
import { readHolderConfig } from './config.ts';
import { readHolderDocuments } from './open-holder.ts';
import { checkedPolicy, dryRun, type TotalsQuestion, type Verdict } from './policy-dry-run.ts';

/** What `holder policy check` was told. */
export interface PolicyCall {
  readonly folder: string;
  readonly bureau?: string | undefined;
  readonly kind: 'aggregate' | 'signal';
  readonly purpose?: string | undefined;
  readonly columns?: readonly string[] | undefined;
  readonly epsilon: string;
  readonly cohort: number;
}

export const checkPolicy = async (call: PolicyCall, world: World): Result => {
  const config = await readHolderConfig(call.folder);
  if (E.isLeft(config)) return config;
  const documents = await readHolderDocuments(config.right, world);
  if (E.isLeft(documents)) return documents;
  const checked = checkedPolicy(config.right, documents.right);
  if (E.isLeft(checked)) return checked;
  const { policy, notes } = checked.right;
  const granted = grantsText(policy);
  const lines = notes.map((note) => `Note: ${note}.`);
  if (call.bureau === undefined && call.purpose === undefined && call.columns === undefined)
    return fine([`${config.right.policy}: in order`, granted, ...lines].join('\n'), { policy: config.right.policy, notes });
  const asked = questionOf(call);
  if (E.isLeft(asked)) return asked;
  const verdict = dryRun(checked.right, asked.right);
  return E.right({
    exit: verdict.allowed ? EXIT.fine : EXIT.refused,
    text: [granted, ...lines, verdictText(call, verdict)].join('\n'),
    json: { policy: config.right.policy, notes, ...verdictJson(verdict) },
  });
};

const questionOf = ({ bureau, kind, purpose, columns, epsilon, cohort }: PolicyCall): Either<Failure, TotalsQuestion> => {
  if (bureau === undefined || purpose === undefined || columns === undefined)
    return E.left(badInput('to try a query give --bureau, --purpose and --columns'));
  const price = parseRational(kind === 'signal' ? 0 : epsilon);
  if (E.isLeft(price)) return E.left(badInput(`--epsilon: ${price.left.message}`));
  return E.right({ bureau, kind, purpose, columns, epsilon: price.right, cohortSize: kind === 'signal' ? 1 : cohort });
};

const grantsText = ({ minimumCohort, queriers }: Policy): string =>
  queriers.length === 0
    ? 'It grants nothing to anybody.'
    : [
        table(['bureau', 'purposes', 'grants', 'columns'], queriers.map(grantRow)),
        `Cohorts of at least ${minimumCohort} subjects.`,
      ].join('\n');

const grantRow = ({ bureau, match, totals }: QuerierGrant): readonly string[] => {
  const quota = match === true ? DEFAULT_MATCH_QUOTA : match;
  const { aggregate, signal } = totals ?? {};
  const consent = signal?.consent;
  return [
    bureau,
    (totals?.purposes ?? []).join('\n'),
    [
      ...(quota ? [`match: ${figure(quota.elementsPerDay)} a day, ${figure(quota.elementsPerEpoch)} an epoch`] : []),
      ...(aggregate
        ? [`aggregate: epsilon up to ${text(aggregate.epsilonPerQuery)} a query, ${text(aggregate.epsilonPerEpoch)} an epoch`]
        : []),
      ...(signal
        ? [
            `signal: ${figure(signal.queriesPerEpoch)} an epoch, consent ${typeof consent === 'object' ? `of ${consent.issuers.join(' or ')}` : 'not required'}`,
          ]
        : []),
    ].join('\n'),
    (totals?.columns ?? []).join('\n'),
  ];
};

const text = (value: Rational): string => String(toNumber(value));

const verdictText = ({ bureau, kind }: PolicyCall, verdict: Verdict): string => {
  if (!verdict.allowed) return `VERDICT: refused. ${verdict.why}`;
  const { charge, cap, signalsCap, consent, noise } = verdict;
  if (kind === 'signal')
    return `VERDICT: allowed. It costs ${bureau} 1 of ${figure(signalsCap)} signals of an epoch, and takes a receipt of ${consent?.join(' or ') ?? 'nobody'}.`;
  const many = compareRational(charge, cap) > 0 ? 0 : Math.floor(toNumber(cap) / toNumber(charge) + 1e-9);
  return `VERDICT: allowed. It costs ${bureau} epsilon ${text(charge)} of ${text(cap)} in an epoch, which is enough for ${figure(many)} such quer${many === 1 ? 'y' : 'ies'}.${noiseText(noise)}`;
};

const noiseText = (noise: readonly ExpectedNoise[]): string =>
  noise.length === 0
    ? ''
    : `\nThe bureau sees each total over all lenders ± at 95 %: ${noise
        .map(
          ({ column, bucket, plusMinus }) =>
            `${bucket === undefined ? column : `${column} ${bucket}`} ${figure(plusMinus.halfWidth)}`,
        )
        .join(', ')} (amounts in the catalogue’s units).`;

const verdictJson = (verdict: Verdict): Readonly<Record<string, unknown>> =>
  verdict.allowed
    ? {
        allowed: true,
        charge: toNumber(verdict.charge),
        cap: toNumber(verdict.cap),
        signals: verdict.signals,
        signalsCap: verdict.signalsCap,
      }
    : { allowed: false, why: verdict.why };
