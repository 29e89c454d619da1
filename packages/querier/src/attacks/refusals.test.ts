import { decodeCanonical, decodeShape, encodeCanonical, rational } from '@vouchsafe/core';
import { LogEntries, QuoteRequest } from '@vouchsafe/protocol';
import { describe, expect, it } from 'vitest';
import { PURPOSE, SCHEME, unwrap } from '../federation.test.fixture.ts';
import {
  type Asked,
  type Attacker,
  aggregate,
  elementsOf,
  granted,
  openAttacker,
  person,
  type Reply,
  range,
} from './attacker.test.fixture.ts';

/** S: known, to both holders. Then the target is 100, whom ant knows, or 200, whom nobody knows. */
const known = range(0, 30);
const [INSIDE, OUTSIDE] = [100, 200];

/** What a refusal tells: all of it. */
const told = (reply: Reply): unknown => ('text' in reply ? [reply.status, reply.problem, reply.text] : [reply.status]);

/** Bodies of the queries about S ∪ {x}, as an honest querier makes them. */
const bodies = async ({ querier, asked }: Attacker): Promise<{ readonly inside: Asked; readonly outside: Asked }> => {
  const body = async (x: number): Promise<Asked> => {
    await aggregate(querier, { cohort: [...known, x], epsilon: 0.25 });
    return asked();
  };
  return { inside: await body(INSIDE), outside: await body(OUTSIDE) };
};

