import { decodeCanonical, E, encodeCanonical, rational } from '@vouchsafe/core';
import { checkPolicy, type DryRun, memoryStore, type PolicyQuestion } from '@vouchsafe/holder';
import { QuoteRequest } from '@vouchsafe/protocol';
import { describe, expect, it } from 'vitest';
import { openFederation, type Person, PURPOSE, raw, SCHEME, type TestFederation, unwrap } from './federation.test.fixture.ts';
import type { AggregateRequest, Totals } from './index.ts';

const COLUMNS = [{ kind: 'flag', name: 'late' }] as const;
const people: readonly Person[] = Array.from({ length: 60 }, (_, id) => ({ id, values: { late: id % 2 === 0 } }));
const cohort = people.map(({ id }) => raw(id));

const policyWith = (grant: object = {}, totals: object = {}, aggregate: object = {}): unknown => ({
  version: 1,
  minimumCohort: 20,
  queriers: [
    {
      bureau: 'bureau',
      totals: {
        purposes: [PURPOSE, 'marketing'],
        columns: ['present', 'late'],
        aggregate: { epsilonPerQuery: 50, epsilonPerEpoch: 120, rhoPerQuery: 50, rhoPerEpoch: 100, ...aggregate },
        signal: { consent: 'notRequired', queriesPerEpoch: 3 },
        ...totals,
      },
      ...grant,
    },
  ],
});

const open = async (policy: unknown, clock?: () => number): Promise<TestFederation> => {
  const federation = await openFederation({
    tables: { ant: people, bee: people },
    columns: COLUMNS,
    policies: { ant: policy, bee: policy },
    ...(clock ? { clocks: { ant: clock, bee: clock } } : {}),
  });
  unwrap(await federation.querier.sync()());
  return federation;
};

const request = (more: Partial<AggregateRequest>): AggregateRequest => ({
  scheme: SCHEME,
  purpose: PURPOSE,
  cohort,
  columns: ['present'],
  ...more,
});
const problem = (asked: E.Either<unknown, Totals>): unknown =>
  E.isRight(asked)
    ? 'answered'
    : ((asked.left as { holders?: readonly { fault: { problem?: string } }[] }).holders?.[0]?.fault.problem ??
      (asked.left as { _tag: string })._tag);
/** What a dry run is asked, all but by whom. */
const question = (more: Partial<QuoteRequest> = {}) => ({
  kind: 'aggregate' as const,
  purpose: PURPOSE,
  columns: ['present'],
  epsilon: rational(0),
  cohortSize: 60,
  ...more,
});

