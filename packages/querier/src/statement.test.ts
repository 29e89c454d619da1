import { compareStatements, openStatement, signStatement } from '@vouchsafe/audit/statement';
import { createSigner, encodeCanonical, hexToBytes, rational, toNumber } from '@vouchsafe/core';
import { Acknowledgements, ROUTES, readProblem, tagOf } from '@vouchsafe/protocol';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  generous,
  openFederation,
  type Person,
  PURPOSE,
  raw,
  SCHEME,
  type TestFederation,
  unwrap,
} from './federation.test.fixture.ts';
import { type Auditor, createAuditor, type Querier } from './index.ts';

const people = (from: number, to: number): readonly Person[] =>
  Array.from({ length: to - from }, (_, i) => ({ id: from + i, values: { loans: 1, net: 0, late: false, worst: 'none' } }));
const tables = { ant: people(0, 30), bee: people(10, 40) };
const cohort = people(0, 40).map(({ id }) => raw(id));
const aggregate = (querier: Querier, repeat = 0, columns = ['present', 'loans']) =>
  querier.aggregate({ scheme: SCHEME, purpose: PURPOSE, cohort, columns, epsilon: '1/3', repeat })();
const always = { from: 0, to: 2 ** 40 };

const auditorOf = (federation: TestFederation): Auditor =>
  unwrap(
    createAuditor({
      federation: federation.signed(federation.document),
      auditorKey: federation.auditorKey,
      secrets: federation.secretsOf('auditor'),
      fetch: (request) => federation.holders.get(new URL(request.url).hostname.split('.')[0]!)!.fetch(request),
    }),
  );

describe('a statement', () => {
  let federation: TestFederation;
  beforeAll(async () => {
    federation = await openFederation({ tables });
    const { querier } = federation;
    unwrap(await querier.sync()());
    unwrap(await aggregate(querier));
    unwrap(await aggregate(querier, 1, ['present']));
    unwrap(await querier.signal({ scheme: SCHEME, purpose: PURPOSE, subject: raw(15), columns: ['loans'] })());
    unwrap(await querier.match({ scheme: SCHEME, subjects: cohort })());
  });
  const lines = [
    { querier: 'bureau', kind: 'aggregate', purpose: PURPOSE, queries: 2, subjects: 80, columns: 3, charge: rational(2, 3) },
    { querier: 'bureau', kind: 'match', queries: 1, subjects: 40, columns: 0, charge: rational(0) },
    { querier: 'bureau', kind: 'signal', purpose: PURPOSE, queries: 1, subjects: 1, columns: 2, charge: rational(0) },
  ];

  it('is the same from the holder’s log, the bureau’s receipts and the auditor’s check, for each holder', async () => {
    for (const holder of ['ant', 'bee']) {
      const { own, holder: theirs, differences } = unwrap(await federation.querier.statement({ holder, ...always })());
      expect(differences).toEqual([]);
      expect(own).toEqual(theirs);
      expect(own.statement).toMatchObject({ holder, lines, unacknowledged: 0 });
      expect(unwrap(await federation.holders.get(holder)!.statement(always)())).toEqual(own);
      const audited = unwrap(await auditorOf(federation).statement({ holder, ...always })());
      expect(audited.statement).toEqual(own.statement);
      // As a third party reads it from a file.
      const file = JSON.parse(JSON.stringify(audited.signed));
      const keys = [hexToBytes(federation.auditorKey)];
      expect(unwrap(openStatement(file, keys))).toEqual(own.statement);
      file.statement.lines[0].subjects++;
      expect(openStatement(file, keys)).toMatchObject({ left: { _tag: 'StatementNotSigned' } });
    }
  });

  it('counts its period only, and a bureau sees its own lines only', async () => {
    const { own } = unwrap(await federation.querier.statement({ holder: 'ant', from: 0, to: 1 })());
    expect([own.statement.lines, own.entries]).toEqual([[], []]);
    const other = await federation.openQuerier({ id: 'other-bureau' });
    const theirs = unwrap(await other.statement({ holder: 'ant', ...always })());
    expect(theirs.holder.statement).toMatchObject({ lines: [], unacknowledged: 0 });
  });

  it('counts no answer that its querier did not counter-sign, and lists it as a difference', async () => {
    let cut = true;
    const own = await openFederation({ tables });
    const querier = await own.openQuerier({
      fetch: async (request, deliver) => {
        if (cut && new URL(request.url).pathname.endsWith(ROUTES.acknowledgements)) throw new TypeError('cut off');
        return deliver(request);
      },
    });
    unwrap(await querier.sync()());
    unwrap(await aggregate(querier));
    const held = unwrap(await own.holders.get('ant')!.statement(always)());
    expect(held.statement).toMatchObject({ lines: [], unacknowledged: 1 });
    expect(unwrap(await auditorOf(own).statement({ holder: 'ant', ...always })()).statement).toEqual(held.statement);
    const cutOff = unwrap(await querier.statement({ holder: 'ant', ...always })());
    expect(cutOff.differences.slice(0, 2)).toEqual([
      { what: 'entry', index: 2, only: 'querier' },
      { what: 'figure', querier: 'bureau', kind: 'aggregate', purpose: PURPOSE, figure: 'queries', holder: 0, querierSays: 1 },
    ]);
    cut = false;
    expect(unwrap(await querier.statement({ holder: 'ant', ...always })()).differences).toEqual([]);
  });

  it('a counter-signature is its querier’s, under its own entry, or it is refused', async () => {
    const send = async (member: string, index: number) => {
      const body = encodeCanonical(Acknowledgements.encode({ items: [{ index, signature: new Uint8Array(64).fill(7) }] }));
      const init = { member, method: 'POST', body: body as Uint8Array<ArrayBuffer> } as const;
      const response = await federation.send('ant', ROUTES.acknowledgements, init);
      return tagOf(unwrap(readProblem(await response.text())));
    };
    // An answer with a wrong signature, another bureau, an entry about the sealing, none at all.
    for (const [member, index] of [
      ['bureau', 2],
      ['other-bureau', 2],
      ['bureau', 0],
      ['bureau', 9999],
    ] as const)
      expect(['BadAcknowledgement', 'NotInLog']).toContain(await send(member, index));
    expect(await send('auditor', 2)).toBe('NotGranted');
    expect(unwrap(await federation.querier.statement({ holder: 'ant', ...always })()).differences).toEqual([]);
  });

  it('differences name the entries and the figures', () => {
    const statement = { version: 1, federation: 'f', holder: 'h', from: 0, to: 9, lines: [], unacknowledged: 0 } as const;
    const line = {
      querier: 'b',
      kind: 'signal',
      purpose: 'p',
      queries: 3,
      subjects: 3,
      columns: 6,
      charge: rational(0),
    } as const;
    const holder = { statement: { ...statement, lines: [line] }, entries: [1, 2, 3] };
    const querier = {
      statement: { ...statement, lines: [{ ...line, queries: 2, subjects: 2, columns: 4, charge: rational(1, 2) }] },
      entries: [1, 4],
    };
    expect(
      compareStatements({ holder, querier }).map((one) =>
        one.what === 'entry' ? `${one.index} ${one.only}` : one.what === 'figure' ? one.figure : one.what,
      ),
    ).toEqual(['2 holder', '3 holder', '4 querier', 'queries', 'subjects', 'columns', 'charge']);
    expect(compareStatements({ holder, querier: { ...querier, statement: { ...querier.statement, to: 8 } } })).toEqual([
      { what: 'frame' },
    ]);
  });
});

