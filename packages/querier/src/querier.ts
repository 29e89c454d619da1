import {
  type Aborted,
  aborted,
  type BadRational,
  createSerially,
  E,
  type Either,
  type Progress,
  parseRational,
  type Rational,
  rational,
  type Signer,
  type StoreFault,
  type TaskEither,
  type Watch,
  withStore,
} from '@vouchsafe/core';
import type { MemberSecrets } from '@vouchsafe/core/at-rest';
import { createGroup, type Group } from '@vouchsafe/group';
import type { RawIdentifier } from '@vouchsafe/identity';
import { type BadSuccession, type Federation, federationKeys, memberOf, openFederation, signerOf } from '@vouchsafe/protocol';
import { createAcknowledger } from './acknowledging.ts';
import { ask, type Totals } from './ask.ts';
import { type IndexCache, memoryCache } from './cache/index.ts';
import type { CannotOpen } from './cannot-open.ts';
import { createContext } from './context.ts';
import { createEdition, type Edition, epochForMatch, epochForTotals } from './edition.ts';
import type { AskError } from './errors.ts';
import { type BinsQuestion, type FitBinsError, type FittedBins, fitBins } from './fit-bins.ts';
import type { Link } from './link.ts';
import { createLogFollower } from './log-follower.ts';
import { type MatchError, type MatchResult, matchSubjects } from './match.ts';
import { type OpenQueryError, openQuery } from './open-query.ts';
import { type QuoteError, type Quotes, quoteQuery } from './quote.ts';
import { type ConsentQuestion, type ConsentRequestError, requestConsent } from './request-consent.ts';
import { type Score, type ScoreError, type ScoreQuestion, scoreSubject } from './score.ts';
import { type ComparedStatement, compareWithHolder, type StatementError, type StatementQuestion } from './statement.ts';
import { memoryStore, type QuerierStore } from './store/index.ts';
import { type SyncError, type SyncReport, syncHolders } from './sync.ts';
import type { Exchange, Fetch, Transport } from './transport.ts';

/** What a bureau sets up its querier with. */
export interface QuerierOptions {
  /** The federation file, parsed; checked here. */
  readonly federation: unknown;
  /** The auditor's Ed25519 public key, 64 hexadecimal digits, which this bureau was given on another way than the file. */
  readonly auditorKey: string;
  /** This bureau's name in it. */
  readonly id: string;
  /** This bureau's secrets, e.g. of a key file. Taken over: they are wiped when the querier closes. */
  readonly secrets: MemberSecrets;
  /** In memory by default: then the epoch's tables end with the process. `@vouchsafe/store-lmdb` keeps them. */
  readonly store?: QuerierStore | undefined;
  /** Where files of tag indexes are kept; in memory by default, so that they are fetched again after a restart. `folderCache` keeps them. */
  readonly cache?: IndexCache | undefined;
  readonly group?: Group | undefined;
  /** `fetch` by default. */
  readonly fetch?: Fetch | undefined;
  /** Rows in a message while sealing, at most 1,024; by default as many as make half a MiB. Fewer for less memory. */
  readonly chunkRows?: number | undefined;
  /** After how many milliseconds without an answer a holder counts as down; 120,000 by default. */
  readonly timeoutMs?: number | undefined;
  /** Milliseconds since 1970; the system's clock by default. */
  readonly clock?: (() => number) | undefined;
  /** How long the end of an epoch leaves what an audit of it needs, in days; 400 by default. */
  readonly auditDays?: number | undefined;
  /** Told of the bytes and the clock's skew of each exchange. */
  readonly onExchange?: ((exchange: Exchange) => void) | undefined;
}

/** A number, decimal text or fraction, read exactly: 0.1 is one tenth. */
export type Epsilon = number | string | Rational;

export interface MatchRequest extends Watch {
  readonly scheme: string;
  /** Any number of people; batches are made here. */
  readonly subjects: readonly RawIdentifier[];
}

