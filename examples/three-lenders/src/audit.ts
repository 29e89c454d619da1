import { LOG_TABLES, readCheckpoint, readEntries, verifyExportedLog } from '@vouchsafe/audit';
import { E, type Either, hexToBytes, Secret, type Watch } from '@vouchsafe/core';
import { type ComparedStatement, createAuditor, type LogVerdict, logOf, type Querier } from '@vouchsafe/querier';
import { openStore } from '@vouchsafe/store-lmdb';
import { AUDITOR, type Founded } from './federation.ts';

interface Fault {
  readonly _tag: string;
  readonly message: string;
}

/** The auditor fetches every lender's log, checks it, and compares it with what the bureau saw. */
export const verifyLogs = async (
  { file, auditorKey, secrets }: Founded,
  known: ReadonlyMap<string, readonly Uint8Array[]>,
  watch: Watch,
): Promise<Either<Fault, readonly LogVerdict[]>> => {
  const auditor = createAuditor({ federation: file, auditorKey, secrets: secrets.get(AUDITOR)! });
  if (E.isLeft(auditor)) return auditor;
  return auditor.right.verifyLogs({ ...watch, known })();
};

/** What the auditor saw behind one query, and what each lender contributed. */
export interface Looked {
  /** Whose log, and which entry. */
  readonly holder: string;
  readonly entry: number;
  /** How many of its subjects the lender knew, as its log had committed to. */
  readonly known: number;
  /** Who was asked about: canonical identifier. */
  readonly subject: string;
  /** Per lender, as the bureau and the lender both say. */
  readonly statements: readonly ComparedStatement[];
}

/** The last entry about an answer to this bureau, by its own receipts. */
export const lastEntry = async (querier: Querier, holder: string): Promise<Either<Fault, number>> => {
  const compared = await querier.statement({ holder, from: 0, to: Math.floor(Date.now() / 1000) + 60 })();
  return E.isLeft(compared) ? compared : E.right(compared.right.own.entries.at(-1)!);
};

/** The auditor opens one query of the first lender's log; bureau and lenders add up what was answered. */
export const lookBehind = async (
  { file, auditorKey, secrets }: Founded,
  { querier, lenders, entry }: { readonly querier: Querier; readonly lenders: readonly string[]; readonly entry: number },
): Promise<Either<Fault, Looked>> => {
  const statements: ComparedStatement[] = [];
  for (const holder of lenders) {
    const compared = await querier.statement({ holder, from: 0, to: Math.floor(Date.now() / 1000) + 60 })();
    if (E.isLeft(compared)) return compared;
    statements.push(compared.right);
  }
  const auditor = createAuditor({ federation: file, auditorKey, secrets: secrets.get(AUDITOR)! });
  if (E.isLeft(auditor)) return auditor;
  const holder = lenders[0]!;
  const opening = await auditor.right.requestOpening({ holder, entry })();
  if (E.isLeft(opening)) return opening;
  const { request, matched } = opening.right;
  // From here to the bureau and back: in life over a line of their own.
  const answer = await querier.open(request)();
  if (E.isLeft(answer)) return answer;
  const shown = await auditor.right.checkOpening({ request, answer: answer.right })();
  if (E.isLeft(shown)) return shown;
  const subject = new TextDecoder().decode(shown.right[0]!.id);
  return E.right({ holder, entry, known: matched, subject, statements });
};

/** What becomes of a log when somebody changes one bit of it on the disk. */
export interface Tampering {
  /** The entry that was changed, counted from 0. */
  readonly entry: number;
  /** What the auditor's verification says of the log as it lies there now; nothing when it finds nothing. */
  readonly verdict: string | undefined;
}

/** Flips one bit of the last entry of a lender's stored log: how many people the bureau asked about, say. */
export const tamper = async (
  { file }: Founded,
  { lender, folder, key }: { readonly lender: string; readonly folder: string; readonly key: string },
): Promise<Either<Fault, Tampering>> => {
  const store = await openStore({ folder, use: 'holder', unlock: { key: new Secret(hexToBytes(key)) } })();
  if (E.isLeft(store)) return store;
  const { kv } = store.right;
  try {
    const entry = await kv.commit((writer) => {
      const [last] = [...writer.range(LOG_TABLES.leaves, { reverse: true, limit: 1 })];
      const changed = last!.value.slice();
      changed[Math.floor(changed.length / 2)]! ^= 1;
      writer.put(LOG_TABLES.leaves, last!.key, changed);
      return [...writer.range(LOG_TABLES.leaves)].length - 1;
    });
    const checkpoint = kv.read(readCheckpoint)!;
    const fetch = (page: { readonly from: number; readonly count: number }) => async () =>
      kv.read((reader) => readEntries(reader, page));
    const verdict = await verifyExportedLog({ fetch, checkpoint, log: logOf(file.federation, lender) })();
    return E.right({ entry, verdict: E.isLeft(verdict) ? verdict.left.message : undefined });
  } finally {
    store.right.keyring.close();
    await kv.close();
  }
};
