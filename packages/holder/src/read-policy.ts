import {
  type Catalogue,
  columnNamed,
  compareRational,
  E,
  type Either,
  isWritable,
  PRESENT,
  type Rational,
  rational,
  shapeFaults,
} from '@vouchsafe/core';
import { rhoOf } from '@vouchsafe/privacy';
import { type AggregateGrant, MAX_EPSILON_PER_ROW, Policy, QuerierGrant, type TotalsGrant } from './policy.ts';

/** One thing that is wrong in a policy, and where. */
export interface PolicyFault {
  /** Where it stands in the document, e.g. `queriers.2.totals.columns.1`. */
  readonly path: string;
  /** Which grant of `queriers` it is, from 1; absent where it is none. */
  readonly row?: number | undefined;
  /** The bureau of that grant, where it can be read. */
  readonly bureau?: string | undefined;
  /** The field within the grant, or of the document. */
  readonly field: string;
  /** What is wrong, and what would be right. */
  readonly problem: string;
}

/** A policy that no holder may start with: everything that is wrong with it, at most 100 faults. */
export interface BadPolicy {
  readonly _tag: 'BadPolicy';
  readonly message: string;
  readonly faults: readonly PolicyFault[];
}

/** Of more the first are told. */
export const MAX_FAULTS = 100;
/** In the message; the rest stands in `faults`. */
const TOLD = 5;

/** Reads and checks a policy document against the federation's catalogue. All that is wrong is told at once, in the document's order. */
export const readPolicy = (value: unknown, catalogue: Catalogue): Either<BadPolicy, Policy> => {
  const shapes = shapeFaults(Policy, value).map(({ path, expected }) => faultAt(value, path, `expected ${expected}`));
  const grants = rowsOf(value).map((row) => QuerierGrant.decode(row));
  const contradictions = grants.flatMap((grant, i) =>
    E.isLeft(grant)
      ? []
      : [
          ...contradictionsOf(grant.right, catalogue),
          ...(grants.findIndex((other) => E.isRight(other) && other.right.bureau === grant.right.bureau) < i
            ? [{ field: 'bureau', problem: 'this bureau has a grant further up: put both into one' }]
            : []),
        ].map(({ field, problem }) => faultAt(value, `queriers.${i}.${field}`, problem)),
  );
  const faults = [...shapes, ...contradictions].sort((a, b) => (a.row ?? 0) - (b.row ?? 0)).slice(0, MAX_FAULTS);
  if (faults.length > 0) return E.left(badPolicy(faults));
  const policy = Policy.decode(value);
  return E.isRight(policy) ? policy : E.left(badPolicy([faultAt(value, '', 'expected a policy')]));
};

const badPolicy = (faults: readonly PolicyFault[]): BadPolicy => ({
  _tag: 'BadPolicy',
  faults,
  message: [...faults.slice(0, TOLD).map(printFault), ...(faults.length > TOLD ? [`and ${faults.length - TOLD} more`] : [])].join(
    '; ',
  ),
});

/** One fault in a line for people: `queriers 3 ("desk-c"), totals.columns.1: …`. */
export const printFault = ({ row, bureau, field, problem }: PolicyFault): string => {
  const grant = row === undefined ? '' : `queriers ${row}${bureau === undefined ? '' : ` ("${bureau}")`}, `;
  return `${grant}${field || 'the policy'}: ${problem}`;
};

const rowsOf = (value: unknown): readonly unknown[] => {
  const rows = (value as { readonly queriers?: unknown } | null | undefined)?.queriers;
  // A longer list is a fault by itself, and not looked into.
  return Array.isArray(rows) && rows.length <= 1000 ? rows : [];
};

const faultAt = (value: unknown, path: string, problem: string): PolicyFault => {
  const [, index, field = ''] = /^queriers\.(\d+)\.?(.*)$/.exec(path) ?? [];
  if (index === undefined) return { path, field: path, problem };
  const { bureau } = (rowsOf(value)[Number(index)] ?? {}) as { readonly bureau?: unknown };
  const named = typeof bureau === 'string' && /^[a-z0-9][a-z0-9.-]{0,39}$/.test(bureau);
  return { path, row: Number(index) + 1, ...(named ? { bureau } : {}), field, problem };
};

interface Contradiction {
  readonly field: string;
  readonly problem: string;
}

const contradictionsOf = ({ match, totals, matchAndTotals }: QuerierGrant, catalogue: Catalogue): readonly Contradiction[] => [
  ...(match && totals && matchAndTotals !== 'accepted'
    ? [
        {
          field: 'matchAndTotals',
          problem:
            'match and totals together let it read one holder’s figures: grant one of them, or state matchAndTotals: "accepted"',
        },
      ]
    : []),
  ...(totals ? inTotals(totals, catalogue) : []).map(({ field, problem }) => ({ field: `totals.${field}`, problem })),
];

const inTotals = (totals: TotalsGrant, catalogue: Catalogue): readonly Contradiction[] => [
  ...totals.columns.flatMap((name, i) =>
    name === PRESENT || E.isRight(columnNamed(catalogue, name))
      ? []
      : [{ field: `columns.${i}`, problem: `"${name}" is not in the catalogue` }],
  ),
  ...inPurposes(totals),
  ...(totals.aggregate ? inAggregate(totals.aggregate) : []).map(({ field, problem }) => ({
    field: `aggregate.${field}`,
    problem,
  })),
  ...inConsent(totals),
  ...inReciprocity(totals),
];