export interface AggregateRequest extends Watch {
  readonly scheme: string;
  /** One of the purposes that the holders' policies grant. */
  readonly purpose: string;
  /** The people whose totals are wanted, each counted once. */
  readonly cohort: readonly RawIdentifier[];
  /** Names of the catalogue's columns, and `present` for the number of relationships. */
  readonly columns: readonly string[];
  /** Privacy price of the whole query at each holder, in ε (discrete Laplace noise) or in ρ (discrete Gaussian noise): one of the two. */
  readonly epsilon?: Epsilon | undefined;
  readonly rho?: Epsilon | undefined;
  /** 0, and one more for each repetition that shall have fresh noise, paid for again. */
  readonly repeat?: number | undefined;
}

export interface SignalRequest extends Watch {
  readonly scheme: string;
  readonly purpose: string;
  readonly subject: RawIdentifier;
  readonly columns: readonly string[];
  /** An issuer's receipt that the person agrees. */
  readonly consent?: Uint8Array | undefined;
}

export interface FitBinsRequest extends BinsQuestion<Epsilon>, Watch {}

export interface ScoreRequest extends ScoreQuestion, Watch {}

export interface QuoteQuestion extends Watch {
  readonly kind: 'aggregate' | 'signal';
  readonly scheme: string;
  readonly purpose: string;
  readonly columns: readonly string[];
  /** As for `aggregate`; 0 or neither for `signal`. */
  readonly epsilon?: Epsilon | undefined;
  readonly rho?: Epsilon | undefined;
  readonly cohortSize: number;
}

/** The bureau's side. Every call is lazy (a `TaskEither`), tells its progress, can be aborted, and gives its errors as values. */
export interface Querier {
  /**
   * Brings this bureau up to date with every holder: fetches and verifies tag indexes, seals the tables of this epoch. What is in place is not done again; what was
   * interrupted goes on. Progress counts rows (task `seal <holder>`) and bytes (task `index <holder>`). With `seal: false` only what is sealed already is taken up, e.g. after a restart, which takes
   * moments where sealing takes hours.
   */
  readonly sync: (
    request?: Watch & { readonly schemes?: readonly string[] | undefined; readonly seal?: boolean | undefined },
  ) => TaskEither<SyncError, SyncReport>;
  /** Which holders know which of these people. A holder learns how many were asked, and nothing else. */
  readonly match: (request: MatchRequest) => TaskEither<MatchError, MatchResult>;
  /** Noisy totals of columns over a cohort, over all holders together. A holder learns the cohort's size and how many it knows, never who. */
  readonly aggregate: (request: AggregateRequest) => TaskEither<AskError, Totals>;
  /** Exact totals of one person over all holders, not who contributed what. A holder learns that one unknown person was asked about. */
  readonly signal: (request: SignalRequest) => TaskEither<AskError, Totals>;
  /** Makes a request for one person's consent to a `signal`; it goes to the issuer, whose receipt comes back and is handed to `signal`. */
  readonly requestConsent: (question: ConsentQuestion & Watch) => TaskEither<ConsentRequestError | Aborted, Uint8Array>;
  /** Shows the auditor who a logged query was about: the auditor's request in, what convinces the auditor and nobody else out. It holds identifiers: send it encrypted. */
  readonly open: (request: Uint8Array) => TaskEither<OpenQueryError | Aborted, Uint8Array>;
  /** What a holder contributed to this bureau in a period: from this bureau's receipts, from the holder's log, and where they differ. */
  readonly statement: (question: StatementQuestion & Watch) => TaskEither<StatementError | Aborted, ComparedStatement>;
  /**
   * Bin tables (WOE, IV, per relationship) of a sample whose outcome this bureau knows, from two aggregates, over the goods and over the bads. Neither side learns more
   * than from these.
   */
  readonly fitBins: (request: FitBinsRequest) => TaskEither<FitBinsError, FittedBins>;
  /** A score with its reasons from one `signal`, or that there is none and why: somebody whom no holder knows has no score, never a low one. */
  readonly score: (request: ScoreRequest) => TaskEither<ScoreError, Score>;
  /** What a query would cost at each holder, and whether it would be answered. Costs nothing. */
  readonly quote: (request: QuoteQuestion) => TaskEither<QuoteError, Quotes>;
  /**
   * Takes a newer federation file into use without a stop: calls that are going on end as they began. `sync` then seals its new epoch while the old one answers; with
   * the last table of it the new epoch takes over. Epochs that are not in the file any more are over, and their keys are wiped.
   */
  readonly adopt: (federation: unknown) => TaskEither<CannotOpen, void>;
  /** Wipes secrets in memory. */
  readonly close: () => Promise<void>;
}