describe('totals that are paid in rho', async () => {
  const { querier, holders, send } = await open(policyWith());
  const ask = async (more: Partial<AggregateRequest>) => querier.aggregate(request(more))();

  it('carry Gaussian noise, say how much, and take from the budget in rho only', async () => {
    const totals = unwrap(await ask({ rho: 50, columns: ['present', 'late'] }));
    const [present, late] = totals.columns;
    if (present?.kind !== 'count' || late?.kind !== 'flag') throw new Error('not as asked');
    // 9/20 of 50 for each column: sigma² = 1/45 a holder, so that the noise is nearly always nought.
    expect(present.total).toBe(120);
    expect(late.total).toBe(60);
    expect(present.plusMinus?.halfWidth95).toBe(0);
    expect(present.plusMinus?.bound).toBeGreaterThan(0);
    const quotes = unwrap(await querier.quote({ ...request({}), kind: 'aggregate', rho: 50, cohortSize: 60 })());
    expect(quotes.allowed).toBe(true);
    expect(quotes.holders[0]).toMatchObject({
      quote: { charge: rational(0), remaining: rational(120), rho: { charge: rational(50), remaining: rational(50) } },
    });
    const exact = unwrap(await ask({ rho: 0.02, repeat: 1 }));
    const [noisy] = exact.columns;
    // sigma² = 1/(2·0.018) at each of two holders, together 55.6.
    expect(noisy?.kind === 'count' && noisy.plusMinus?.standardDeviation).toBeCloseTo(Math.sqrt(2 / 0.036), 1);
  });

  it('have a budget of their own: when it is spent, epsilon is not, and the other way round', async () => {
    expect(problem(await ask({ rho: 49.98, repeat: 2 }))).toBe('answered');
    expect(problem(await ask({ rho: '0.000001', repeat: 3 }))).toBe('BudgetSpent');
    const quotes = unwrap(await querier.quote({ ...request({}), kind: 'aggregate', rho: '0.000001', cohortSize: 60 })());
    expect(quotes.allowed).toBe(false);
    for (const repeat of [4, 5]) expect(problem(await ask({ epsilon: 50, repeat }))).toBe('answered');
    expect(problem(await ask({ epsilon: 50, repeat: 6 }))).toBe('BudgetSpent');
    const dry = unwrap(await holders.get('ant')!.dryRun({ ...question({ rho: rational(1) }), bureau: 'bureau' })());
    expect(dry).toMatchObject({
      allowed: false,
      refused: { _tag: 'BudgetSpent' },
      totals: { remaining: { epsilon: rational(20) } },
    });
    expect(dry.totals?.remaining.rho).toEqual(rational(0));
  });

  it('are refused with both prices, with none, above the limit of a query, and for a signal', async () => {
    expect(problem(await ask({ epsilon: 1, rho: 1 }))).toBe('BadPrice');
    expect(problem(await ask({}))).toBe('BadPrice');
    expect(problem(await ask({ rho: 0 }))).toBe('BadPrice');
    expect(problem(await ask({ rho: 51, repeat: 7 }))).toBe('NotGranted');
    // A bureau that does not look at its own rules meets those of the holder.
    const quote = (more: object) => {
      const terms = { ...question(), epoch: 7, scheme: SCHEME, ...more } as QuoteRequest;
      return send('ant', '/v1/quote', {
        method: 'POST',
        body: encodeCanonical(QuoteRequest.encode(terms)) as Uint8Array<ArrayBuffer>,
      });
    };
    const told = async (response: Response): Promise<unknown> => JSON.parse(await response.text());
    expect(await told(await quote({ epsilon: rational(1), rho: rational(1) }))).toMatchObject({
      detail: expect.stringMatching(/not in both/),
    });
    expect(await told(await quote({ rho: rational(0) }))).toMatchObject({ type: 'urn:vouchsafe:problem:BadPrice' });
    expect(await told(await quote({ kind: 'signal', cohortSize: 1, rho: rational(1) }))).toMatchObject({ status: 403 });
    expect(await told(await quote({ epsilon: rational(1), cohortSize: 1001 }))).toMatchObject({
      type: 'urn:vouchsafe:problem:BadCohort',
    });
  });

  it('stand with their rho in the log, and in the statement', async () => {
    const response = await send('ant', '/v1/log/entries?from=0&count=100', { member: 'auditor' });
    const { entries } = unwrap(decodeCanonical(new Uint8Array(await response.arrayBuffer()))) as {
      entries: readonly Uint8Array[];
    };
    const leaves = entries.map((entry) => unwrap(decodeCanonical(entry)) as { leaf: string; charge?: unknown; rho?: unknown });
    expect(leaves.filter(({ leaf }) => leaf === 'query').map(({ charge, rho }) => [charge, rho])).toEqual([
      [
        [0, 1],
        [50, 1],
      ],
      [
        [0, 1],
        [1, 50],
      ],
      [
        [0, 1],
        [2499, 50],
      ],
      [[50, 1], undefined],
      [[50, 1], undefined],
    ]);
    await querier.close();
    const day = 86_400;
    const period = { from: Math.floor(Date.now() / 1000) - day, to: Math.floor(Date.now() / 1000) + day };
    const { statement } = unwrap(await holders.get('ant')!.statement(period)());
    expect(statement.lines).toMatchObject([{ queries: 5, charge: rational(100), rho: rational(100) }]);
  });
});

