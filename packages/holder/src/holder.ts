import { setTimeout } from 'node:timers/promises';
import type { Period, StatementReport } from '@vouchsafe/audit/statement';
import {
  type Aborted,
  createSerially,
  E,
  type Either,
  type Secret,
  type StoreFault,
  type TaskEither,
  type Watch,
  withStore,
} from '@vouchsafe/core';
import type { MemberSecrets } from '@vouchsafe/core/at-rest';
import { createGroup, type Group } from '@vouchsafe/group';
import type { Country } from '@vouchsafe/identity';
import type { BadSuccession } from '@vouchsafe/protocol';
import { BULK_LIMITS, type BulkLimits, createBulkSessions } from './bulk-sessions.ts';
import { type BadDocuments, type CheckedDocuments, checkDocuments, type Documents, logOf } from './documents.ts';
import { type DryRun, dryRun, type PolicyQuestion } from './dry-run.ts';
import { type Edition, type Lasting, openEdition } from './edition.ts';
import type { OutOfStep } from './errors.ts';
import { type HolderStatus, readEpochStatus } from './holder-status.ts';
import type { RecordSource } from './ingest/index.ts';
import { type LoadError, type LoadReport, load } from './load.ts';
import { createNoiseStock } from './noise-stock.ts';
import { createObservers, type Observer } from './observing.ts';
import { createHolderLog, type HolderLog } from './own-log.ts';
import { createRelease, DEFAULT_TICK, type LateAnswer, type ReleaseTick } from './release-tick.ts';
import { statementOf } from './statement.ts';
import { type CannotReadLog, type HolderStore, type LogFault, memoryStore } from './store/index.ts';

