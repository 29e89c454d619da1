import { type ExportFault, readLeaf, verifyExportedLog } from '@vouchsafe/audit';
import { createStatement, isAcknowledged, type Period, type Statement, signStatement } from '@vouchsafe/audit/statement';
import { createSigner, E, type Either, hexToBytes, type Watch } from '@vouchsafe/core';
import { Acknowledgements, MAX_ACKNOWLEDGEMENTS, memberOf, ROUTES, readEnvelope } from '@vouchsafe/protocol';
import { type AuditorContext, targetOf } from './auditor-open.ts';
import type { HolderFault } from './errors.ts';
import { fetchEntries } from './fetch-entries.ts';
import { fetchCheckpoint, logOf } from './log-follower.ts';
import type { NoSuchHolder } from './statement.ts';
import { send, type Target } from './transport.ts';

/** Whose contributions. */
export interface AuditedQuestion extends Period {
  readonly holder: string;
}

/** A statement that the auditor has checked and signed. */
export interface AuditedStatement {
  readonly statement: Statement;
  /** Fit for JSON: what other holders read. */
  readonly signed: { readonly statement: unknown; readonly signature: string };
}

/** Why there is no statement about a holder: it is unknown or does not answer, or its log is not what it signed. */
export type AuditedError = NoSuchHolder | HolderFault | ExportFault;

/**
 * Adds up a holder's whole log, verified on the way, with the counter-signatures of those who got its answers, each checked. Progress counts entries (task `log <holder>`).
 */
export const auditStatement = async (
  context: AuditorContext,
  { holder, from, to, onProgress, signal }: AuditedQuestion & Watch,
): Promise<Either<AuditedError, AuditedStatement>> => {
  const { federation, signSeed, transport } = context;
  const target = targetOf(federation, holder);
  if (!target) return E.left({ _tag: 'NoSuchHolder', message: `the federation has no holder "${holder.slice(0, 40)}"` });
  const checkpoint = await fetchCheckpoint(transport, target, signal);
  if (E.isLeft(checkpoint)) return checkpoint;
  const log = logOf(federation, holder);
  const statement = createStatement({ federation: federation.id, holder, period: { from, to } });
  const verified = await verifyExportedLog<HolderFault>({
    fetch: (page) => async () => {
      const entries = await fetchEntries(transport, target, page, signal);
      if (E.isLeft(entries)) return entries;
      const signatures = await fetchAcknowledgements(context, target, { from: page.from, count: entries.right.length, signal });
      if (E.isLeft(signatures)) return signatures;
      for (const [i, entry] of entries.right.entries()) {
        const index = page.from + i;
        const signature = signatures.right.get(index);
        const publicKeys = signature ? querierKeys(context, entry) : [];
        statement.add(
          index,
          entry,
          signature !== undefined && isAcknowledged({ origin: log.origin, index, entry }, { publicKeys, signature }),
        );
      }
      return entries;
    },
    checkpoint: checkpoint.right,
    log,
    watch: {
      signal,
      ...(onProgress ? { onProgress: ({ done, total }) => onProgress({ task: `log ${holder}`, done, total }) } : {}),
    },
  })();
  if (E.isLeft(verified)) return verified;
  const { statement: own } = statement.report();
  return E.right({ statement: own, signed: signStatement(own, createSigner(signSeed)) });
};

/** Present and former keys of the entry's querier: what was signed in a key's time stays signed. */
const querierKeys = ({ federation }: AuditorContext, entry: Uint8Array): readonly Uint8Array[] => {
  const leaf = readLeaf(entry);
  if (E.isLeft(leaf) || leaf.right.leaf === 'unknown') return [];
  const member = memberOf(federation, leaf.right.querier, 'bureau');
  return member ? [member.signKey, ...(member.formerKeys ?? []).map(({ signKey }) => signKey)].map(hexToBytes) : [];
};

const fetchAcknowledgements = async (
  { transport }: AuditorContext,
  target: Target,
  { from, count, signal }: { readonly from: number; readonly count: number; readonly signal: AbortSignal | undefined },
): Promise<Either<HolderFault, ReadonlyMap<number, Uint8Array>>> => {
  const query = { from, count: Math.min(count, MAX_ACKNOWLEDGEMENTS) };
  const body = await send(transport, target, { route: ROUTES.acknowledgements, query, signal });
  if (E.isLeft(body)) return body;
  const page = readEnvelope(Acknowledgements, body.right);
  return E.isLeft(page) ? page : E.right(new Map(page.right.items.map(({ index, signature }) => [index, signature])));
};
