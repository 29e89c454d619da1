import { concatBytes, type Secret } from '@vouchsafe/core';
import {
  ELEMENT_BYTES,
  type Elements,
  elementAt,
  GENERATOR,
  type Group,
  invertScalar,
  type ScalarBytes,
  type Scalars,
  scalarAt,
} from '@vouchsafe/group';
import { splitRows } from '../rows.ts';
import { challenge, rowDigest, weightSeed, weightsAt } from './challenges.ts';
import { type ProofPlace, type ShufflePart, zip } from './proof-form.ts';
import { delayed, lastOf, ONE, runningScalar, runningSums, TWO, ZERO } from './running.ts';
import { type ProofSecrets, proofSecrets } from './secrets.ts';
import {
  GENERATOR_DST,
  generatorMessage,
  generatorMessages,
  SHUFFLE_CHUNK,
  type ShuffleStatement,
  slotsOf,
  statementHash,
} from './statement.ts';

/** Some rows of stream 2 as the bureau made them. */
export interface MadeRows {
  /** k × (V+2) × 32 bytes, in the order of stream 2. */
  readonly rows: Elements;
  /** The s of step 2 of the setup for each of them (half of the s_i of the proof), k × 32 bytes. */
  readonly randomness: Scalars;
}

/** What the prover knows. */
export interface ShuffleWitness {
  /** kB. */
  readonly joinScalar: Secret;
  /** The join seed: the proof's randomness comes from it. */
  readonly seed: Secret;
  /** π: row i of stream 2 was made from row permutation[i] of stream 1, counted from 0. */
  readonly permutation: Uint32Array;
  /** Rows [from, from + count) of stream 2: read twice, in order. */
  readonly made: (from: number, count: number) => Promise<MadeRows>;
}

/** The next chunk of a proof. */
export interface ProofChunk {
  readonly place: ProofPlace;
  readonly bytes: Uint8Array;
}

/**
 * Proves that stream 2 is a shuffle of stream 1 (SHUFFLE.md §2). Chunks come in the order in which they are sent, one at a time as they are asked for; the same statement always gives the same proof, so that a prover that
 * starts again may leave out what the other side has. Memory does not grow with the rows but for the permutation and its inverse, 8 bytes a row. Permutation, randomness and kB go through operations whose time and addresses do
 * not depend on them.
 */
export async function* proveShuffle(
  { statement, witness }: { readonly statement: ShuffleStatement; readonly witness: ShuffleWitness },
  group: Group,
): AsyncGenerator<ProofChunk, void> {
  const { rows } = statement;
  const outputs = rowDigest();
  for (const { from, count } of chunks(rows)) outputs.update((await witness.made(from, count)).rows);
  const hashed = statementHash(statement, outputs.digest());
  const secrets = proofSecrets({ seed: witness.seed, statement: hashed }, group);
  try {
    const commitments = rowDigest();
    for await (const chunk of commit(witness.permutation, secrets, group)) {
      commitments.update(chunk.bytes);
      yield chunk;
    }
    const seed = weightSeed(hashed, commitments.digest());
    const chain = rowDigest();
    const sums = createProverSums({ statement, witness, secrets, seed }, group);
    for (const { from, count } of chunks(rows)) {
      const bytes = await sums.chain(from, count);
      chain.update(bytes);
      yield { place: { part: 'chain', from }, bytes };
    }
    const { head, e } = await sums.close(chain.digest());
    yield { place: { part: 'head', from: 0 }, bytes: head };
    for (const { from, count } of chunks(rows)) {
      const weights = await weightsAt(seed, count, (k) => witness.permutation[from + k]!);
      const [omegaHat, rHat, omegaPrime] = (['omegaHat', 'rHat', 'omegaPrime'] as const).map((use) =>
        secrets.take(use, from, count),
      ) as [Scalars, Scalars, Scalars];
      // ŝ_i = ω̂_i + e·r̂_i; s'_i = ω'_i + e·u'_i.
      const bytes = zip(group.multiplyAddScalars(e, rHat, omegaHat), group.multiplyAddScalars(e, weights, omegaPrime));
      wipe(weights, omegaHat, rHat, omegaPrime);
      yield { place: { part: 'responses', from }, bytes };
    }
  } finally {
    secrets.wipe();
  }
}