it('give to get: a holder that is shown what the querier’s lender contributed grants the tier that it reached', async () => {
  const policy = structuredClone(generous()) as { queriers: { totals: Record<string, unknown> }[] };
  policy.queriers[0]!.totals['aggregate'] = { epsilonPerQuery: 1, epsilonPerEpoch: 2 };
  policy.queriers[0]!.totals['reciprocity'] = { holder: 'bee', maxAgeDays: 90, tiers: [{ subjects: 40, epsilonPerEpoch: 8 }] };
  const federation = await openFederation({ tables, policies: { ant: policy } });
  const quote = async (querier: Querier): Promise<readonly unknown[]> => {
    const question = {
      kind: 'aggregate',
      scheme: SCHEME,
      purpose: PURPOSE,
      columns: ['present'],
      epsilon: 1,
      cohortSize: 40,
    } as const;
    return unwrap(await querier.quote(question)()).holders.map((one) =>
      'quote' in one ? toNumber(one.quote.remaining) : one.refused._tag,
    );
  };
  // bee has answered another bureau about 40 people: its own statement, by the auditor.
  const other = await openFederation({ tables });
  unwrap(await other.querier.sync()());
  unwrap(await aggregate(other.querier));
  const { statement } = unwrap(
    await auditorOf(other).statement({ holder: 'bee', from: 0, to: Math.floor(Date.now() / 1000) + 1 })(),
  );
  const earned = {
    ...statement,
    to: Math.floor(Date.now() / 1000) - 1,
    lines: statement.lines.map((one) => ({ ...one, querier: 'other-bureau' })),
  };
  const paper = JSON.parse(JSON.stringify(signStatement(earned, createSigner(federation.secretsOf('auditor').signSeed))));
  const ant = unwrap(await federation.openHolder('ant', { statements: [paper] }));
  unwrap(await ant.load()());
  federation.holders.set('ant', ant);
  unwrap(await federation.querier.sync()());
  expect((await quote(federation.querier))[0]).toBe(8);
  paper.statement.lines[0].subjects++;
  expect(await federation.openHolder('ant', { statements: [paper] })).toMatchObject({ left: { _tag: 'StatementNotSigned' } });
});