const SECONDS_A_DAY = 86_400;

/** Opens the bureau's side of a federation, or says what is wrong with the document, the keys or the store. */
export const createQuerier =
  (options: QuerierOptions): TaskEither<CannotOpen, Querier> =>
  async () => {
    const checked = checkDocument(options, options.federation);
    if (E.isLeft(checked)) return checked;
    let { federation } = checked.right;
    const store = options.store ?? (await memoryStore());
    const clock = options.clock ?? Date.now;
    const transport: Transport = {
      fetch: options.fetch ?? ((request) => fetch(request)),
      signer: checked.right.signer,
      keysOf: (tag) => federationKeys(federation, clock)(tag),
      clock,
      timeoutMs: options.timeoutMs ?? 120_000,
      onExchange: options.onExchange,
    };
    const group = options.group ?? createGroup();
    const cache = options.cache ?? memoryCache();
    const logs = createLogFollower({ federation: () => federation, store, transport });
    const acknowledger = createAcknowledger({ federation: federation.id, store, transport });
    const links = new Map<number, Map<string, Link>>();
    let edition: Edition | undefined;

    /** Takes a checked document into use in place of the one before, and clears away what is over with it. */
    const use = async (next: Federation): Promise<Either<BadSuccession, void>> => {
      const adopted = await store.adopt(next);
      if (E.isLeft(adopted)) return adopted;
      const before = edition;
      federation = next;
      edition = createEdition(
        next.epochs.map((epoch) => {
          const own = links.get(epoch.number) ?? new Map<string, Link>();
          links.set(epoch.number, own);
          const { id, chunkRows } = options;
          return createContext({
            id,
            federation: next,
            epoch,
            links: own,
            store,
            cache,
            group,
            chunkRows,
            transport,
            logs,
            acknowledger,
          });
        }),
      );
      await before?.inFlight.settled();
      const live = next.epochs.map(({ number }) => number);
      for (const epoch of [...links.keys()].filter((number) => !live.includes(number))) forget(epoch);
      const auditWindow = (options.auditDays ?? 400) * SECONDS_A_DAY;
      await store.retire({ live, now: Math.floor(clock() / 1000), auditWindow });
      return E.right(undefined);
    };

    /** Wipes the keys of an epoch in memory. */
    const forget = (epoch: number): void => {
      for (const { sealed } of links.get(epoch)?.values() ?? [])
        for (const secret of sealed ? [sealed.keys.joinScalar, sealed.keys.slotSecrets] : []) secret.wipe();
      links.delete(epoch);
    };

    /** One call: under the document that is in use when it begins, and stoppable. */
    const call =
      <L, A>(
        watch: Watch,
        work: (edition: Edition, watch: Watch) => Promise<Either<L, A>>,
      ): TaskEither<L | Aborted | StoreFault, A> =>
      async () => {
        const own = edition!;
        return own.inFlight.run(stoppable(watch, (inner) => work(own, inner)));
      };

    const first = await withStore(() => use(federation));
    if (E.isLeft(first)) return first;
    const serially = createSerially();
    return E.right({
      sync: (request = {}) =>
        call(request, ({ epochs }, watch) => {
          const { schemes = federation.schemes, seal = true } = request;
          return syncHolders(epochs, { schemes, sealing: seal, watch });
        }),
      match: (request) => call(request, (own, watch) => matchSubjects(epochForMatch(own, request.scheme), request, watch)),
      aggregate: ({ cohort, repeat = 0, ...request }) =>
        withPrice(request, (price) =>
          call(request, (own, watch) =>
            ask(
              epochForTotals(own, request.scheme),
              { ...request, ...price, kind: 'aggregate', subjects: cohort, repeat },
              watch,
            ),
          ),
        ),
      signal: ({ subject, ...request }) =>
        call(request, (own, watch) =>
          ask(
            epochForTotals(own, request.scheme),
            { ...request, kind: 'signal', subjects: [subject], epsilon: rational(0), repeat: 0 },
            watch,
          ),
        ),
      requestConsent: (question) =>
        call(question, (own, watch) => requestConsent(epochForTotals(own, question.scheme), question, watch)),
      statement: (question) => call(question, ({ epochs }, watch) => compareWithHolder(epochs.at(-1)!, question, watch)),
      open: (request) => call({}, ({ epochs }) => openQuery(epochs.at(-1)!, request)),
      fitBins: ({ epsilon, ...request }) =>
        withEpsilon(epsilon, (exact) =>
          call(request, (own, watch) => fitBins(epochForTotals(own, request.scheme), { ...request, epsilon: exact }, watch)),
        ),
      score: (request) => call(request, (own, watch) => scoreSubject(epochForTotals(own, request.scheme), request, watch)),
      quote: (request) =>
        withPrice(request, (price) =>
          call(request, (own, watch) => quoteQuery(epochForTotals(own, request.scheme), { ...request, ...price }, watch)),
        ),
      adopt: (document) => () =>
        serially(async () => {
          const next = checkDocument(options, document);
          return E.isLeft(next) ? next : withStore(() => use(next.right.federation));
        }),
      close: async () => {
        await acknowledger.stop();
        for (const epoch of [...links.keys()]) forget(epoch);
        options.secrets.signSeed.wipe();
        options.secrets.boxSecret.wipe();
        await store.close();
      },
    });
  };