describe('budgets', () => {
  it('take no price whose sum could not be written exactly: it is refused, and the account stays as it was', async () => {
    const { querier } = await open(policyWith());
    const ask = async (epsilon: string, repeat: number) => problem(await querier.aggregate(request({ epsilon, repeat }))());
    expect(await ask('1000000000000001/9007199254740881', 0)).toBe('answered');
    expect(await ask('1000000000000001/9007199254740847', 1)).toBe('BadPrice');
    expect(await ask('2000000000000002/9007199254740881', 2)).toBe('answered');
    const { holders } = unwrap(await querier.quote({ ...request({}), kind: 'aggregate', epsilon: 1, cohortSize: 60 })());
    const [first] = holders;
    if (!first || !('quote' in first)) throw new Error('no quote');
    // Told rounded down, kept exact.
    expect(first.quote.remaining).toEqual(rational(119_666_933, 1_000_000));
  });

  it('that are cut below what is spent are empty, not negative; what needs none of them goes on', async () => {
    const { querier, holders, document, signed } = await open(policyWith());
    expect(problem(await querier.aggregate(request({ epsilon: 50 }))())).toBe('answered');
    for (const holder of holders.values())
      unwrap(await holder.adopt({ federation: signed(document), policy: policyWith({}, {}, { epsilonPerEpoch: 10 }) })());
    const quotes = unwrap(await querier.quote({ ...request({}), kind: 'aggregate', epsilon: 1, cohortSize: 60 })());
    expect(quotes).toMatchObject({ allowed: false, holders: [{ quote: { remaining: rational(0) } }, {}] });
    expect(problem(await querier.aggregate(request({ epsilon: 1, repeat: 1 }))())).toBe('BudgetSpent');
    expect(problem(await querier.aggregate(request({ rho: 1 }))())).toBe('answered');
    expect(problem(await querier.signal({ scheme: SCHEME, purpose: PURPOSE, subject: raw(1), columns: ['late'] })())).toBe(
      'answered',
    );
  });
});

it('rows that pay in rho pay for both kinds of noise, and count as unmatched when they cannot', async () => {
  // A query in epsilon 40 takes 800 from each row, one in rho 50 takes 50.
  const { querier } = await open(policyWith({}, {}, { epsilonPerQuery: 40, rhoPerRow: 850 }));
  const ask = async (price: object, repeat: number): Promise<readonly [number, readonly string[]]> => {
    const { columns, suppressed } = unwrap(await querier.aggregate(request({ ...price, repeat }))());
    const [present] = columns;
    return [present?.kind === 'count' ? present.total : Number.NaN, suppressed];
  };
  expect(await ask({ epsilon: 40 }, 0)).toEqual([120, []]);
  expect(await ask({ rho: 50 }, 1)).toEqual([120, []]);
  // Nothing is left: nobody is matched, and both suppress.
  expect(await ask({ rho: 50 }, 2)).toEqual([0, ['ant', 'bee']]);
});

it('a purpose may have fewer kinds and columns than the others', async () => {
  const { querier } = await open(
    policyWith({}, { perPurpose: [{ purpose: 'marketing', kinds: ['aggregate'], columns: ['late'] }] }),
  );
  const ask = async (purpose: string, columns: readonly string[]) =>
    problem(await querier.aggregate(request({ purpose, columns, epsilon: 1 }))());
  expect(await ask(PURPOSE, ['present', 'late'])).toBe('answered');
  expect(await ask('marketing', ['late'])).toBe('answered');
  expect(await ask('marketing', ['present'])).toBe('NotGranted');
  const signal = { scheme: SCHEME, subject: raw(1), columns: ['late'] };
  expect(problem(await querier.signal({ ...signal, purpose: PURPOSE })())).toBe('answered');
  expect(problem(await querier.signal({ ...signal, purpose: 'marketing' })())).toBe('NotGranted');
});