describe('the refusal oracle', async () => {
  const attacker = await openAttacker({
    tables: {
      ant: [...known, INSIDE].map((id) => person(id)),
      bee: known.map((id) => person(id)),
    },
    policy: granted({ epsilonPerQuery: 1, epsilonPerEpoch: 2 }),
  });
  const { inside, outside } = await bodies(attacker);

  /** Changes that make a holder refuse, each for another reason. */
  const changes: Readonly<Record<string, readonly [string, (query: Asked) => Asked]>> = {
    'a purpose that is not granted': ['NotGranted', (q) => ({ ...q, envelope: { ...q.envelope, purpose: 'marketing' } })],
    'a column that is not there': ['NotGranted', (q) => ({ ...q, envelope: { ...q.envelope, columns: ['income'] } })],
    'a column twice': ['NotGranted', (q) => ({ ...q, envelope: { ...q.envelope, columns: ['late', 'late'] } })],
    'no column': ['NotGranted', (q) => ({ ...q, envelope: { ...q.envelope, columns: [] } })],
    'a signal': ['NotGranted', (q) => ({ ...q, envelope: { ...q.envelope, kind: 'signal', epsilon: rational(0) } })],
    'too large an epsilon': ['NotGranted', (q) => ({ ...q, envelope: { ...q.envelope, epsilon: rational(3, 2) } })],
    'no epsilon': ['BadPrice', (q) => ({ ...q, envelope: { ...q.envelope, epsilon: rational(0), repeat: 1 } })],
    'another epoch': ['OutOfStep', (q) => ({ ...q, envelope: { ...q.envelope, epoch: 8 } })],
    'another scheme': ['UnknownScheme', (q) => ({ ...q, envelope: { ...q.envelope, scheme: 'e164' } })],
    'another bureau': ['OutOfStep', (q) => ({ ...q, envelope: { ...q.envelope, bureau: 'other-bureau' } })],
    'another join key': ['OutOfStep', (q) => ({ ...q, envelope: { ...q.envelope, joinKey: new Uint8Array(32).fill(1) } })],
    'another table': [
      'OutOfStep',
      (q) => ({
        ...q,
        envelope: { ...q.envelope, roster: q.envelope.roster.map((entry) => ({ ...entry, root: new Uint8Array(32) })) },
      }),
    ],
    'a cohort below the minimum': ['CohortTooSmall', (q) => ({ ...q, rows: q.rows.subarray(0, 19 * 32) })],
  };

  it.each(Object.keys(changes))('%s: the same words, whether the holder knows the person or not', async (what) => {
    for (const holder of ['ant', 'bee']) {
      const [problem, change] = changes[what]!;
      const [a, b] = [await attacker.send(holder, change(inside)), await attacker.send(holder, change(outside))];
      expect(a).toMatchObject({ problem });
      expect(told(a)).toEqual(told(b));
    }
  });

  it('one subject alone: refused for its size, whoever it is', async () => {
    // Those in which the two cohorts differ: the target alone.
    const common = new Set(elementsOf(inside.rows).map((u) => Buffer.from(u).toString('hex')));
    const elsewhere = new Set(elementsOf(outside.rows).map((u) => Buffer.from(u).toString('hex')));
    const alone = (query: Asked, others: ReadonlySet<string>): Asked => {
      const rows = elementsOf(query.rows).filter((u) => !others.has(Buffer.from(u).toString('hex')));
      expect(rows.length).toBe(1);
      return { ...query, rows: rows[0]! };
    };
    const [a, b] = [await attacker.send('ant', alone(inside, elsewhere)), await attacker.send('ant', alone(outside, common))];
    expect(a).toMatchObject({ problem: 'CohortTooSmall' });
    expect(told(a)).toEqual(told(b));
  });

  it('a quote is made from the size and the terms: it has no place for a subject, and repeats to the byte', async () => {
    const request: QuoteRequest = {
      epoch: 7,
      scheme: SCHEME,
      kind: 'aggregate',
      purpose: PURPOSE,
      columns: ['present'],
      epsilon: rational(1, 4),
      cohortSize: 31,
    };
    const quote = () => attacker.post('ant', '/v1/quote', encodeCanonical(QuoteRequest.encode(request)));
    const [a, b] = [await quote(), await quote()];
    expect(a.status).toBe(200);
    expect(a).toEqual(b);
    // A quote about somebody is no quote.
    const named = encodeCanonical({ ...(QuoteRequest.encode(request) as object), subject: inside.rows.subarray(0, 32) });
    expect(await attacker.post('ant', '/v1/quote', named)).toMatchObject({ status: 400 });
  });

  it('the entries in the log are alike but for hashes: no count, and the same length', async () => {
    const response = await attacker.federation.send('ant', '/v1/log/entries?from=0&count=100', { member: 'auditor' });
    const body = unwrap(decodeCanonical(new Uint8Array(await response.arrayBuffer())));
    const entries = unwrap(decodeShape(LogEntries, body)).entries;
    const queries = entries
      .map((bytes) => ({ bytes, leaf: unwrap(decodeCanonical(bytes)) as Readonly<Record<string, unknown>> }))
      .filter(({ leaf }) => leaf['leaf'] === 'query');
    expect(queries.length).toBe(2);
    const [a, b] = queries;
    expect(a!.bytes.length).toBe(b!.bytes.length);
    const plain = ({ leaf }: typeof a & object): unknown =>
      Object.entries(leaf).map(([key, value]) => [
        key,
        value instanceof Uint8Array ? value.length : key === 'time' ? 'time' : value,
      ]);
    expect(plain(a!)).toEqual(plain(b!));
    expect(a!.leaf['matched']).toBeInstanceOf(Uint8Array);
    expect((a!.leaf['matched'] as Uint8Array).length).toBe(32);
  });

  // The last: it uses the budget up.
  it('a budget that is used up refuses both alike, and refused queries cost nothing', async () => {
    const repeated = (query: Asked, repeat: number): Asked => ({
      ...query,
      envelope: { ...query.envelope, epsilon: rational(1), repeat },
    });
    // Two quarters are spent, and one whole now; a half is left.
    expect(await attacker.send('ant', repeated(inside, 1))).toMatchObject({ status: 200 });
    const [a, b] = [await attacker.send('ant', repeated(inside, 2)), await attacker.send('ant', repeated(outside, 2))];
    expect(a).toMatchObject({ status: 429, problem: 'BudgetSpent' });
    expect(told(a)).toEqual(told(b));
    // What was answered before stays answered, for both.
    for (const query of [inside, outside]) expect(await attacker.send('ant', query)).toMatchObject({ status: 200 });
  });
});
