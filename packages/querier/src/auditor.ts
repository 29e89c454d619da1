import { type ExportFault, type LogSummary, verifyExportedLog } from '@vouchsafe/audit';
import type { BadOpening, BadOpenRequest, ShownSubject } from '@vouchsafe/audit/openings';
import { type Aborted, aborted, E, type Either, type TaskEither, type Watch } from '@vouchsafe/core';
import type { MemberSecrets } from '@vouchsafe/core/at-rest';
import { createGroup, type Group } from '@vouchsafe/group';
import { federationKeys, memberOf, openFederation, signerOf } from '@vouchsafe/protocol';
import {
  type AuditorContext,
  checkAnswer,
  type OpenError,
  type OpenQuestion,
  type RequestedOpening,
  requestOpening,
} from './auditor-open.ts';
import { type SampleError, type SampleQuestion, type SampleResult, sampleTable } from './auditor-sample.ts';
import { type AuditedError, type AuditedQuestion, type AuditedStatement, auditStatement } from './auditor-statement.ts';
import type { CannotOpen } from './cannot-open.ts';
import type { HolderFault } from './errors.ts';
import { fetchEntries } from './fetch-entries.ts';
import { fetchCheckpoint, logOf } from './log-follower.ts';
import type { Exchange, Fetch, Transport } from './transport.ts';

/** What an auditor sets up with. */
export interface AuditorOptions {
  /** The federation file, parsed; checked here. */
  readonly federation: unknown;
  /** The auditor's own Ed25519 public key, 64 hexadecimal digits. */
  readonly auditorKey: string;
  /** The auditor's secrets, e.g. of a key file. Taken over: they are wiped when the auditor closes. */
  readonly secrets: MemberSecrets;
  /** `fetch` by default. */
  readonly fetch?: Fetch | undefined;
  readonly group?: Group | undefined;
  /** After how many milliseconds without an answer a holder counts as down; 120,000 by default. A sample takes a holder about as long as loading its records. */
  readonly timeoutMs?: number | undefined;
  /** Milliseconds since 1970; the system's clock by default. */
  readonly clock?: (() => number) | undefined;
  readonly onExchange?: ((exchange: Exchange) => void) | undefined;
}

/** What is said of one holder's log. */
export interface LogVerdict {
  readonly holder: string;
  /** The signed note that the holder gave out now, when it gave one: to keep, and to pass as `known` the next time. Of a log that does not hold it is evidence. */
  readonly checkpoint?: Uint8Array | undefined;
  /** The sums of a log that holds, or what is wrong with it. */
  readonly result: Either<HolderFault | ExportFault, LogSummary>;
}

export interface VerifyRequest extends Watch {
  /** Holders by name; all of the document's by default. */
  readonly holders?: readonly string[] | undefined;
  /** Signed checkpoints from elsewhere, by holder: what bureaus saw, what the auditor saw before. Each must be on the one line of the holder's log. */
  readonly known?: ReadonlyMap<string, readonly Uint8Array[]> | undefined;
}

/** The auditor's side. */
export interface Auditor {
  /** Fetches every entry of each holder's log and checks it against the checkpoint that the holder signed. Progress counts entries (task `log <holder>`). */
  readonly verifyLogs: (request?: VerifyRequest) => TaskEither<Aborted, readonly LogVerdict[]>;
  /**
   * Asks a holder to open one query, by its entry in the holder’s log: the holder logs that it was asked, and tells |M| and the table's key. What comes out goes to the bureau, whose answer {@link Auditor.checkOpening} checks.
   */
  readonly requestOpening: (query: OpenQuestion & Watch) => TaskEither<OpenError, RequestedOpening>;
  /** Checks a bureau's answer against the auditor's own request: who was asked about. */
  readonly checkOpening: (exchange: {
    readonly request: Uint8Array;
    readonly answer: Uint8Array;
  }) => TaskEither<BadOpenRequest | BadOpening, readonly ShownSubject[]>;
  /** Draws rows of a table that a holder sealed and checks each: person, values, randomness. Progress counts entries of the log (task `log <holder>`). */
  readonly sample: (question: SampleQuestion & Watch) => TaskEither<SampleError, SampleResult>;
  /** What a holder contributed in a period, from its verified log and the counter-signatures of those who got its answers; signed by the auditor, so that third parties can rely on it. */
  readonly statement: (question: AuditedQuestion & Watch) => TaskEither<AuditedError, AuditedStatement>;
  /** Wipes secrets in memory. */
  readonly close: () => Promise<void>;
}

/** Opens the auditor's side of a federation, or says what is wrong with the document or the keys. */
export const createAuditor = (options: AuditorOptions): Either<CannotOpen, Auditor> => {
  const opened = openFederation(options.federation, options.auditorKey);
  if (E.isLeft(opened)) return opened;
  const federation = opened.right;
  const signer = signerOf(options.secrets, federation.members.find(({ role }) => role === 'auditor')!);
  if (E.isLeft(signer)) return signer;
  const clock = options.clock ?? Date.now;
  const transport: Transport = {
    fetch: options.fetch ?? ((request) => fetch(request)),
    signer: signer.right,
    keysOf: federationKeys(federation, clock),
    clock,
    timeoutMs: options.timeoutMs ?? 120_000,
    onExchange: options.onExchange,
  };
  const all = federation.members.filter(({ role, url }) => role === 'holder' && url !== undefined).map(({ id }) => id);

  const verifyLog = async (holder: string, { known, onProgress, signal }: VerifyRequest): Promise<LogVerdict> => {
    const target = { holder, url: memberOf(federation, holder, 'holder')!.url! };
    const checkpoint = await fetchCheckpoint(transport, target, signal);
    if (E.isLeft(checkpoint)) return { holder, result: checkpoint };
    const result = await verifyExportedLog<HolderFault>({
      fetch: (page) => () => fetchEntries(transport, target, page, signal),
      checkpoint: checkpoint.right,
      log: logOf(federation, holder),
      known: known?.get(holder),
      watch: {
        signal,
        ...(onProgress ? { onProgress: ({ done, total }) => onProgress({ task: `log ${holder}`, done, total }) } : {}),
      },
    })();
    return { holder, checkpoint: checkpoint.right, result };
  };

  const context: AuditorContext = {
    id: federation.members.find(({ role }) => role === 'auditor')!.id,
    federation,
    transport,
    group: options.group ?? createGroup(),
    signSeed: options.secrets.signSeed,
  };

  return E.right({
    requestOpening: (question) => () => requestOpening(context, question),
    checkOpening: (exchange) => () => checkAnswer(context, exchange),
    statement: (question) => () => auditStatement(context, question),
    sample: (question) => () => sampleTable(context, question),
    verifyLogs:
      (request = {}) =>
      async () => {
        const verdicts: LogVerdict[] = [];
        try {
          for (const holder of request.holders ?? all) {
            const verdict = await verifyLog(holder, request);
            if (E.isLeft(verdict.result) && verdict.result.left._tag === 'Aborted') return E.left(aborted);
            verdicts.push(verdict);
          }
          return E.right(verdicts);
        } catch (error) {
          // A request under way ends in the signal's reason.
          if (request.signal?.aborted) return E.left(aborted);
          throw error;
        }
      },
    close: async () => {
      options.secrets.signSeed.wipe();
      options.secrets.boxSecret.wipe();
    },
  });
};