const inPurposes = ({ purposes, columns, perPurpose = [], ...grants }: TotalsGrant): readonly Contradiction[] =>
  perPurpose.flatMap((limit, i) => {
    const at = (field: string, problem: string): Contradiction => ({ field: `perPurpose.${i}.${field}`, problem });
    return [
      ...(purposes.includes(limit.purpose) ? [] : [at('purpose', `"${limit.purpose}" is none of its purposes`)]),
      ...(perPurpose.findIndex(({ purpose }) => purpose === limit.purpose) < i
        ? [at('purpose', `"${limit.purpose}" stands further up, too`)]
        : []),
      ...(limit.columns ?? []).flatMap((name, k) =>
        columns.includes(name) ? [] : [at(`columns.${k}`, `"${name}" is none of its columns`)],
      ),
      ...(limit.kinds ?? []).flatMap((kind, k) => (grants[kind] ? [] : [at(`kinds.${k}`, `${kind} is not granted at all`)])),
    ];
  });

const inAggregate = (grant: AggregateGrant): readonly Contradiction[] => {
  const { epsilonPerQuery, epsilonPerEpoch, epsilonPerRow, rhoPerQuery, rhoPerEpoch, rhoPerRow } = grant;
  const inRho = rhoPerQuery !== undefined || rhoPerEpoch !== undefined;
  const above = (a: Rational | undefined, b: Rational | undefined): boolean => !!a && !!b && compareRational(a, b) > 0;
  const zero = rational(0);
  const faults: readonly (readonly [boolean, string, string])[] = [
    [!inRho && !above(epsilonPerQuery, zero), 'epsilonPerQuery', 'must be above zero where nothing is granted in rho'],
    [
      inRho && !above(epsilonPerQuery, zero) && above(epsilonPerEpoch, zero),
      'epsilonPerQuery',
      'must be above zero where epsilonPerEpoch is',
    ],
    [inRho && rhoPerQuery === undefined, 'rhoPerQuery', 'missing: state it with rhoPerEpoch, or neither'],
    [inRho && rhoPerEpoch === undefined, 'rhoPerEpoch', 'missing: state it with rhoPerQuery, or neither'],
    [rhoPerQuery !== undefined && !above(rhoPerQuery, zero), 'rhoPerQuery', 'must be above zero'],
    [
      above(epsilonPerQuery, epsilonPerRow),
      'epsilonPerRow',
      'is below epsilonPerQuery: such a query would find no row that can pay for it',
    ],
    [
      above(epsilonPerRow, rational(MAX_EPSILON_PER_ROW)),
      'epsilonPerRow',
      `is above ${MAX_EPSILON_PER_ROW}: state less, or leave it out`,
    ],
    [above(rhoPerQuery, rhoPerRow), 'rhoPerRow', 'is below rhoPerQuery: such a query would find no row that can pay for it'],
    [
      above(rhoOf({ kind: 'pure', epsilon: epsilonPerQuery }), rhoPerRow),
      'rhoPerRow',
      'is below epsilonPerQuery squared over 2: such a query would find no row that can pay for it',
    ],
    [
      above(rhoPerRow, rational(MAX_EPSILON_PER_ROW)),
      'rhoPerRow',
      `is above ${MAX_EPSILON_PER_ROW}: state less, or leave it out`,
    ],
    [
      epsilonPerRow !== undefined && rhoPerRow !== undefined,
      'rhoPerRow',
      'a row has one account: state epsilonPerRow or rhoPerRow, not both',
    ],
    [
      epsilonPerRow !== undefined && inRho,
      'epsilonPerRow',
      'rows cannot pay in epsilon for answers in rho, which stay within no epsilon: state rhoPerRow in its place',
    ],
  ];
  const sizes = Object.entries(grant)
    .filter(([, value]) => value !== undefined && !isWritable(value))
    .map(([field]) => ({ field, problem: 'cannot be accounted exactly: state fewer digits' }));
  return [...faults.filter(([holds]) => holds).map(([, field, problem]) => ({ field, problem })), ...sizes];
};

const inConsent = ({ purposes, signal }: TotalsGrant): readonly Contradiction[] => {
  if (typeof signal?.consent !== 'object') return [];
  const { issuers, notRequiredFor = [] } = signal.consent;
  return [
    ...(issuers.length === 0
      ? [{ field: 'signal.consent.issuers', problem: 'names no issuer: then nobody’s consent would count' }]
      : []),
    ...notRequiredFor.flatMap((purpose, i) =>
      purposes.includes(purpose)
        ? []
        : [{ field: `signal.consent.notRequiredFor.${i}`, problem: `"${purpose}" is none of its purposes` }],
    ),
  ];
};

const inReciprocity = ({ aggregate, reciprocity }: TotalsGrant): readonly Contradiction[] =>
  (reciprocity?.tiers ?? []).flatMap(({ subjects, epsilonPerEpoch, rhoPerEpoch }, i, tiers) => {
    const at = (field: string, problem: string): Contradiction => ({ field: `reciprocity.tiers.${i}.${field}`, problem });
    return [
      ...(i > 0 && tiers[i - 1]!.subjects >= subjects ? [at('subjects', 'is not above that of the tier before')] : []),
      ...(rhoPerEpoch && !aggregate?.rhoPerQuery ? [at('rhoPerEpoch', 'nothing is granted in rho')] : []),
      ...(epsilonPerEpoch && !isWritable(epsilonPerEpoch)
        ? [at('epsilonPerEpoch', 'cannot be accounted exactly: state fewer digits')]
        : []),
      ...(rhoPerEpoch && !isWritable(rhoPerEpoch) ? [at('rhoPerEpoch', 'cannot be accounted exactly: state fewer digits')] : []),
    ];
  });
