import { concatBytes, csprng, E, type Either, equalBytes, type Rng } from '@vouchsafe/core';
import {
  type ElementBytes,
  type Elements,
  elementAt,
  GENERATOR,
  type Group,
  negateScalar,
  SCALAR_BYTES,
  type ScalarBytes,
  type Scalars,
  scalarAt,
} from '@vouchsafe/group';
import { challenge, rowDigest, weightSeed, weightsAt } from './challenges.ts';
import type { InputSums } from './inputs.ts';
import { type ProofHead, readHead, type ShufflePart, unzip } from './proof-form.ts';
import { chunks } from './prove.ts';
import { delayed, lastOf, ONE, runningScalar, runningSums, ZERO } from './running.ts';
import {
  type BadShuffle,
  badShuffle,
  GENERATOR_DST,
  generatorMessage,
  generatorMessages,
  type ShuffleCheck,
  type ShuffleStatement,
  slotsOf,
  statementHash,
} from './statement.ts';

/** Bytes of the random weights of the chain. */
const CHAIN_WEIGHT_BYTES = 16;

/** What the verifier reads, all of it twice and in order. */
export interface ShuffleEvidence {
  /** Rows [from, from + count) of stream 2 as {@link acceptRows} took them: Q distinct and ascending, no identity. They are decoded here. */
  readonly outputs: (from: number, count: number) => Promise<Elements>;
  /** Entries [from, from + count) of a part of the proof as {@link receiveProof} accepted them; `from` is where a chunk begins. */
  readonly proof: (part: ShufflePart, from: number, count: number) => Promise<Uint8Array>;
  readonly inputs: InputSums;
}

/** Steps of a verification, in rows read: two passes. */
export const verificationSteps = (rows: number): number => 2 * rows;

/**
 * Verifies a shuffle proof (SHUFFLE.md §3) chunk by chunk; yields how many of the {@link verificationSteps} are done. Nothing here is secret but the sums of {@link InputSums}, so addresses may
 * depend on scalars. Memory does not grow with the rows.
 * @param rng the weights of the chain: unpredictable for the prover, who must have sent the whole proof before
 */
export async function* verifyShuffle(
  { statement, evidence }: { readonly statement: ShuffleStatement; readonly evidence: ShuffleEvidence },
  group: Group,
  rng: Rng = csprng,
): AsyncGenerator<number, Either<BadShuffle, void>> {
  const { rows } = statement;
  const slots = slotsOf(statement);
  if (rows === 0) return E.left(badShuffle('form', 'there are no rows'));
  const [outputs, commitments, chain] = [rowDigest(), rowDigest(), rowDigest()];
  for (const { from, count } of chunks(rows)) {
    outputs.update(await evidence.outputs(from, count));
    commitments.update(await evidence.proof('commitments', from, count));
    chain.update(await evidence.proof('chain', from, count));
    yield from + count;
  }
  const seed = weightSeed(statementHash(statement, outputs.digest()), commitments.digest());
  const head = readHead(await evidence.proof('head', 0, 1), slots);
  const e = challenge(seed, chain.digest(), head.commitments);
  const sums = createVerifierSums({ slots, evidence, seed, e }, group, rng);
  for (const { from, count } of chunks(rows)) {
    const added = await sums.add(from, count);
    if (E.isLeft(added)) return added;
    yield rows + from + count;
  }
  return sums.check(statement, head);
}

interface VerifierSums {
  readonly add: (from: number, count: number) => Promise<Either<BadShuffle, void>>;
  readonly check: (statement: ShuffleStatement, head: ProofHead) => Promise<Either<BadShuffle, void>>;
}

