/** What a policy of the simulation grants, as plain numbers: the model knows nothing of the code that it is compared with. */
export interface Terms {
  readonly totals?:
    | {
        readonly epsilonPerQuery: Fraction;
        readonly epsilonPerEpoch: Fraction;
        readonly rhoPerQuery?: Fraction;
        readonly rhoPerEpoch?: Fraction;
        readonly signals: number;
        /** The second purpose has aggregates over `present` only. */
        readonly narrow: boolean;
      }
    | undefined;
  readonly match?: { readonly perDay: number; readonly perEpoch: number } | undefined;
  readonly queriesPerMinute?: number;
  readonly batchesPerMinute?: number;
}

/** Numerator and denominator, in lowest terms. */
export type Fraction = readonly [bigint, bigint];

const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? a : gcd(b, a % b));
export const fraction = (num: bigint, den: bigint): Fraction => {
  const by = gcd(num, den);
  return [num / by, den / by];
};
const plus = (a: Fraction, b: Fraction): Fraction => fraction(a[0] * b[1] + b[0] * a[1], a[1] * b[1]);
const above = (a: Fraction, b: Fraction): boolean => a[0] * b[1] > b[0] * a[1];
const NONE: Fraction = [0n, 1n];
const fits = (a: Fraction): boolean => a[0] < 2n ** 53n && a[1] < 2n ** 53n;

/** A query of the simulation. */
export interface Query {
  readonly what: 'query';
  readonly epoch: number;
  readonly kind: 'aggregate' | 'signal';
  readonly purpose: 'test' | 'other';
  readonly column: 'present' | 'late' | 'age';
  readonly price?: { readonly in: 'epsilon' | 'rho'; readonly of: Fraction } | undefined;
  /** Fewer subjects than the policy wants. */
  readonly small: boolean;
  readonly repeat: number;
}

/** A batch of `match`: a number from which its elements come, and how many it has. */
export interface Batch {
  readonly what: 'match';
  readonly epoch: number;
  readonly batch: number;
  readonly elements: number;
}

export type Request = Query | Batch;
export const nameOf = (request: Request): string =>
  JSON.stringify(request, (_, value) => (typeof value === 'bigint' ? `${value}` : value));

const DAY = 86_400_000;
const MINUTE = 60_000;

interface Account {
  epsilon: Fraction;
  rho: Fraction;
  signals: number;
  elements: number;
}

/** What a holder should have done so far with one querier: budgets, quotas, rates, answers. */
export class Model {
  now: number;
  terms: Terms;
  live: readonly number[] = [7, 8];
  readonly accounts: Map<number, Account> = new Map();
  /** Requests that were answered, with the hash of the answer. */
  readonly answers: Map<string, string> = new Map();
  readonly times: { query: number[]; match: number[] } = { query: [], match: [] };
  day = 0;
  elementsOfDay = 0;

  constructor(now: number, terms: Terms) {
    this.now = now;
    this.terms = terms;
  }

  account(epoch: number): Account {
    const found = this.accounts.get(epoch) ?? { epsilon: NONE, rho: NONE, signals: 0, elements: 0 };
    this.accounts.set(epoch, found);
    return found;
  }

  /** What the holder says to a request now: `answered`, or the refusal's tag. Changes nothing. */
  verdict(request: Request): string {
    if (!this.live.includes(request.epoch)) return 'OutOfStep';
    return request.what === 'query' ? this.verdictOnQuery(request) : this.verdictOnBatch(request);
  }

  /** The request was answered for the first time. */
  charge(request: Request): void {
    const account = this.account(request.epoch);
    // Answers are counted while there is a limit.
    const limit = request.what === 'query' ? this.terms.queriesPerMinute : this.terms.batchesPerMinute;
    if (limit !== undefined) this.times[request.what].push(this.now);
    if (request.what === 'match') {
      const day = Math.floor(this.now / DAY);
      if (day > this.day) [this.day, this.elementsOfDay] = [day, 0];
      this.elementsOfDay += request.elements;
      account.elements += request.elements;
    } else if (request.kind === 'signal') account.signals++;
    else if (request.price?.in === 'rho') account.rho = plus(account.rho, request.price.of);
    else if (request.price) account.epsilon = plus(account.epsilon, request.price.of);
  }

  /** What the day's quota counts now: a clock that goes back does not bring a day back. */
  spentOfDay(): number {
    return Math.floor(this.now / DAY) > this.day ? 0 : this.elementsOfDay;
  }

  private verdictOnQuery(query: Query): string {
    const { totals, queriesPerMinute } = this.terms;
    if (!totals) return 'NotGranted';
    if (this.answers.has(nameOf(query))) return 'answered';
    if (query.kind === 'signal' && totals.signals === 0) return 'NotGranted';
    if (query.purpose === 'other' && totals.narrow && (query.kind === 'signal' || query.column !== 'present'))
      return 'NotGranted';
    if (query.column === 'age') return 'NotGranted';
    const { epsilon, rho, signals } = this.account(query.epoch);
    if (query.kind === 'signal') {
      if (signals + 1 > totals.signals) return 'BudgetSpent';
    } else {
      const { in: currency, of } = query.price!;
      const perQuery = currency === 'rho' ? (totals.rhoPerQuery ?? NONE) : totals.epsilonPerQuery;
      if (above(of, perQuery)) return 'NotGranted';
      if (query.small) return 'CohortTooSmall';
      if (of[0] === 0n) return 'BadPrice';
      const sum = plus(currency === 'rho' ? rho : epsilon, of);
      if (above(sum, currency === 'rho' ? (totals.rhoPerEpoch ?? NONE) : totals.epsilonPerEpoch)) return 'BudgetSpent';
      if (!fits(sum)) return 'BadPrice';
    }
    return this.withinRate('query', queriesPerMinute) ? 'answered' : 'RateExceeded';
  }

  private verdictOnBatch(batch: Batch): string {
    const { match, batchesPerMinute } = this.terms;
    if (!match) return 'NotGranted';
    if (this.answers.has(nameOf(batch))) return 'answered';
    if (this.spentOfDay() + batch.elements > match.perDay) return 'QuotaSpent';
    if (this.account(batch.epoch).elements + batch.elements > match.perEpoch) return 'QuotaSpent';
    return this.withinRate('match', batchesPerMinute) ? 'answered' : 'RateExceeded';
  }

  private withinRate(kind: 'query' | 'match', perMinute = Number.POSITIVE_INFINITY): boolean {
    return this.times[kind].filter((time) => Math.abs(time - this.now) < MINUTE).length < perMinute;
  }
}