/** The document, and that its bureau of this name has the keys that are here. */
const checkDocument = (
  { auditorKey, id, secrets }: QuerierOptions,
  document: unknown,
): Either<CannotOpen, { readonly federation: Federation; readonly signer: Signer }> => {
  const federation = openFederation(document, auditorKey);
  if (E.isLeft(federation)) return federation;
  const member = memberOf(federation.right, id, 'bureau');
  if (!member) return E.left({ _tag: 'NotAMember', message: `the federation document has no bureau "${id.slice(0, 40)}"` });
  const signer = signerOf(secrets, member);
  return E.isLeft(signer) ? signer : E.right({ federation: federation.right, signer: signer.right });
};

const withEpsilon = <L, A>(epsilon: Epsilon, then: (exact: Rational) => TaskEither<L, A>): TaskEither<L | BadRational, A> => {
  if (typeof epsilon === 'object') return then(epsilon);
  const exact = parseRational(epsilon);
  return E.isLeft(exact) ? async () => exact : then(exact.right);
};

/** A price that names neither is ε = 0: right for `signal`, and refused elsewhere. */
const withPrice = <L, A>(
  { epsilon = 0, rho }: { readonly epsilon?: Epsilon | undefined; readonly rho?: Epsilon | undefined },
  then: (price: { readonly epsilon: Rational; readonly rho: Rational | undefined }) => TaskEither<L, A>,
): TaskEither<L | BadRational, A> =>
  withEpsilon(epsilon, (exact) =>
    rho === undefined ? then({ epsilon: exact, rho }) : withEpsilon(rho, (inRho) => then({ epsilon: exact, rho: inRho })),
  );

/** The one place where the caller's abort and failures of the store, which reject promises inside, become values. */
const stoppable =
  <L, A>(
    { onProgress, signal }: Watch,
    work: (watch: {
      readonly onProgress?: (progress: Progress) => void;
      readonly signal?: AbortSignal | undefined;
    }) => Promise<Either<L, A>>,
  ): TaskEither<L | Aborted | StoreFault, A> =>
  async () => {
    try {
      return await withStore(() => work({ signal, ...(onProgress ? { onProgress } : {}) }));
    } catch (error) {
      if (signal?.aborted) return E.left(aborted);
      throw error;
    }
  };