/** c_j = r_j·G + H_i for the i with π(i) = j (the r of the paper, named by the row that it is for). */
async function* commit(permutation: Uint32Array, secrets: ProofSecrets, group: Group): AsyncGenerator<ProofChunk> {
  const inverse = new Uint32Array(permutation.length);
  for (const [i, j] of permutation.entries()) inverse[j] = i;
  for (const { from, count } of chunks(permutation.length)) {
    const r = secrets.take('r', from, count);
    const messages = Array.from({ length: count }, (_, k) => generatorMessage(inverse[from + k]! + 1));
    const bytes = await group.hashAndAddBase(messages, GENERATOR_DST, GENERATOR, r);
    wipe(r);
    yield { place: { part: 'commitments' satisfies ShufflePart, from }, bytes };
  }
}

interface ProverSums {
  /** ĉ_i and t̂_i for the next rows. */
  readonly chain: (from: number, count: number) => Promise<Elements>;
  /** t1 … t_K and s1 … s5. @param chain the digest over all ĉ and t̂ */
  readonly close: (chain: Uint8Array) => Promise<{ readonly head: Uint8Array; readonly e: ScalarBytes }>;
}

/** The second pass over the rows, and all sums over them. */
const createProverSums = (
  {
    statement,
    witness,
    secrets,
    seed,
  }: {
    readonly statement: ShuffleStatement;
    readonly witness: ShuffleWitness;
    readonly secrets: ProofSecrets;
    readonly seed: Uint8Array;
  },
  group: Group,
): ProverSums => {
  const slots = slotsOf(statement);
  const add = (a: ScalarBytes, b: ScalarBytes, c: ScalarBytes): ScalarBytes => group.multiplyAddScalars(a, b, c);
  // Over rows: Σω'·(Q, C', D'); Σω'·H; Σu'·Q. Over scalars: Σr; Σr·u; Σs·u'.
  const [rowSums, generatorSum, keySum] = [runningSums(slots + 2, group), runningSums(1, group), runningSums(1, group)];
  const [sumR, sumRU, sumSU] = [runningScalar(group), runningScalar(group), runningScalar(group)];
  // ĉ_i = r̂_i·G + u'_i·ĉ_(i−1) = R_i·G + U_i·H_0: R_i = r̂_i + u'_i·R_(i−1), U_i = u'_i·U_(i−1).
  let [lastR, lastU] = [ZERO, ONE];

  const chain: ProverSums['chain'] = async (from, count) => {
    const { rows, randomness } = await witness.made(from, count);
    const own = await weightsAt(seed, count, (k) => from + k);
    const permuted = await weightsAt(seed, count, (k) => witness.permutation[from + k]!);
    const [r, rHat, omegaHat, omegaPrime] = (['r', 'rHat', 'omegaHat', 'omegaPrime'] as const).map((use) =>
      secrets.take(use, from, count),
    ) as [Scalars, Scalars, Scalars, Scalars];
    sumR.add(group.dotScalars(r, ONE));
    sumRU.add(group.dotScalars(r, own));
    sumSU.add(group.dotScalars(randomness, permuted));
    const R = group.chainScalars(lastR, permuted, rHat);
    const U = group.chainScalars(lastU, permuted, ZERO);
    const [beforeR, beforeU] = [delayed(lastR, R), delayed(lastU, U)];
    [lastR, lastU] = [lastOf(R), lastOf(U)];
    // t̂_i = ω̂_i·G + ω'_i·ĉ_(i−1).
    const [tR, tU] = [
      group.multiplyAddScalars(omegaPrime, beforeR, omegaHat),
      group.multiplyAddScalars(omegaPrime, beforeU, ZERO),
    ];
    const scalars = pairs([R, U], [tR, tU]);
    const [points, generators, sums, keys] = await Promise.all([
      group.multiplyBases(await bases(), scalars),
      group.multiScalarHashed(generatorMessages(from + 1, count), GENERATOR_DST, omegaPrime),
      group.multiScalarRows(rows, slots + 2, omegaPrime),
      group.multiScalar(splitRows(rows, slots).keys, permuted),
    ]);
    generatorSum.add(generators);
    rowSums.add(sums);
    keySum.add(keys);
    wipe(permuted, r, rHat, omegaHat, omegaPrime, R, U, beforeR, beforeU, tR, tU, scalars);
    return points;
  };

  const bases = async (): Promise<Elements> =>
    concatBytes(GENERATOR, await group.hashToGroup([generatorMessage(0)], GENERATOR_DST)) as Elements;

  const close: ProverSums['close'] = async (chainDigest) => {
    const omega = secrets.take('omega', 0, 5);
    const [w1, w2, w3, w4, w5] = [0, 1, 2, 3, 4].map((i) => scalarAt(omega, i)) as [
      ScalarBytes,
      ScalarBytes,
      ScalarBytes,
      ScalarBytes,
      ScalarBytes,
    ];
    const kB = witness.joinScalar.reveal() as ScalarBytes;
    // A = Σu_j·P_j = Σu'_i·Q_i / kB: stream 1 need not be kept.
    const inverse = invertScalar(kB);
    const a = await group.multiply(await keySum.total(), inverse);
    const times = group.multiplyBase;
    const columns = await Promise.all(Array.from({ length: slots + 2 }, (_, j) => rowSums.total(j)));
    const keys = Array.from({ length: slots }, (_, j) => elementAt(statement.jointKeys, j));
    const commitments = concatBytes(
      await times(GENERATOR, w1),
      await times(GENERATOR, w2),
      await group.add(await times(GENERATOR, w3), await generatorSum.total()),
      await group.subtract(columns[0]!, await group.multiply(a, w5)),
      await group.subtract(columns[1]!, await times(GENERATOR, w4)),
      ...(await Promise.all(keys.map(async (key, j) => group.subtract(columns[2 + j]!, await group.multiply(key, w4))))),
      await times(GENERATOR, w5),
    ) as Elements;
    const e = challenge(seed, chainDigest, commitments);
    const responses = concatBytes(
      add(e, sumR.value, w1),
      add(e, lastR, w2),
      add(e, sumRU.value, w3),
      // s_i is twice the randomness of step 2: the statement is over doubled inputs.
      add(e, add(TWO, sumSU.value, ZERO), w4),
      add(e, kB, w5),
    );
    wipe(omega, inverse, lastR, lastU);
    return { head: concatBytes(commitments, responses), e };
  };

  return { chain, close };
};

/** (R_i, U_i), then (tR_i, tU_i), for each row: scalars of two points of two bases each. */
const pairs = (...columns: readonly (readonly [Scalars, Scalars])[]): Scalars => {
  const width = 2 * columns.length;
  const count = columns[0]![0].length / ELEMENT_BYTES;
  const out = new Uint8Array(count * width * ELEMENT_BYTES) as Scalars;
  for (const [c, column] of columns.flat().entries())
    for (let i = 0; i < count; i++) out.set(scalarAt(column, i), (i * width + c) * ELEMENT_BYTES);
  return out;
};

/** Stretches of a stream that are worked on at once. */
export const chunks = (rows: number): readonly { readonly from: number; readonly count: number }[] =>
  Array.from({ length: Math.ceil(rows / SHUFFLE_CHUNK) }, (_, i) => ({
    from: i * SHUFFLE_CHUNK,
    count: Math.min(SHUFFLE_CHUNK, rows - i * SHUFFLE_CHUNK),
  }));

const wipe = (...secrets: readonly Uint8Array[]): void => {
  for (const secret of secrets) secret.fill(0);
};
