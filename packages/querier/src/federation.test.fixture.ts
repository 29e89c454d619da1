import { bytesToHex, type Column, E, type Either } from '@vouchsafe/core';
import { createHolder, fromIterable, type Holder, type RawValue, type RecordSource } from '@vouchsafe/holder';
import { type Federation, sendMemberHeader, trustMemberHeader } from '@vouchsafe/protocol';
import { seededRng, syntheticRid } from '@vouchsafe/testkit';
import nacl from 'tweetnacl';
import { createQuerier, type Exchange, type Fetch, type Querier } from './index.ts';

/** A person of a test: who, and the values of the test's columns. */
export interface Person {
  readonly id: number;
  readonly values: Readonly<Record<string, RawValue>>;
}

/** A small catalogue with one column of each kind. */
export const COLUMNS: readonly Column[] = [
  { kind: 'count', name: 'loans', max: 20 },
  { kind: 'amount', name: 'net', unit: 10, max: 2000, offset: 1000, squares: { unit: 4, max: 1_000_000 } },
  { kind: 'flag', name: 'late' },
  { kind: 'bucket', name: 'worst', buckets: ['none', '0', '1+'] },
];

export const SCHEME = 'cn-rid';
export const PURPOSE = 'test';
export const raw = (id: number): { readonly national_id: string } => ({ national_id: syntheticRid(id) });

/** Everything granted, with room. */
export const generous = (columns: readonly Column[] = COLUMNS): unknown => ({
  version: 1,
  minimumCohort: 20,
  queriers: [
    {
      bureau: 'bureau',
      match: true,
      totals: {
        purposes: [PURPOSE],
        columns: ['present', ...columns.map(({ name }) => name)],
        aggregate: { epsilonPerQuery: 1e12, epsilonPerEpoch: 1e13 },
        signal: { consent: 'notRequired', queriesPerEpoch: 1000 },
      },
      matchAndTotals: 'accepted',
    },
  ],
});

/** A federation in one process: real holders and a real querier, requests handed over instead of sent. */
export interface TestFederation {
  readonly document: Federation;
  readonly querier: Querier;
  readonly holders: ReadonlyMap<string, Holder>;
  readonly exchanges: Exchange[];
  /** Sends a request to a holder as the bureau (or another member) would. */
  readonly send: (holder: string, path: string, init?: RequestInit & { readonly member?: string }) => Promise<Response>;
  /** Another querier towards the same holders. */
  readonly openQuerier: (options?: {
    readonly fetch?: (request: Request, deliver: Fetch) => Promise<Response>;
    readonly document?: unknown;
  }) => Querier;
}

export const unwrap = <A>(result: Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(result)) throw new Error(result.left.message);
  return result.right;
};

/** @param tables each holder's people, or any source */
export const openFederation = async ({
  tables,
  columns = COLUMNS,
  policies = {},
  padTo = 8,
  cohortCap = 1000,
}: {
  readonly tables: Readonly<Record<string, readonly Person[] | RecordSource>>;
  readonly columns?: readonly Column[];
  readonly policies?: Readonly<Record<string, unknown>>;
  readonly padTo?: number;
  readonly cohortCap?: number;
}): Promise<TestFederation> => {
  const names = Object.keys(tables).sort();
  const keys = new Map(names.map((name) => [name, nacl.box.keyPair.fromSecretKey(seededRng(name)(32))]));
  const document: Federation = {
    version: 1,
    id: 'test',
    epoch: 7,
    schemes: [SCHEME],
    catalogue: { cohortCap, columns },
    members: [
      { id: 'bureau', role: 'bureau' },
      { id: 'other-bureau', role: 'bureau' },
      ...names.map((id) => ({
        id,
        role: 'holder' as const,
        url: `http://${id}.test/vouchsafe`,
        boxKey: bytesToHex(keys.get(id)!.publicKey),
      })),
    ],
    roster: names,
  };
  const holders = new Map<string, Holder>();
  for (const name of names) {
    const people = tables[name]!;
    const holder = unwrap(
      createHolder({
        federation: document,
        id: name,
        boxSecret: keys.get(name)!.secretKey,
        policy: policies[name] ?? generous(columns),
        source:
          'open' in people
            ? people
            : fromIterable(() => people.map(({ id, values }, i) => ({ row: i + 1, identifier: raw(id), values }))),
        authenticate: trustMemberHeader,
        padTo,
        onError: (error) => {
          throw error;
        },
      }),
    );
    unwrap(await holder.load()());
    holders.set(name, holder);
  }
  const deliver: Fetch = (request) => holders.get(new URL(request.url).hostname.split('.')[0]!)!.fetch(request);
  const exchanges: Exchange[] = [];
  const openQuerier: TestFederation['openQuerier'] = (options = {}) =>
    unwrap(
      createQuerier({
        federation: options.document ?? document,
        id: 'bureau',
        identify: sendMemberHeader('bureau'),
        fetch: (request) => (options.fetch ? options.fetch(request, deliver) : deliver(request)),
        onExchange: (exchange) => exchanges.push(exchange),
      }),
    );
  return {
    document,
    querier: openQuerier(),
    holders,
    exchanges,
    openQuerier,
    send: (holder, path, { member = 'bureau', ...init } = {}) =>
      deliver(new Request(`http://${holder}.test/vouchsafe${path}`, { ...init, headers: { 'vouchsafe-member': member } })),
  };
};
