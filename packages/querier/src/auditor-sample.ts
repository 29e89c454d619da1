import { type ExportFault, readLeaf, type SealLeaf, verifyExportedLog } from '@vouchsafe/audit';
import {
  type BadSample,
  type CheckedRow,
  checkSample,
  detection,
  drawRows,
  Sample,
  SEED_BYTES,
  smallestFound,
} from '@vouchsafe/audit/openings';
import { csprng, E, type Either, encodeCanonical, equalBytes, type Rng, slotsOf, type Watch } from '@vouchsafe/core';
import { AuditSample, AuditSampled, CBOR_TYPE, ROUTES, readEnvelope } from '@vouchsafe/protocol';
import { type AuditorContext, checkReceipt, targetOf } from './auditor-open.ts';
import type { HolderFault } from './errors.ts';
import { fetchEntries } from './fetch-entries.ts';
import { fetchCheckpoint, logOf } from './log-follower.ts';
import { send, type Target } from './transport.ts';

/** Which table, and how many of its rows. */
export interface SampleQuestion {
  readonly holder: string;
  /** The bureau that the table was sealed for. */
  readonly querier: string;
  readonly scheme: string;
  readonly epoch: number;
  /** At most 1,000; 460 by default, which find 1 % of bad rows with probability 0.99. */
  readonly rows?: number | undefined;
  /**
   * The auditor's own reading of the lender's raw records: the slot values of a person, `present` first; nothing when the lender's books do not have them. Without it a row is only held against what the
   * holder shows.
   */
  readonly records?: ((id: Uint8Array) => Promise<readonly number[] | undefined>) | undefined;
}

/** A row with what the books say of it. */
export interface SampledPerson extends CheckedRow {
  /** The auditor's own reading differs from what was sealed; absent when it was not read. */
  readonly books?: 'same' | 'other values' | 'no such person' | undefined;
}

/** What a sample found, and what it would have found. */
export interface SampleResult {
  /** n of the table, padding included. */
  readonly tableRows: number;
  readonly rows: readonly SampledPerson[];
  readonly padding: number;
  /** Rows with a fault of their own, or that differ from the books. */
  readonly bad: number;
  /** The chance that this many drawn rows would have had a bad one among them, had so many rows of the table been bad. */
  readonly detection: readonly { readonly bad: number; readonly probability: number }[];
  /** The fewest bad rows that would have been found with probability 0.95 and 0.99. */
  readonly found95: number;
  readonly found99: number;
}

/** There is no such table in the holder's log. */
export interface NoSuchTable {
  readonly _tag: 'NoSuchTable';
  readonly message: string;
}

/** Why a table was not sampled, or what in it does not hold. */
export type SampleError = NoSuchTable | BadSample | HolderFault | ExportFault;

const noSuchTable = (holder: string): NoSuchTable => ({
  _tag: 'NoSuchTable',
  message: `the log of "${holder}" has no sealed table for that querier, scheme and epoch`,
});

/** Rows are never sealed twice in an epoch: whoever logs two roots shows the auditor the one that suits it. */
const twoTables = (holder: string): NoSuchTable => ({
  _tag: 'NoSuchTable',
  message: `the log of "${holder}" has two different tables for that querier, scheme and epoch: keep it as evidence`,
});

