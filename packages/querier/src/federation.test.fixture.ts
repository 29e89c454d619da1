import { type Column, createSigner, E, type Either } from '@vouchsafe/core';
import { type MemberSecrets, memberKeys, newMemberSecrets } from '@vouchsafe/core/at-rest';
import {
  type BadSetup,
  createHolder,
  fromIterable,
  type Holder,
  type HolderStore,
  NO_TICK,
  type RawValue,
  type RecordSource,
  type ReleaseTick,
} from '@vouchsafe/holder';
import { type Federation, type SignedFederation, signFederation, signRequest } from '@vouchsafe/protocol';
import { seededRng, syntheticRid } from '@vouchsafe/testkit';
import { createQuerier, type Exchange, type Fetch, type IndexCache, type Querier, type QuerierStore } from './index.ts';

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
  readonly holders: Map<string, Holder>;
  readonly exchanges: Exchange[];
  /** Sends a signed request to a holder as the bureau (or another member) would. */
  readonly send: (
    holder: string,
    path: string,
    init?: {
      readonly member?: string;
      readonly method?: 'GET' | 'POST';
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: Uint8Array<ArrayBuffer>;
      /** What is sent in place of the body that was signed. */
      readonly sent?: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;
    },
  ) => Promise<Response>;
  /** A member's keys, made anew each time: whoever takes them over wipes its own. */
  readonly secretsOf: (id: string) => MemberSecrets;
  /** The auditor's public key, 64 hexadecimal digits. */
  readonly auditorKey: string;
  /** The auditor's signature on any document. */
  readonly signed: (document: Federation) => SignedFederation;
  /** The same holder again, as after a restart; not among `holders` until the test puts it there. */
  readonly openHolder: (
    name: string,
    options?: { readonly store?: HolderStore; readonly document?: Federation; readonly statements?: readonly unknown[] },
  ) => Promise<Either<BadSetup, Holder>>;
  /** Another querier towards the same holders. */
  readonly openQuerier: (options?: {
    readonly fetch?: (request: Request, deliver: Fetch) => Promise<Response>;
    readonly document?: Federation;
    readonly id?: string;
    readonly store?: QuerierStore;
    readonly cache?: IndexCache;
    readonly chunkRows?: number;
  }) => Promise<Querier>;
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
  clocks = {},
  stores = {},
  tick = NO_TICK,
  onError = (error) => {
    throw error;
  },
}: {
  readonly tables: Readonly<Record<string, readonly Person[] | RecordSource>>;
  readonly columns?: readonly Column[];
  readonly policies?: Readonly<Record<string, unknown>>;
  readonly padTo?: number;
  readonly cohortCap?: number;
  readonly clocks?: Readonly<Record<string, () => number>>;
  readonly stores?: Readonly<Record<string, HolderStore>>;
  /** When answers leave; by default at once, since most tests ask more than they measure. */
  readonly tick?: ReleaseTick;
  readonly onError?: (error: unknown) => void;
}): Promise<TestFederation> => {
  const names = Object.keys(tables).sort();
  const secretsOf = (id: string): MemberSecrets => newMemberSecrets(seededRng(id));
  const publicKeys = (id: string) => memberKeys(secretsOf(id));
  const auditor = createSigner(secretsOf('auditor').signSeed);
  const document: Federation = {
    version: 1,
    id: 'test',
    serial: 1,
    schemes: [SCHEME],
    catalogue: { cohortCap, columns },
    members: [
      ...(['auditor', 'bureau', 'other-bureau'] as const).map((id) => ({
        id,
        role: id === 'auditor' ? ('auditor' as const) : ('bureau' as const),
        signKey: publicKeys(id).signKey,
      })),
      ...(['app', 'other-app'] as const).map((id) => ({ id, role: 'issuer' as const, signKey: publicKeys(id).signKey })),
      ...names.map((id) => ({ id, role: 'holder' as const, url: `http://${id}.test/vouchsafe`, ...publicKeys(id) })),
    ],
    epochs: [{ number: 7, roster: names.map((holder) => ({ holder, boxKey: publicKeys(holder).boxKey })) }],
  };
  const auditorKey = publicKeys('auditor').signKey;
  const holders = new Map<string, Holder>();
  const openHolder: TestFederation['openHolder'] = (name, options = {}) =>
    createHolder({
      federation: signFederation(options.document ?? document, auditor),
      auditorKey,
      id: name,
      secrets: secretsOf(name),
      policy: policies[name] ?? generous(columns),
      statements: options.statements,
      source: sourceOf(tables[name]!),
      mayBeEmpty: true,
      padTo,
      tick,
      store: options.store ?? stores[name],
      clock: clocks[name],
      onError,
    })();
  for (const name of names) {
    const holder = unwrap(await openHolder(name));
    unwrap(await holder.load()());
    holders.set(name, holder);
  }
  const deliver: Fetch = (request) => holders.get(new URL(request.url).hostname.split('.')[0]!)!.fetch(request);
  const exchanges: Exchange[] = [];
  const openQuerier: TestFederation['openQuerier'] = async (options = {}) =>
    unwrap(
      await createQuerier({
        federation: signFederation(options.document ?? document, auditor),
        auditorKey,
        id: options.id ?? 'bureau',
        secrets: secretsOf(options.id ?? 'bureau'),
        store: options.store,
        cache: options.cache,
        chunkRows: options.chunkRows,
        fetch: (request) => (options.fetch ? options.fetch(request, deliver) : deliver(request)),
        onExchange: (exchange) => exchanges.push(exchange),
      })(),
    );
  return {
    document,
    querier: await openQuerier(),
    holders,
    exchanges,
    openQuerier,
    secretsOf,
    auditorKey,
    signed: (changed) => signFederation(changed, auditor),
    openHolder,
    send: (holder, path, { member = 'bureau', method = 'GET', headers = {}, body = new Uint8Array(0), sent = body } = {}) => {
      const url = `http://${holder}.test/vouchsafe${path}`;
      const { message } = signRequest({ signer: createSigner(secretsOf(member).signSeed) }, { method, url, body });
      return deliver(
        new Request(url, {
          method,
          headers: { ...headers, ...message },
          ...(method === 'GET' ? {} : { body: sent, duplex: 'half' }),
        } as RequestInit),
      );
    },
  };
};

const sourceOf = (people: readonly Person[] | RecordSource): RecordSource =>
  'open' in people
    ? people
    : fromIterable(() => people.map(({ id, values }, i) => ({ row: i + 1, identifier: raw(id), values })));
