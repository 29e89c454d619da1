import { concatBytes, csprng, domain, E, equalBytes, lengthPrefixed, type Rng } from '@vouchsafe/core';
import {
  addScalars,
  type ElementBytes,
  type Elements,
  GENERATOR,
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

/**
 * "There is one k with B = k·G and D = k·C, or I know the secret key of Y": a designated-verifier proof (Jakobsson, Sako, Impagliazzo, "Designated Verifier Proofs and Their Applications", EUROCRYPT
 * 1996), as the OR of Chaum–Pedersen and Schnorr (Cramer, Damgård, Schoenmakers, "Proofs of Partial Knowledge", CRYPTO 1994). It convinces the owner of Y, who knows that it did not make the proof
 * itself, and nobody else, since the owner of Y could have: see `simulateDesignated`.
 */
export interface DesignatedStatement {
  /** What else the proof is about: it holds for these bytes only. At most 65,535. */
  readonly binding: Uint8Array;
  readonly B: ElementBytes;
  readonly C: ElementBytes;
  readonly D: ElementBytes;
  /** The verifier's key Y. Whoever proves has checked that its owner knows the secret ({@link verifyVerifierKey}): of a Y that nobody owns, the proof would convince everybody. */
  readonly verifier: ElementBytes;
}

/** Bytes of a proof: c₁, s₁ of the equality, c₂, s₂ of the key. */
export const DESIGNATED_PROOF_BYTES: number = 4 * SCALAR_BYTES;

interface Commitments {
  readonly t1: ElementBytes;
  readonly t2: ElementBytes;
  readonly t3: ElementBytes;
}

const challenge = ({ binding, B, C, D, verifier }: DesignatedStatement, { t1, t2, t3 }: Commitments): ScalarBytes =>
  hashToScalar(lengthPrefixed(binding, B, C, D, verifier, t1, t2, t3), domain('designatedProof'));

/** s·P + c·Q. */
const combined = (
  [P, Q]: readonly [ElementBytes, ElementBytes],
  { s, c }: { readonly s: ScalarBytes; readonly c: ScalarBytes },
  group: Group,
): Promise<ElementBytes> => group.multiScalar(concatBytes(P, Q) as Elements, concatBytes(s, c) as Scalars);

/**
 * Proves the left side; the right side is simulated.
 * @param k the secret; the statement must be true for it, since nothing here checks that
 * @returns 128 bytes
 */
export const proveDesignated = async (
  k: ScalarBytes,
  statement: DesignatedStatement,
  group: Group,
  rng: Rng = csprng,
): Promise<Uint8Array> => {
  const [r, c2, s2] = [randomScalar(rng), randomScalar(rng), randomScalar(rng)];
  const t1 = await group.multiplyBase(GENERATOR, r);
  const t2 = await group.multiply(statement.C, r);
  const t3 = await combined([GENERATOR, statement.verifier], { s: s2, c: c2 }, group);
  const c1 = subtractScalars(challenge(statement, { t1, t2, t3 }), c2);
  const s1 = subtractScalars(r, multiplyScalars(c1, k));
  // Whoever learns r has k = (r − s₁)/c₁.
  r.fill(0);
  return concatBytes(c1, s1, c2, s2);
};

/**
 * What the owner of Y can make for any B, C, D, true or not: proofs that nobody can tell from those of {@link proveDesignated}. That it exists is the point; nobody needs to call it.
 * @param y the secret key of Y
 */
export const simulateDesignated = async (
  y: ScalarBytes,
  statement: DesignatedStatement,
  group: Group,
  rng: Rng = csprng,
): Promise<Uint8Array> => {
  const [r, c1, s1] = [randomScalar(rng), randomScalar(rng), randomScalar(rng)];
  const t1 = await combined([GENERATOR, statement.B], { s: s1, c: c1 }, group);
  const t2 = await combined([statement.C, statement.D], { s: s1, c: c1 }, group);
  const t3 = await group.multiplyBase(GENERATOR, r);
  const c2 = subtractScalars(challenge(statement, { t1, t2, t3 }), c1);
  const s2 = subtractScalars(r, multiplyScalars(c2, y));
  r.fill(0);
  return concatBytes(c1, s1, c2, s2);
};

/** Checks a proof. The statement's elements have passed `Group.receive`; the proof comes straight from outside. Only the owner of Y should believe it. */
export const verifyDesignated = async (proof: Uint8Array, statement: DesignatedStatement, group: Group): Promise<boolean> => {
  if (proof.length !== DESIGNATED_PROOF_BYTES) return false;
  const received = receiveScalars(proof);
  if (E.isLeft(received)) return false;
  const [c1, s1, c2, s2] = [0, 1, 2, 3].map((i) => scalarAt(received.right, i)) as [
    ScalarBytes,
    ScalarBytes,
    ScalarBytes,
    ScalarBytes,
  ];
  const t1 = await combined([GENERATOR, statement.B], { s: s1, c: c1 }, group);
  const t2 = await combined([statement.C, statement.D], { s: s1, c: c1 }, group);
  const t3 = await combined([GENERATOR, statement.verifier], { s: s2, c: c2 }, group);
  return equalBytes(addScalars(c1, c2), challenge(statement, { t1, t2, t3 }));
};

/** Bytes of a proof of knowledge of a verifier's key. */
export const VERIFIER_KEY_PROOF_BYTES: number = 2 * SCALAR_BYTES;

const keyChallenge = (binding: Uint8Array, verifier: ElementBytes, t: ElementBytes): ScalarBytes =>
  hashToScalar(lengthPrefixed(binding, verifier, t), domain('designatedKey'));

/**
 * The verifier's proof that it knows the secret of its key (Schnorr, Fiat–Shamir). Without it a verifier could take a Y of unknown secret, or somebody else's, and pass proofs on as convincing.
 * @param binding who the verifier is and what it asks, so that no other's proof fits
 * @returns Y and c ‖ s, 64 bytes
 */
export const proveVerifierKey = async (
  { y, binding }: { readonly y: ScalarBytes; readonly binding: Uint8Array },
  group: Group,
  rng: Rng = csprng,
): Promise<{ readonly verifier: ElementBytes; readonly proof: Uint8Array }> => {
  const verifier = await group.multiplyBase(GENERATOR, y);
  const r = randomScalar(rng);
  const c = keyChallenge(binding, verifier, await group.multiplyBase(GENERATOR, r));
  const s = subtractScalars(r, multiplyScalars(c, y));
  r.fill(0);
  return { verifier, proof: concatBytes(c, s) };
};

/** Checks a proof of {@link proveVerifierKey}. */
export const verifyVerifierKey = async (
  { verifier, binding, proof }: { readonly verifier: ElementBytes; readonly binding: Uint8Array; readonly proof: Uint8Array },
  group: Group,
): Promise<boolean> => {
  if (proof.length !== VERIFIER_KEY_PROOF_BYTES) return false;
  const received = receiveScalars(proof);
  if (E.isLeft(received)) return false;
  const [c, s] = [scalarAt(received.right, 0), scalarAt(received.right, 1)];
  return equalBytes(c, keyChallenge(binding, verifier, await combined([GENERATOR, verifier], { s, c }, group)));
};