export const sampleTable = async (
  context: AuditorContext,
  { onProgress, signal, ...question }: SampleQuestion & Watch,
  rng: Rng = csprng,
): Promise<Either<SampleError, SampleResult>> => {
  const { federation, group, id: auditor, transport } = context;
  const { holder, querier, scheme, epoch, rows: count = 460 } = question;
  const target = targetOf(federation, holder);
  if (!target) return E.left(noSuchTable(holder));
  const leaf = await findSealed(context, target, question, { signal, ...(onProgress ? { onProgress } : {}) });
  if (E.isLeft(leaf)) return leaf;
  const { root, rows } = leaf.right;
  // After the root is in the log: the holder cannot foresee which rows it will have to show.
  const seed = rng(SEED_BYTES);
  const drawn = drawRows({ seed, root, rows, count });

  const bytes = encodeCanonical(AuditSample.encode({ querier, scheme, epoch, seed, count }));
  const body = await send(transport, target, { route: ROUTES.auditSample, body: { type: CBOR_TYPE, bytes }, signal });
  if (E.isLeft(body)) return body;
  const sampled = readEnvelope(AuditSampled, body.right);
  if (E.isLeft(sampled)) return sampled;
  const about = { leaf: 'sample', querier, scheme, epoch, auditor, root, seed, rows: drawn.length } as const;
  const logged = checkReceipt(context, { holder, receipt: sampled.right.receipt, about });
  if (E.isLeft(logged)) return logged;
  const sample = readEnvelope(Sample, sampled.right.sample);
  if (E.isLeft(sample)) return sample;
  const pair = { federation: federation.id, bureau: querier, holder, scheme, epoch };
  const slots = slotsOf(federation.catalogue).length;
  const checked = await checkSample({ sample: sample.right, context: pair, leaf: leaf.right, drawn, slots }, group);
  return E.isLeft(checked) ? checked : E.right(judge(rows, await withBooks(checked.right, question.records)));
};

const withBooks = async (rows: readonly CheckedRow[], records: SampleQuestion['records']): Promise<readonly SampledPerson[]> => {
  if (!records) return rows;
  const out: SampledPerson[] = [];
  for (const row of rows) {
    if (row.id === undefined) out.push(row);
    else {
      const own = await records(row.id);
      const same = own?.length === row.values?.length && own?.every((value, i) => value === row.values?.[i]);
      out.push({ ...row, books: own === undefined ? 'no such person' : same ? 'same' : 'other values' });
    }
  }
  return out;
};

const judge = (tableRows: number, rows: readonly SampledPerson[]): SampleResult => {
  const sampled = rows.length;
  const shares = [0.001, 0.01, 0.05].map((share) => Math.max(1, Math.ceil(share * tableRows)));
  return {
    tableRows,
    rows,
    padding: rows.filter(({ kind }) => kind === 'padding').length,
    bad: rows.filter(({ fault, books }) => fault !== undefined || (books !== undefined && books !== 'same')).length,
    detection: [...new Set([1, ...shares])].map((bad) => ({ bad, probability: detection({ rows: tableRows, bad, sampled }) })),
    found95: smallestFound({ rows: tableRows, sampled, probability: 0.95 }),
    found99: smallestFound({ rows: tableRows, sampled, probability: 0.99 }),
  };
};

/** The entry about the table, from the whole log, which is verified on the way. */
const findSealed = async (
  { federation, transport }: AuditorContext,
  target: Target,
  { querier, scheme, epoch }: SampleQuestion,
  { onProgress, signal }: Watch,
): Promise<Either<SampleError, SealLeaf>> => {
  const { holder } = target;
  const checkpoint = await fetchCheckpoint(transport, target, signal);
  if (E.isLeft(checkpoint)) return checkpoint;
  let found: SealLeaf | undefined;
  let twice = false;
  const verified = await verifyExportedLog<HolderFault>({
    fetch: (page) => async () => {
      const entries = await fetchEntries(transport, target, page, signal);
      for (const entry of E.isRight(entries) ? entries.right : []) {
        const leaf = readLeaf(entry);
        if (E.isLeft(leaf) || leaf.right.leaf !== 'seal' || leaf.right.stage === 'refused') continue;
        const own = leaf.right;
        if (own.querier !== querier || own.scheme !== scheme || own.epoch !== epoch) continue;
        if (found && !equalBytes(found.root, own.root)) twice = true;
        found = own;
      }
      return entries;
    },
    checkpoint: checkpoint.right,
    log: logOf(federation, holder),
    watch: {
      signal,
      ...(onProgress ? { onProgress: ({ done, total }) => onProgress({ task: `log ${holder}`, done, total }) } : {}),
    },
  })();
  if (E.isLeft(verified)) return verified;
  if (twice) return E.left(twoTables(holder));
  return found ? E.right(found) : E.left(noSuchTable(holder));
};