/** What a lender sets up its holder with. */
export interface HolderOptions {
  /** The federation file, parsed; checked here. */
  readonly federation: unknown;
  /** The auditor's Ed25519 public key, 64 hexadecimal digits, which this lender was given on another way than the file. */
  readonly auditorKey: string;
  /** This holder's name in the federation. */
  readonly id: string;
  /** This holder's secrets, e.g. of a key file. Taken over: they are wiped when the holder closes. */
  readonly secrets: MemberSecrets;
  /** X25519 secrets of before a change of keys, as long as the roster of a live epoch names their public keys. Taken over, too. */
  readonly formerBoxSecrets?: readonly Secret[] | undefined;
  /** What is answered, to whom; checked here. */
  readonly policy: unknown;
  /** Statements that the auditor signed, parsed: with them queriers reach the tiers of the policy that depend on what their lender contributed. */
  readonly statements?: readonly unknown[] | undefined;
  /** The records. Read by `load`, and for the auditor's samples. */
  readonly source: RecordSource;
  /** The country of phone numbers in national form. */
  readonly defaultCountry?: Country | undefined;
  /** Is a table without anybody meant? Else records in which nobody is are a fault: an epoch's records are read once, and an empty file would stand for them until the next. */
  readonly mayBeEmpty?: boolean | undefined;
  /** In memory by default: budgets, keys and the log then end with the process. `@vouchsafe/store-lmdb` keeps them. */
  readonly store?: HolderStore | undefined;
  readonly group?: Group | undefined;
  /** Sealed tables and tag indexes are padded to a multiple of this many rows, so that growth does not show; 1,000 by default. */
  readonly padTo?: number | undefined;
  /** How much of this process bulk matches may take up: 4 at once, 2 of one querier, 1 GiB by default. */
  readonly bulk?: Partial<BulkLimits> | undefined;
  /** Milliseconds since 1970; the system's clock by default. */
  readonly clock?: (() => number) | undefined;
  /** How long the end of an epoch leaves what an audit of it needs, in days; 400 by default. */
  readonly auditDays?: number | undefined;
  /** When answers to queries are released, see {@link ReleaseTick}; {@link DEFAULT_TICK} by default. */
  readonly tick?: ReleaseTick | undefined;
  /** Told of each answer that missed its tick: its time may then tell something. By default the first one goes to the process's warnings. */
  readonly onLate?: ((answer: LateAnswer) => void) | undefined;
  /** Told of errors that are bugs. By default they go to the process's warnings, by name only: a message could hold data. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** A lender's side of a federation. */
export interface Holder {
  /** Answers the federation's requests: mounts in any web-standard server. Never rejects. */
  readonly fetch: (request: Request) => Promise<Response>;
  /** Reads the records for the newest epoch and gets ready to answer in it; until then requests about it get 503. Progress counts records, then evaluated tags. */
  readonly load: (watch?: Watch) => TaskEither<LoadError, LoadReport>;
  /**
   * Takes a newer federation file, or policy, into use without a stop: requests that are going on end as they began. Epochs that are not in it any more are over: their tables,
   * indexes and value seeds are wiped. What is new in it has to be loaded.
   */
  readonly adopt: (documents: Pick<Documents, 'federation'> & Partial<Documents>) => TaskEither<BadAdoption, void>;
  /** This holder's log: for its operator. */
  readonly log: HolderLog;
  /** What this holder contributed in a period: answers that their querier counter-signed. */
  readonly statement: (period: Period) => TaskEither<CannotReadLog | StoreFault, StatementReport>;
  /** Would this be answered now, and what would it cost? Reads what the querier has used up, and no rows; whether the records are loaded and sealed it does not say. */
  readonly dryRun: (
    question: PolicyQuestion & { readonly epoch?: number | undefined },
  ) => TaskEither<OutOfStep | StoreFault, DryRun>;
  /** Documents in use, what is loaded and sealed, budgets that are left: for an operator. */
  readonly status: () => TaskEither<StoreFault, HolderStatus>;
  /** Tells of each answer from now on: for metrics and logs. @returns what ends it */
  readonly observe: (observer: Observer) => () => void;
  /** Takes no requests any more (503), gives those that are going on a moment, then wipes secrets in memory and closes the store. */
  readonly close: () => Promise<void>;
}

/** Why documents are not taken into use. */
export type BadAdoption = BadDocuments | BadSuccession | StoreFault;
/** Why a holder cannot be made: its documents do not hold, its store fails, the log in it is damaged or was rolled back, or the caller stopped. */
export type BadSetup = BadAdoption | LogFault | Aborted;

const SECONDS_A_DAY = 86_400;
/** Milliseconds that what is going on gets when the holder closes. */
const LAST_MS = 5000;

/** Sets a holder up, or says what is wrong with the documents, keys or store. Reads no records and opens no port. */
export const createHolder =
  (options: HolderOptions): TaskEither<BadSetup, Holder> =>
  async () => {
    const checked = checkDocuments(options, options);
    if (E.isLeft(checked)) return checked;
    const store = options.store ?? (await memoryStore());
    const onError = options.onError ?? warn;
    const observers = createObservers(onError);
    const lasting: Lasting = {
      id: options.id,
      store,
      group: options.group ?? createGroup(),
      padTo: options.padTo ?? 1000,
      clock: options.clock ?? Date.now,
      records: { source: options.source, defaultCountry: options.defaultCountry },
      bulk: createBulkSessions({ ...BULK_LIMITS, ...options.bulk }),
      noise: createNoiseStock(),
      release: createRelease(options.tick ?? DEFAULT_TICK, options.onLate ?? warnOnce()),
      sealings: new Map(),
      onError,
      observers,
    };
    let documents: Documents = options;
    let edition: Edition | undefined;
    let closing = false;

    /** Takes checked documents into use in place of those before, and clears away what is over with them. */
    const use = async (next: CheckedDocuments): Promise<Either<BadSuccession, void>> => {
      const adopted = await store.adopt(next.federation);
      if (E.isLeft(adopted)) return adopted;
      const before = edition;
      edition = await openEdition(next, lasting);
      await before?.inFlight.settled();
      before?.close();
      // What was loaded meanwhile under the version before.
      if (before) for (const epoch of edition.epochs) await epoch.refresh();
      const live = next.epochs.map(({ epoch }) => epoch.number);
      for (const key of lasting.sealings.keys()) if (!live.includes(Number(key.split('/')[0]))) lasting.sealings.delete(key);
      lasting.bulk.keepOnly(live);
      const auditWindow = (options.auditDays ?? 400) * SECONDS_A_DAY;
      await store.retire({ live, now: Math.floor(lasting.clock() / 1000), auditWindow });
      return E.right(undefined);
    };

    const verified = await store.log.verify(logOf(checked.right, options.id))();
    if (E.isLeft(verified)) return verified;
    const first = await withStore(() => use(checked.right));
    if (E.isLeft(first)) return first;
    const serially = createSerially();
    return E.right({
      fetch: async (request) => (closing ? new Response(null, { status: 503 }) : edition!.fetch(request)),
      load:
        (watch = {}) =>
        () =>
          edition!.inFlight.run(async () => {
            const { context, refresh } = edition!.epochs.at(-1)!;
            const result = await load(context, options, watch);
            if (E.isRight(result)) await refresh();
            return result;
          }),
      adopt: (changed) => () =>
        serially(async () => {
          const { federation, policy = documents.policy, statements = documents.statements } = changed;
          const next = { federation, policy, statements };
          const fits = checkDocuments(next, options);
          if (E.isLeft(fits)) return fits;
          const used = await withStore(() => use(fits.right));
          if (E.isRight(used)) documents = next;
          return used;
        }),
      log: createHolderLog(store.log, () => edition!.epochs.at(-1)!.context.log),
      statement: (period) => () => withStore(() => statementOf(edition!.epochs.at(-1)!.context, { period })),
      dryRun:
        ({ epoch, ...question }) =>
        () =>
          withStore(async (): Promise<Either<OutOfStep, DryRun>> => {
            const service = epoch === undefined ? E.right(edition!.services.newest) : edition!.services.of(epoch);
            if (E.isLeft(service)) return service;
            const { context, standing } = service.right;
            const kind = question.kind === 'match' ? 'match' : 'query';
            return E.right(dryRun(context, question, await standing(question.bureau, kind)));
          }),
      status: () => () =>
        withStore(async () => {
          const { epochs } = edition!;
          const { federation, policyHash } = epochs.at(-1)!.context;
          const read = await Promise.all(epochs.map(({ context, isLoaded }) => readEpochStatus(context, isLoaded())));
          return E.right({ federation: federation.id, serial: federation.serial, policyHash, epochs: read });
        }),
      observe: observers.add,
      close: async () => {
        closing = true;
        lasting.bulk.close();
        await Promise.race([edition!.inFlight.settled(), setTimeout(LAST_MS, undefined, { ref: false })]);
        edition!.close();
        lasting.noise.close();
        const { signSeed, boxSecret } = options.secrets;
        for (const secret of [signSeed, boxSecret, ...(options.formerBoxSecrets ?? [])]) secret.wipe();
        await store.close();
      },
    });
  };

const warn = (error: unknown): void =>
  process.emitWarning(
    `a request failed with ${error instanceof Error ? error.name : 'a non-error'}; pass onError to see it`,
    'VouchsafeHolder',
  );

const warnOnce = (): ((answer: LateAnswer) => void) => {
  let warned = false;
  return ({ subjects, slots, stepMs }) => {
    if (warned) return;
    warned = true;
    process.emitWarning(
      `an answer over ${subjects} subjects and ${slots} slots took longer than its tick of ${Math.ceil(stepMs)} ms: raise the option tick, or give the holder more room; pass onLate to hear of each`,
      'VouchsafeHolder',
    );
  };
};
