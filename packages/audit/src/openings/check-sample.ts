import { concatBytes, domain, E, type Either, equalBytes, leafHash } from '@vouchsafe/core';
import { ELEMENT_BYTES, type Elements, GENERATOR, type Group, receiveScalars, type Scalars } from '@vouchsafe/group';
import { hashSealKeys, hashSubjects, type JoinContext, jointKeys, opensJoinKey, rowBytes } from '@vouchsafe/join';
import { type DleqStatement, verifyProof } from '@vouchsafe/oprf';
import type { SealLeaf } from '../leaf.ts';
import { verifyInclusion } from '../proofs.ts';
import type { Sample, SampledRow } from './sampled-row.ts';

/** What the holder showed does not belong to the table of its log: nothing is known about any row. */
export interface BadSample {
  readonly _tag: 'BadSample';
  readonly message: string;
}

const badSample = (why: string): BadSample => ({
  _tag: 'BadSample',
  message: `the holder’s sample is not of the logged table: ${why}`,
});

/** What is wrong with a row that was drawn. */
export type RowFault =
  /** It is not the row under the root: another was sent to the bureau. */
  | 'notInTable'
  /** The holder shows no record behind it. */
  | 'noRecord'
  /** Its values or randomness do not give the row. */
  | 'otherValues'
  /** It says that it is padding and is not, or has values. */
  | 'notPadding'
  /** `present` is not 1. */
  | 'notPresent';

/** A row that was drawn and checked. */
export interface CheckedRow {
  readonly index: number;
  readonly fault?: RowFault | undefined;
  /** Padding, a record, or nothing shown. */
  readonly kind: 'record' | 'padding' | 'nothing';
  /** The canonical identifier of a record. */
  readonly id?: Uint8Array | undefined;
  /** v_1 … v_V of a record. */
  readonly values?: readonly number[] | undefined;
}

/** The statement that holder and auditor make of the rows with identifiers. */
export const sampleStatement = async (
  { context, ids, joinKey, pseudonyms }: SampleStatement,
  group: Group,
): Promise<DleqStatement> => ({
  context: domain('sampleProof'),
  A: GENERATOR,
  B: joinKey,
  C: await hashSubjects({ context, ids }, group),
  D: pseudonyms,
});

/** What a holder proves about a sample: the pseudonyms of these persons under its committed join key. Two packed arrays with an element for each of `ids`. */
export interface SampleStatement {
  readonly context: JoinContext;
  readonly ids: readonly Uint8Array[];
  /** KH. */
  readonly joinKey: Elements;
  /** P of each. */
  readonly pseudonyms: Elements;
}

/**
 * Checks a sample against what the holder's log says about the table: the keys and KH are those that it committed to, each row stands under the root, and opens to an identifier and values.
 * @param leaf of the sealed table, from the holder's verified log
 * @param drawn the rows that were drawn
 * @returns the rows with what is wrong with each; or why the sample as a whole cannot be believed
 */
export const checkSample = async (
  {
    sample,
    context,
    leaf,
    drawn,
    slots,
  }: {
    readonly sample: Sample;
    readonly context: JoinContext;
    readonly leaf: SealLeaf;
    readonly drawn: readonly number[];
    /** V. */
    readonly slots: number;
  },
  group: Group,
): Promise<Either<BadSample, readonly CheckedRow[]>> => {
  const keys = await openKeys({ sample, context, leaf, slots }, group);
  if (E.isLeft(keys)) return keys;
  const { rows } = sample;
  if (rows.length !== drawn.length || rows.some(({ index }, i) => index !== drawn[i]))
    return E.left(badSample('other rows than those that were drawn'));
  const proven = await checkPseudonyms({ sample, context, slots, joinKey: keys.right.joinKey }, group);
  if (!proven) return E.left(badSample('the proof that its rows are those of the persons shown does not hold'));
  const checked: CheckedRow[] = [];
  for (const row of rows) checked.push(await checkRow({ row, leaf, bases: keys.right.bases, slots }, group));
  return E.right(checked);
};