/** The second pass: every sum that the equations need. */
const createVerifierSums = (
  {
    slots,
    evidence,
    seed,
    e,
  }: { readonly slots: number; readonly evidence: ShuffleEvidence; readonly seed: Uint8Array; readonly e: ScalarBytes },
  group: Group,
  rng: Rng,
): VerifierSums => {
  // Σs'·(Q, C', D'); Σs'·H and ΣH; Σc; Σu·c; both sides of the chain.
  const rowSums = runningSums(slots + 2, group);
  const generatorSums = runningSums(2, group);
  const [sumC, sumUC, chainSum] = [runningSums(1, group), runningSums(1, group), runningSums(1, group)];
  const chainResponse = runningScalar(group);
  const minusE = negateScalar(e);
  let product = ONE;
  let last: ElementBytes | undefined;

  const add: VerifierSums['add'] = async (from, count) => {
    const u = await weightsAt(seed, count, (k) => from + k);
    const rows = await evidence.outputs(from, count);
    const c = (await evidence.proof('commitments', from, count)) as Elements;
    const [cHat, tHat] = unzip<Elements>(await evidence.proof('chain', from, count));
    const [sHat, sPrime] = unzip<Scalars>(await evidence.proof('responses', from, count));
    last ??= await group.hashToGroup([generatorMessage(0)], GENERATOR_DST);
    // Σ w_i·(ŝ_i·G + s'_i·ĉ_(i−1) − e·ĉ_i − t̂_i) = 0: ĉ_(i−1) and ĉ_i as they stand, t̂_i behind them.
    const w = chainWeights(count, rng);
    const zero = new Uint8Array(SCALAR_BYTES) as Scalars;
    const onBefore = concatBytes(group.multiplyAddScalars(w, sPrime, ZERO), zero) as Scalars;
    const onOwn = concatBytes(zero, group.multiplyAddScalars(w, minusE, ZERO)) as Scalars;
    const onChain = group.multiplyAddScalars(onBefore, ONE, onOwn);
    const points = concatBytes(delayed(last, cHat), lastOf(cHat), tHat) as Elements;
    const weights = concatBytes(onChain, group.multiplyAddScalars(w, negateScalar(ONE), ZERO)) as Scalars;
    last = lastOf(cHat);
    chainResponse.add(group.dotScalars(w, sHat));
    product = lastOf(group.chainScalars(product, u, ZERO));
    const rowSum = await sumOfRows(rows, sPrime);
    if (E.isLeft(rowSum)) return rowSum;
    const [generators, plainC, weighedC, chain] = await Promise.all([
      group.multiScalarHashedPublic(generatorMessages(from + 1, count), GENERATOR_DST, sPrime),
      group.sumRows(c, 1),
      group.multiScalarRowsPublic(c, 1, u),
      group.multiScalarRowsPublic(points, 1, weights),
      evidence.inputs.weigh(from, u),
    ]);
    rowSums.add(rowSum.right);
    generatorSums.add(generators);
    sumC.add(plainC);
    sumUC.add(weighedC);
    chainSum.add(chain);
    return E.right(undefined);
  };

  /** Σs'·(Q, C', D') over a chunk. Its elements come from outside and are decoded here, once: what is none stops the sum. */
  const sumOfRows = async (rows: Elements, scalars: Scalars): Promise<Either<BadShuffle, Elements>> => {
    try {
      return E.right(await group.multiScalarRowsPublic(rows, slots + 2, scalars));
    } catch (error) {
      const received = await group.receive(rows);
      if (E.isRight(received)) throw error;
      return E.left(badShuffle('element', received.left.message));
    }
  };

  const check: VerifierSums['check'] = async ({ joinKey, jointKeys }, { commitments, responses }) => {
    const [s1, s2, s3, s4, s5] = [0, 1, 2, 3, 4].map((i) => scalarAt(responses, i)) as [
      ScalarBytes,
      ScalarBytes,
      ScalarBytes,
      ScalarBytes,
      ScalarBytes,
    ];
    const inputs = await evidence.inputs.close();
    const columns = await Promise.all(Array.from({ length: slots + 2 }, (_, j) => rowSums.total(j)));
    const sumH = await generatorSums.total(1);
    const h0 = await group.hashToGroup([generatorMessage(0)], GENERATOR_DST);
    const combine = (...terms: readonly (readonly [ScalarBytes, ElementBytes])[]): Promise<ElementBytes> =>
      group.multiScalarPublic(
        concatBytes(...terms.map(([, element]) => element)) as Elements,
        concatBytes(...terms.map(([scalar]) => scalar)) as Scalars,
      );
    const minus = (scalar: ScalarBytes): ScalarBytes => negateScalar(scalar);
    const expected: readonly (readonly [ShuffleCheck, ElementBytes])[] = [
      // t1 = s1·G − e·(Σc − ΣH).
      ['t1', await combine([s1, GENERATOR], [minusE, await sumC.total()], [e, sumH])],
      // t2 = s2·G − e·(ĉ_n − (Πu)·H_0).
      ['t2', await combine([s2, GENERATOR], [minusE, last!], [group.multiplyAddScalars(e, product, ZERO), h0])],
      // t3 = s3·G + Σs'·H − e·Σu·c.
      ['t3', await combine([s3, GENERATOR], [ONE, await generatorSums.total()], [minusE, await sumUC.total()])],
      // t_Q = Σs'·Q − s5·A.
      ['tQ', await combine([ONE, columns[0]!], [minus(s5), inputs.a])],
      // t_C = Σs'·C' − s4·G − e·Σu·2C.
      ['tC', await combine([ONE, columns[1]!], [minus(s4), GENERATOR], [minusE, inputs.c])],
      // t_Dj = Σs'·D'_j − s4·PK_j − e·Σu·2D_j.
      ...(await Promise.all(
        Array.from({ length: slots }, async (_, j) => {
          const key = elementAt(jointKeys, j);
          const sum = await combine([ONE, columns[2 + j]!], [minus(s4), key], [minusE, elementAt(inputs.d, j)]);
          return ['tD', sum] as const;
        }),
      )),
      // t_K = s5·G − e·KB.
      ['tK', await combine([s5, GENERATOR], [minusE, joinKey])],
    ];
    for (const [i, [name, element]] of expected.entries())
      if (!equalBytes(element, elementAt(commitments, i))) return E.left(badShuffle(name));
    // t̂_i = ŝ_i·G + s'_i·ĉ_(i−1) − e·ĉ_i for all i, with random weights (Bellare, Garay, Rabin 1998).
    const chain = await combine([chainResponse.value, GENERATOR], [ONE, await chainSum.total()]);
    return chain.every((byte) => byte === 0) ? E.right(undefined) : E.left(badShuffle('chain'));
  };

  return { add, check };
};

const chainWeights = (count: number, rng: Rng): Scalars => {
  const random = rng(count * CHAIN_WEIGHT_BYTES);
  const out = new Uint8Array(count * SCALAR_BYTES);
  for (let i = 0; i < count; i++)
    out.set(random.subarray(i * CHAIN_WEIGHT_BYTES, (i + 1) * CHAIN_WEIGHT_BYTES), i * SCALAR_BYTES);
  return out as Scalars;
};
