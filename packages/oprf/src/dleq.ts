import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes, csprng, E, equalBytes, i2osp, lengthPrefixed, type Rng, utf8ToBytes } from '@vouchsafe/core';
import {
  countOf,
  ELEMENT_BYTES,
  type ElementBytes,
  type Elements,
  elementAt,
  type Group,
  hashToScalar,
  multiplyScalars,
  randomScalar,
  receiveScalars,
  SCALAR_BYTES,
  type ScalarBytes,
  type Scalars,
  scalarAt,
  subtractScalars,
} from '@vouchsafe/group';
import { tag } from './context.ts';

/** RFC 9497 §2.2: there is one k with B = k·A and Dᵢ = k·Cᵢ for every i. */
export interface DleqStatement {
  /** The RFC's context string, or a tag of our own for another use; it goes into every hash. */
  readonly context: Uint8Array;
  /** A fixed base, the generator as a rule: as in the RFC, it is not hashed, so the prover must not be the one to choose it. */
  readonly A: ElementBytes;
  readonly B: ElementBytes;
  /** n × 32 bytes, 1 ≤ n ≤ {@link MAX_BATCH}. */
  readonly C: Elements;
  /** n × 32 bytes. */
  readonly D: Elements;
}

/**
 * The most elements that one proof covers. The RFC's index has 16 bits and it gives no analysis of batching; a thousand keeps the loss small, and a
 * request short.
 */
export const MAX_BATCH = 1000;

/** Bytes of a proof: the challenge c, then the response s. */
export const PROOF_BYTES: number = 2 * SCALAR_BYTES;

/** The combination Σ dᵢ·Cᵢ, Σ dᵢ·Dᵢ of a batch: (M, Z) in the RFC. Both sides, and whoever sees the batch, know the coefficients: no time that depends on them tells anything. */
export interface Composites {
  readonly M: ElementBytes;
  readonly Z: ElementBytes;
}

/** RFC 9497 §2.2.1 and §2.2.2, first half: the coefficients dᵢ, hashed from the key and every pair, so that no pair can make up for another. */
const coefficients = async ({ context, B, C, D }: DleqStatement, group: Group): Promise<Scalars> => {
  const n = countOf(C);
  if (n < 1 || n > MAX_BATCH || D.length !== C.length) throw new RangeError(`a proof covers 1 to ${MAX_BATCH} pairs`);
  const seed = lengthPrefixed(sha512(lengthPrefixed(B, tag('Seed-', context))));
  const pair = lengthPrefixed(elementAt(C, 0), elementAt(D, 0));
  const text = concatBytes(seed, i2osp(0, 2), pair, utf8ToBytes('Composite'));
  const [at, first, second] = [seed.length, seed.length + 4, seed.length + 6 + ELEMENT_BYTES];
  // One array for all of them: a thousand small ones take longer to make than to hash.
  const all = new Uint8Array(n * text.length);
  const texts = Array.from({ length: n }, (_, i) => {
    const one = all.subarray(i * text.length, (i + 1) * text.length);
    one.set(text);
    one[at] = i >>> 8;
    one[at + 1] = i & 0xff;
    one.set(elementAt(C, i), first);
    one.set(elementAt(D, i), second);
    return one;
  });
  return group.hashToScalars(texts, tag('HashToScalar-', context));
};

/** RFC 9497 §2.2.2 `ComputeComposites`, for the verifier. */
export const computeComposites = async (statement: DleqStatement, group: Group): Promise<Composites> => {
  const d = await coefficients(statement, group);
  return { M: await group.multiScalarPublic(statement.C, d), Z: await group.multiScalarPublic(statement.D, d) };
};

/** RFC 9497 §2.2.1 `ComputeCompositesFast`: who knows k gets Z = k·M from one sum instead of two. */
export const computeCompositesFast = async (k: ScalarBytes, statement: DleqStatement, group: Group): Promise<Composites> => {
  const M = await group.multiScalarPublic(statement.C, await coefficients(statement, group));
  return { M, Z: await group.multiply(M, k) };
};

/** The challenge c of §2.2.1 and §2.2.2. */
const challenge = (
  { context, B }: DleqStatement,
  { M, Z }: Composites,
  { t2, t3 }: { readonly t2: ElementBytes; readonly t3: ElementBytes },
): ScalarBytes =>
  hashToScalar(concatBytes(lengthPrefixed(B, M, Z, t2, t3), utf8ToBytes('Challenge')), tag('HashToScalar-', context));

/**
 * RFC 9497 §2.2.1 `GenerateProof`.
 * @param k the secret; the statement must be true for it, since nothing here checks that
 * @returns c ‖ s, 64 bytes
 */
export const generateProof = async (
  k: ScalarBytes,
  statement: DleqStatement,
  group: Group,
  rng: Rng = csprng,
): Promise<Uint8Array> => {
  const composites = await computeCompositesFast(k, statement, group);
  const r = randomScalar(rng);
  const t2 = await group.multiplyBase(statement.A, r);
  const t3 = await group.multiply(composites.M, r);
  const c = challenge(statement, composites, { t2, t3 });
  const s = subtractScalars(r, multiplyScalars(c, k));
  // Whoever learns r of one proof has k = (r − s)/c.
  r.fill(0);
  return concatBytes(c, s);
};

/**
 * RFC 9497 §2.2.2 `VerifyProof`. The elements of the statement have passed {@link Group.receive}; the proof comes straight from outside. A scalar that is
 * not canonical is refused, else a proof would have several spellings; so is zero, which an honest prover sends with probability 2^-252.
 * @param proof c ‖ s, 64 bytes
 */
export const verifyProof = async (proof: Uint8Array, statement: DleqStatement, group: Group): Promise<boolean> => {
  if (proof.length !== PROOF_BYTES) return false;
  const received = receiveScalars(proof);
  if (E.isLeft(received)) return false;
  const c = scalarAt(received.right, 0);
  const sc = concatBytes(scalarAt(received.right, 1), c) as Scalars;
  const composites = await computeComposites(statement, group);
  const t2 = await group.multiScalar(concatBytes(statement.A, statement.B) as Elements, sc);
  const t3 = await group.multiScalar(concatBytes(composites.M, composites.Z) as Elements, sc);
  return equalBytes(c, challenge(statement, composites, { t2, t3 }));
};