const openKeys = async (
  { sample, context, leaf, slots }: { sample: Sample; context: JoinContext; leaf: SealLeaf; slots: number },
  group: Group,
): Promise<Either<BadSample, { readonly joinKey: Elements; readonly bases: Elements }>> => {
  const { joinKey, salt, bureauKeys, holderKeys } = sample;
  if (leaf.keys === undefined) return E.left(badSample('its log entry states no keys, since it is of an earlier release'));
  if (!opensJoinKey(context, { commitment: leaf.commitment, salt, joinKey }))
    return E.left(badSample('its key KH is not the one that its log commits to'));
  if (!equalBytes(leaf.keys, hashSealKeys(context, { bureau: bureauKeys, holder: holderKeys })))
    return E.left(badSample('its keys are not those that its log commits to'));
  if (bureauKeys.length !== (1 + slots) * ELEMENT_BYTES || holderKeys.length !== slots * ELEMENT_BYTES)
    return E.left(badSample('it has another number of slots'));
  const received = await group.receive(concatBytes(joinKey, bureauKeys, holderKeys));
  if (E.isLeft(received)) return E.left(badSample('a key is no element of the group'));
  const at = (from: number, count: number): Elements =>
    received.right.subarray(from * ELEMENT_BYTES, (from + count) * ELEMENT_BYTES) as Elements;
  const joint = await jointKeys({ holder: at(2 + slots, slots), bureau: at(2, slots) }, group);
  if (E.isLeft(joint)) return E.left(badSample('a joint key is the identity'));
  return E.right({ joinKey: at(0, 1), bases: concatBytes(GENERATOR, joint.right) as Elements });
};

/** P = kH·Hash(id) for all rows with an identifier. */
const checkPseudonyms = async (
  { sample, context, slots, joinKey }: { sample: Sample; context: JoinContext; slots: number; joinKey: Elements },
  group: Group,
): Promise<boolean> => {
  const named = sample.rows.filter(({ id }) => id !== undefined);
  if (sample.rows.some(({ sealed }) => sealed.length !== rowBytes(slots))) return false;
  if (named.length === 0) return true;
  const pseudonyms = await group.receive(concatBytes(...named.map(({ sealed }) => sealed.subarray(0, ELEMENT_BYTES))));
  if (E.isLeft(pseudonyms) || sample.proof === undefined) return false;
  const ids = named.map(({ id }) => id!);
  const statement = await sampleStatement({ context, ids, joinKey, pseudonyms: pseudonyms.right }, group);
  return verifyProof(sample.proof, statement, group);
};

const checkRow = async (
  { row, leaf, bases, slots }: { row: SampledRow; leaf: SealLeaf; bases: Elements; slots: number },
  group: Group,
): Promise<CheckedRow> => {
  const { index, sealed, path, id, padding } = row;
  const kind = id !== undefined ? 'record' : padding !== undefined ? 'padding' : 'nothing';
  const values = row.values?.length === 4 * slots ? readValues(row.values) : undefined;
  const base = { index, kind, ...(id === undefined ? {} : { id, values }) } as const;
  // Without the record the holder cannot make the row again either.
  if (kind === 'nothing') return { ...base, fault: 'noRecord' };
  const { rows: size, root } = leaf;
  if (!verifyInclusion({ index, size, leafHash: leafHash(sealed), proof: path, root })) return { ...base, fault: 'notInTable' };
  const randomness = receiveScalars(row.randomness ?? new Uint8Array(1));
  if (values === undefined || E.isLeft(randomness)) return { ...base, fault: 'otherValues' };
  const again = await group.encryptRows(Uint32Array.from(values), randomness.right, bases);
  if (!equalBytes(again, sealed.subarray(ELEMENT_BYTES))) return { ...base, fault: 'otherValues' };
  if (kind === 'record') return values[0] === 1 ? base : { ...base, fault: 'notPresent' };
  return (await isPadding(padding!, sealed.subarray(0, ELEMENT_BYTES), group)) && values.every((value) => value === 0)
    ? base
    : { ...base, fault: 'notPadding' };
};

const isPadding = async (padding: Uint8Array, pseudonym: Uint8Array, group: Group): Promise<boolean> => {
  const scalar = receiveScalars(padding);
  return E.isRight(scalar) && equalBytes(await group.multiplyBase(GENERATOR, scalar.right as Scalars), pseudonym);
};

const readValues = (packed: Uint8Array): readonly number[] => {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  return Array.from({ length: packed.length / 4 }, (_, i) => view.getUint32(4 * i));
};
