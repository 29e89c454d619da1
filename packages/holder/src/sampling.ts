import { inclusionProofs } from '@vouchsafe/audit';
import { drawRows, type Sample, type SampledRow, sampleStatement } from '@vouchsafe/audit/openings';
import { bytesToHex, concatBytes, E, type Either, rowOf, type Secret } from '@vouchsafe/core';
import { ELEMENT_BYTES, type Elements, elementAt, GENERATOR, type ScalarBytes, scalarAt } from '@vouchsafe/group';
import type { Country, Scheme } from '@vouchsafe/identity';
import {
  commitJoinKey,
  deriveHolderJoin,
  type HolderJoin,
  jointKeys,
  paddingPseudonyms,
  paddingScalars,
  pseudonymsOf,
  sealingScalars,
  sealRows,
} from '@vouchsafe/join';
import { generateProof } from '@vouchsafe/oprf';
import type { HolderContext } from './context.ts';
import { type IngestError, ingest, type RecordSource } from './ingest/index.ts';
import type { AuditTable } from './store/index.ts';

/** Where the records are read again. */
export interface Records {
  readonly source: RecordSource;
  readonly defaultCountry?: Country | undefined;
}

/** Bytes of P and leaf hash, as the store keeps them. */
const FIXED_BYTES = 64;

/** What is behind a row. */
type Behind = Pick<SampledRow, 'id' | 'padding'> & { readonly values: Uint32Array };

/**
 * Shows the auditor the rows that its seed draws: P = kH·Hash(id) and C, D_j from values and r. The store has neither identifiers nor values of a sealed table, so the records are read once more; it
 * takes about as long as loading them. They must be those that were loaded: a record that changed since gives another row, and one that is gone none.
 */
export const sampleRows = async (
  context: HolderContext,
  {
    querier,
    scheme,
    epoch,
    seed,
    count,
    table,
    joinSeed,
  }: {
    readonly querier: string;
    readonly scheme: string;
    readonly epoch: number;
    readonly seed: Uint8Array;
    readonly count: number;
    readonly table: AuditTable;
    /** Of the epoch, which may be over; wiped here. */
    readonly joinSeed: Secret;
  },
): Promise<Either<IngestError, Sample>> => {
  const { federation, group, id: holder } = context;
  const { bureauKeys, holderKeys } = table;
  const pair = { federation: federation.id, bureau: querier, holder, scheme, epoch };
  const keys = deriveHolderJoin({ context: pair, seed: joinSeed });
  const joint = await jointKeys({ holder: holderKeys, bureau: bureauKeys.subarray(ELEMENT_BYTES) as Elements }, group);
  if (E.isLeft(joint)) throw new RangeError('keys that were accepted once cancel out');
  const fixed = await table.fixed();
  const drawn = drawRows({ seed, root: table.root, rows: table.rows, count });
  const behind = await findBehind(context, { keys, fixed, drawn, scheme: scheme as Scheme });
  if (E.isLeft(behind)) return behind;

  const leaves = concatBytes(...Array.from({ length: table.rows }, (_, i) => rowOf(fixed, FIXED_BYTES, i).subarray(32)));
  const paths = await inclusionProofs(leaves, drawn);
  const rows: SampledRow[] = [];
  for (const [i, index] of drawn.entries()) {
    const pseudonyms = rowOf(fixed, FIXED_BYTES, index).slice(0, ELEMENT_BYTES) as Elements;
    const found = behind.right[i];
    const values = found?.values ?? new Uint32Array(holderKeys.length / ELEMENT_BYTES);
    const plain = { pseudonyms, values };
    const sealed = await sealRows({ keys, jointKeys: joint.right, rows: plain }, group);
    const row = { index, sealed, path: paths[i]! };
    if (!found) rows.push(row);
    else {
      const { values: _, ...who } = found;
      const randomness = sealingScalars(keys, { jointKeys: joint.right, rows: plain }, group);
      rows.push({ ...row, ...who, values: bigEndian(values), randomness });
    }
  }
  const shown = await proven(context, keys, rows);
  for (const secret of [keys.joinScalar, joinSeed]) secret.wipe();
  return E.right({ ...shown, bureauKeys, holderKeys, rows });
};

/** KH, its salt, and one proof for all rows of persons. */
const proven = async (
  { group }: HolderContext,
  keys: HolderJoin,
  rows: readonly SampledRow[],
): Promise<Pick<Sample, 'joinKey' | 'salt' | 'proof'>> => {
  const scalar = keys.joinScalar.reveal() as ScalarBytes;
  const joinKey = await group.multiplyBase(GENERATOR, scalar);
  const { salt } = await commitJoinKey(keys, group);
  const named = rows.filter(({ id }) => id !== undefined);
  if (named.length === 0) return { joinKey, salt };
  const pseudonyms = concatBytes(...named.map(({ sealed }) => sealed.subarray(0, ELEMENT_BYTES))) as Elements;
  const ids = named.map(({ id }) => id!);
  const statement = await sampleStatement({ context: keys.context, ids, joinKey, pseudonyms }, group);
  return { joinKey, salt, proof: await generateProof(scalar, statement, group) };
};

/** Reads all records, and keeps those whose rows were drawn. @returns in the order of the draw */
const findBehind = async (
  context: HolderContext,
  {
    keys,
    fixed,
    drawn,
    scheme,
  }: {
    readonly keys: HolderJoin;
    readonly fixed: Uint8Array;
    readonly drawn: readonly number[];
    readonly scheme: Scheme;
  },
): Promise<Either<IngestError, readonly (Behind | undefined)[]>> => {
  const { catalogue, group, padTo, records, slots } = context;
  const wanted = new Map(drawn.map((row, i) => [bytesToHex(rowOf(fixed, FIXED_BYTES, row).subarray(0, ELEMENT_BYTES)), i]));
  const found: (Behind | undefined)[] = drawn.map(() => undefined);
  const note = (pseudonym: Uint8Array, behind: () => Behind): void => {
    const at = wanted.get(bytesToHex(pseudonym));
    // Of two records of one person the first was sealed.
    if (at !== undefined && found[at] === undefined) found[at] = behind();
  };
  // At most one step of rows was padding.
  const padding = { from: 0, count: Math.min(padTo, fixed.length / FIXED_BYTES) };
  const keysOfPadding = await paddingPseudonyms({ keys, ...padding }, group);
  const scalars = paddingScalars(keys, padding, group);
  for (let i = 0; i < padding.count; i++)
    note(elementAt(keysOfPadding, i), () => ({
      padding: scalarAt(scalars, i).slice(),
      values: new Uint32Array(slots.length),
    }));
  scalars.fill(0);
  const ingested = await ingest({
    ...records,
    scheme,
    catalogue,
    take: async ({ ids, values }) => {
      const scalar = keys.joinScalar.reveal() as ScalarBytes;
      const pseudonyms = await pseudonymsOf({ context: keys.context, ids, scalar }, group);
      for (const [i, id] of ids.entries())
        note(elementAt(pseudonyms, i), () => ({ id, values: values.slice(i * slots.length, (i + 1) * slots.length) }));
    },
  })();
  return E.isLeft(ingested) ? ingested : E.right(found);
};

const bigEndian = (values: Uint32Array): Uint8Array => {
  const out = new DataView(new ArrayBuffer(4 * values.length));
  for (const [i, value] of values.entries()) out.setUint32(4 * i, value);
  return new Uint8Array(out.buffer);
};