it('a rate limit counts new answers, frees itself by the holder’s clock, and never holds up an answer that was given', async () => {
  let now = Date.now();
  const { querier } = await open(policyWith({ rateLimit: { queriesPerMinute: 2 } }), () => now);
  const ask = async (repeat: number) => problem(await querier.aggregate(request({ epsilon: 1, repeat }))());
  expect([await ask(0), await ask(1), await ask(2), await ask(0)]).toEqual(['answered', 'answered', 'RateExceeded', 'answered']);
  const quote = () => querier.quote({ ...request({}), kind: 'aggregate', epsilon: 1, cohortSize: 60 })();
  expect(unwrap(await quote())).toMatchObject({
    allowed: false,
    holders: [{ quote: { retryAfter: 60, remaining: rational(118) } }, {}],
  });
  // Clocks may differ by 30 seconds, so that the bureau's need not follow.
  now += 20_000;
  expect(await ask(2)).toBe('RateExceeded');
  // Ten at once after the minute: two are answered, and two are paid for.
  now = Date.now();
  const fresh = await open(policyWith({ rateLimit: { queriesPerMinute: 2 } }), () => now);
  const all = await Promise.all(
    Array.from({ length: 10 }, async (_, repeat) => {
      const body = await fresh.querier.aggregate(request({ epsilon: 1, repeat }))();
      return problem(body);
    }),
  );
  expect(all.filter((one) => one === 'answered').length).toBeLessThanOrEqual(2);
  const dry = unwrap(await fresh.holders.get('ant')!.dryRun({ ...question({ epsilon: rational(1) }), bureau: 'bureau' })());
  expect(dry).toMatchObject({
    allowed: false,
    refused: { _tag: 'RateExceeded' },
    totals: { remaining: { epsilon: rational(118) } },
  });
});

