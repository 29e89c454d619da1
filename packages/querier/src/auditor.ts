import { type ExportFault, type LogSummary, verifyExportedLog } from '@vouchsafe/audit';
import { type Aborted, aborted, E, type Either, type TaskEither, type Watch } from '@vouchsafe/core';
import type { MemberSecrets } from '@vouchsafe/core/at-rest';
import { federationKeys, LogEntries, memberOf, openFederation, ROUTES, readEnvelope, signerOf } from '@vouchsafe/protocol';
import type { CannotOpen } from './cannot-open.ts';
import type { HolderFault } from './errors.ts';
import { fetchCheckpoint, logOf } from './log-follower.ts';
import { type Exchange, type Fetch, send, type Target, type Transport } from './transport.ts';

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
  /** After how many milliseconds without an answer a holder counts as down; 120,000 by default. */
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

  return E.right({
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

const fetchEntries = async (
  transport: Transport,
  target: Target,
  { from, count }: { readonly from: number; readonly count: number },
  signal: AbortSignal | undefined,
): Promise<Either<HolderFault, readonly Uint8Array[]>> => {
  const body = await send(transport, target, { route: ROUTES.logEntries, query: { from, count }, signal });
  if (E.isLeft(body)) return body;
  const page = readEnvelope(LogEntries, body.right);
  if (E.isLeft(page)) return page;
  return page.right.from === from
    ? E.right(page.right.entries)
    : E.left({ _tag: 'OutOfStep', message: 'sent other entries of its log than were asked for' });
};
