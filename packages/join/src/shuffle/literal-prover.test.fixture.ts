import { concatBytes } from '@vouchsafe/core';
import {
  type ElementBytes,
  type Elements,
  elementAt,
  GENERATOR,
  ORDER,
  randomScalar,
  type Scalars,
  toBigint,
  toScalar,
} from '@vouchsafe/group';
import { seededRng } from '@vouchsafe/testkit';
import { challenge, rowDigest, weightSeed, weightsAt } from './challenges.ts';
import { zip } from './proof-form.ts';
import { group, type Proof, type Setup } from './shuffle.test.fixture.ts';
import { GENERATOR_DST, generatorMessages, statementHash } from './statement.ts';

const mod = (x: bigint): bigint => ((x % ORDER) + ORDER) % ORDER;
const sum = (xs: readonly bigint[]): bigint => mod(xs.reduce((a, b) => a + b, 0n));

/** Σ xᵢ·Pᵢ. */
const combine = (xs: readonly bigint[], points: readonly ElementBytes[]): Promise<ElementBytes> =>
  group.multiScalar(concatBytes(...points) as Elements, concatBytes(...xs.map(toScalar)) as Scalars);

/** What a prover of the literal kind may lie about. */
export interface Lie {
  /** m[i][j]: row i of stream 2 is Σ_j m_ij × row j of stream 1. The permutation matrix by default. */
  readonly matrix?: readonly (readonly bigint[])[];
  /** kB as it is used in the proof. */
  readonly joinScalar?: bigint;
  /** What is added to t̂_0 and taken from t̂_1. */
  readonly bend?: ElementBytes;
  /** H_0 … H_n. */
  readonly generators?: Elements;
}

/**
 * The page (SHUFFLE.md §2) once more, line by line, with a matrix in place of the permutation and BigInt in place of the kernels: an independent prover for the verifier to accept, and one that can
 * lie.
 */
export const proveLiterally = async (setup: Setup, lie: Lie = {}): Promise<Proof> => {
  const { statement, inputs, outputs, randomness, permutation, slots } = setup;
  const n = statement.rows;
  const rng = seededRng('literal');
  const random = (): bigint => toBigint(randomScalar(rng));
  const indices = Array.from({ length: n }, (_, i) => i);
  const m = lie.matrix ?? indices.map((i) => indices.map((j) => (permutation[i] === j ? 1n : 0n)));
  const kB = lie.joinScalar ?? toBigint(setup.bureau.joinScalar.reveal() as Scalars);
  const h = lie.generators ?? (await group.hashToGroup(generatorMessages(0, n + 1), GENERATOR_DST));
  const H = Array.from({ length: n + 1 }, (_, i) => elementAt(h, i));
  const width = slots + 2;
  const cell = (rows: Elements, row: number, column: number): ElementBytes => elementAt(rows, row * width + column);
  const s = indices.map((i) => mod(2n * toBigint(randomness.subarray(32 * i, 32 * i + 32) as Scalars)));

  const r = indices.map(random);
  const c: ElementBytes[] = [];
  for (const j of indices) c.push(await combine([r[j]!, ...indices.map((i) => m[i]![j]!)], [GENERATOR, ...H.slice(1)]));
  const hashedOutputs = rowDigest();
  hashedOutputs.update(outputs);
  const commitments = concatBytes(...c);
  const hashedC = rowDigest();
  hashedC.update(commitments);
  const seed = weightSeed(statementHash(statement, hashedOutputs.digest()), hashedC.digest());
  const packed = await weightsAt(seed, n, (k) => k);
  const u = indices.map((j) => toBigint(packed.subarray(32 * j, 32 * j + 32) as Scalars));
  const u2 = indices.map((i) => sum(indices.map((j) => m[i]![j]! * u[j]!)));
  const A = await combine(
    u,
    indices.map((j) => cell(inputs, j, 0)),
  );

  const [rHat, omegaHat, omegaPrime] = [indices.map(random), indices.map(random), indices.map(random)];
  const [w1, w2, w3, w4, w5] = [random(), random(), random(), random(), random()];
  const cHat: ElementBytes[] = [];
  const tHat: ElementBytes[] = [];
  let R = 0n;
  for (const i of indices) {
    const before = i === 0 ? H[0]! : cHat[i - 1]!;
    cHat.push(await combine([rHat[i]!, u2[i]!], [GENERATOR, before]));
    tHat.push(await combine([omegaHat[i]!, omegaPrime[i]!], [GENERATOR, before]));
    R = mod(rHat[i]! + u2[i]! * R);
  }
  if (lie.bend) {
    tHat[0] = await group.add(tHat[0]!, lie.bend);
    tHat[1] = await group.subtract(tHat[1]!, lie.bend);
  }
  const column = (j: number): Promise<ElementBytes> =>
    combine(
      omegaPrime,
      indices.map((i) => cell(outputs, i, j)),
    );
  const minus = async (point: ElementBytes, x: bigint, base: ElementBytes): Promise<ElementBytes> =>
    group.subtract(point, await combine([x], [base]));
  const t = concatBytes(
    await combine([w1], [GENERATOR]),
    await combine([w2], [GENERATOR]),
    await combine([w3, ...omegaPrime], [GENERATOR, ...H.slice(1)]),
    await minus(await column(0), w5, A),
    await minus(await column(1), w4, GENERATOR),
    ...(await Promise.all(
      Array.from({ length: slots }, async (_, j) => minus(await column(2 + j), w4, elementAt(statement.jointKeys, j))),
    )),
    await combine([w5], [GENERATOR]),
  ) as Elements;
  const chain = zip(concatBytes(...cHat), concatBytes(...tHat));
  const hashedChain = rowDigest();
  hashedChain.update(chain);
  const e = toBigint(challenge(seed, hashedChain.digest(), t));
  const responses = [
    w1 + e * sum(r),
    w2 + e * R,
    w3 + e * sum(indices.map((j) => r[j]! * u[j]!)),
    w4 + e * sum(indices.map((i) => s[i]! * u2[i]!)),
    w5 + e * kB,
  ].map(toScalar);
  return {
    commitments,
    chain,
    head: concatBytes(t, ...responses),
    responses: zip(
      concatBytes(...indices.map((i) => toScalar(omegaHat[i]! + e * rHat[i]!))),
      concatBytes(...indices.map((i) => toScalar(omegaPrime[i]! + e * u2[i]!))),
    ),
  };
};