describe('a dry run', () => {
  it('says what the query itself meets, in its words, and reads no rows', async () => {
    const read = new Set<string>();
    const store = new Proxy(await memoryStore(), {
      get: (target, key) => {
        read.add(String(key));
        return Reflect.get(target, key) as unknown;
      },
    });
    const policy = policyWith({ match: true, matchAndTotals: 'accepted' });
    const federation = await openFederation({
      tables: { ant: people, bee: people },
      columns: COLUMNS,
      policies: { ant: policy, bee: policy },
      stores: { ant: store },
    });
    unwrap(await federation.querier.sync()());
    const ant = federation.holders.get('ant')!;
    const dry = async (asked: object): Promise<DryRun> => {
      read.clear();
      const run = unwrap(await ant.dryRun({ ...question(), bureau: 'bureau', ...asked } as PolicyQuestion)());
      for (const method of ['table', 'index', 'loaded', 'epochSecrets', 'answered', 'opening', 'auditTable', 'commit'])
        expect(read.has(method)).toBe(false);
      return run;
    };
    for (const asked of [
      { epsilon: 50 },
      { epsilon: 51 },
      { rho: 3 },
      { epsilon: 1, columns: ['late', 'present'] },
      { epsilon: 1, columns: [] },
      { epsilon: 1, columns: ['age'] },
      { epsilon: 1, purpose: 'science' },
      { epsilon: 1, cohort: cohort.slice(0, 19) },
      { rho: 51 },
    ]) {
      const { epsilon = 0, rho, cohort: own = cohort, ...rest } = { columns: ['present'], purpose: PURPOSE, ...asked };
      const price = { epsilon: rational(epsilon), ...(rho === undefined ? {} : { rho: rational(rho) }) };
      const run = await dry({ ...rest, ...price, cohortSize: own.length });
      const real = await federation.querier.aggregate({ ...request(asked), repeat: 9 })();
      if (E.isLeft(real) && real.left._tag === 'UnknownColumn') continue;
      if (E.isLeft(real) && real.left._tag === 'BadPrice') continue;
      expect(run.refused?._tag ?? 'answered').toBe(problem(real));
      if (run.refused) expect(JSON.stringify(real)).toContain(run.refused.message);
      else expect(run.totals?.noise.length).toBe(rest.columns.length);
    }
    expect(await dry({ bureau: 'other-bureau', epsilon: rational(1) })).toMatchObject({
      allowed: false,
      refused: { _tag: 'NotGranted' },
    });
    expect(await dry({ kind: 'signal', cohortSize: 1 })).toMatchObject({
      allowed: true,
      totals: { charge: { signals: 1 }, remaining: { signals: 3 } },
    });
    expect(await dry({ kind: 'match', elements: 10_000 })).toEqual({
      allowed: true,
      match: { charge: 10_000, remaining: 10_000 },
    });
    expect(await dry({ kind: 'match', elements: 10_001 })).toMatchObject({ allowed: false, refused: { _tag: 'QuotaSpent' } });
    expect(E.isRight(await federation.querier.match({ scheme: SCHEME, subjects: cohort })())).toBe(true);
    expect(await dry({ kind: 'match', elements: 1 })).toEqual({ allowed: true, match: { charge: 1, remaining: 9940 } });
    expect(await ant.dryRun({ ...question(), bureau: 'bureau', epoch: 8 })()).toMatchObject({ left: { _tag: 'OutOfStep' } });
  });

  it('and a quote say the same to the byte whatever the rows are', async () => {
    const tables = [people, people.slice(0, 1), people.map(({ id }) => ({ id: id + 500, values: { late: false } }))];
    const said = await Promise.all(
      tables.map(async (ant) => {
        const federation = await openFederation({
          tables: { ant, bee: people },
          columns: COLUMNS,
          policies: { ant: policyWith() },
        });
        unwrap(await federation.querier.sync()());
        const dry = unwrap(
          await federation.holders.get('ant')!.dryRun({ ...question({ rho: rational(1) }), bureau: 'bureau' })(),
        );
        const terms = { ...question({ rho: rational(1) }), epoch: 7, scheme: SCHEME } as QuoteRequest;
        const body = encodeCanonical(QuoteRequest.encode(terms)) as Uint8Array<ArrayBuffer>;
        const quote = await federation.send('ant', '/v1/quote', { method: 'POST', body });
        return { dry, status: quote.status, quote: Buffer.from(await quote.arrayBuffer()).toString('hex') };
      }),
    );
    expect(said[0]?.status).toBe(200);
    for (const one of said) expect(one).toEqual(said[0]);
  });

  it('needs nothing but the documents', async () => {
    const { document, signed, auditorKey } = await openFederation({ tables: { ant: [], bee: [] }, columns: COLUMNS });
    const check = (policy: unknown, more: object = {}) =>
      checkPolicy({ federation: signed(document), policy }, { auditorKey, ...more });
    const fine = unwrap(check(policyWith(), { id: 'ant' }));
    expect(fine.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(fine.notes).toEqual(['"bureau": aggregate.epsilonPerEpoch is above 10: it hardly hides whether a row is there']);
    expect(fine.dryRun({ ...question({ rho: rational(50) }), bureau: 'bureau' })).toMatchObject({
      allowed: true,
      totals: { charge: { rho: rational(50) }, remaining: { rho: rational(100) }, noise: [{ column: 'present' }] },
    });
    const consent = { issuers: ['app', 'nobody'] };
    const odd = unwrap(
      check(
        policyWith(
          { bureau: 'stranger', rateLimit: { batchesPerMinute: 1 } },
          { signal: { consent, queriesPerEpoch: 1 }, reciprocity: { holder: 'cat', maxAgeDays: 1, tiers: [] } },
          { epsilonPerEpoch: 1, rhoPerEpoch: 1 },
        ),
      ),
    );
    expect(odd.notes.length).toBe(6);
    expect(odd.notes.join()).toMatch(/no such bureau.*"nobody".*"cat".*above epsilonPerEpoch.*above rhoPerEpoch.*without match/);
    expect(odd.dryRun({ ...question({ kind: 'signal', cohortSize: 1 }), bureau: 'stranger' }).totals?.consent).toEqual([
      'app',
      'nobody',
    ]);
    expect(check(policyWith(), { id: 'cat' })).toMatchObject({ left: { _tag: 'NotThisHolder' } });
    expect(check({ version: 1 })).toMatchObject({ left: { _tag: 'BadPolicy' } });
    expect(check(policyWith(), { auditorKey: '00'.repeat(32) })).toMatchObject({ left: { _tag: 'FederationNotSigned' } });
  });
});
