import {
  concatBytes,
  csprng,
  domain,
  E,
  type Either,
  equalBytes,
  lengthPrefixed,
  type Rng,
  type Secret,
  utf8ToBytes,
} from '@vouchsafe/core';
import {
  addScalars,
  type BadElement,
  type BadScalar,
  countOf,
  type Elements,
  GENERATOR,
  type Group,
  hashToScalar,
  multiplyScalars,
  negateScalar,
  randomScalar,
  receiveScalars,
  type ScalarBytes,
  type Scalars,
  scalarAt,
} from '@vouchsafe/group';
import { type JoinContext, pairTranscript } from './context.ts';

/** Bytes of a proof: challenge and response. */
export const KEY_PROOF_BYTES = 64;

/** Who proves; part of what is hashed, so that a holder's proof cannot be played back as a bureau's. */
export type Role = 'holder' | 'bureau';

/** The proof does not show that its maker knows the secrets of these public keys. */
export interface BadKeyProof {
  readonly _tag: 'BadKeyProof';
  readonly message: string;
}

/** What is proven: whose keys, and where. */
export interface KeyStatement {
  readonly context: JoinContext;
  readonly role: Role;
  /** n × 32 bytes. */
  readonly publicKeys: Elements;
}

/** Fiat–Shamir: the challenge covers everything the statement says and the commitment. */
const challenge = ({ context, role, publicKeys }: KeyStatement, commitment: Uint8Array): ScalarBytes =>
  hashToScalar(pairTranscript(context, utf8ToBytes(role), lengthPrefixed(publicKeys, commitment)), domain('joinKeyProof'));

/** c, c², …, cⁿ. */
const powers = (c: ScalarBytes, count: number): readonly ScalarBytes[] => {
  const out: ScalarBytes[] = [];
  for (let j = 0; j < count; j++) out.push(j === 0 ? c : multiplyScalars(out[j - 1]!, c));
  return out;
};

/**
 * Proves knowledge of the discrete logarithms of n public keys: one Schnorr proof for all, z = k + Σ c^(j+1)·x_j. Without it a partner could publish X − H_j
 * as its own key and cancel ours (a rogue key), so that it alone could read the rows.
 * @param statement with its secrets, n × 32 bytes, in the order of the public keys
 * @returns c ‖ z, 64 bytes
 */
export const proveKeys = async (
  statement: KeyStatement & { readonly secrets: readonly Secret[] },
  group: Group,
  rng: Rng = csprng,
): Promise<Uint8Array> => {
  const secrets = concatBytes(...statement.secrets.map((secret) => secret.reveal())) as Scalars;
  const k = randomScalar(rng);
  const c = challenge(statement, await group.multiplyBase(GENERATOR, k));
  const z = powers(c, countOf(secrets)).reduce(
    (sum, power, j) => addScalars(sum, multiplyScalars(power, scalarAt(secrets, j))),
    k,
  );
  secrets.fill(0);
  k.fill(0);
  return concatBytes(c, z);
};

/**
 * Checks a proof of {@link proveKeys}: recomputes z·G − Σ c^(j+1)·X_j and compares the challenge.
 * @param received the public keys as they came, n × 32 bytes
 * @returns the public keys, checked, or why not
 */
export const verifyKeys = async (
  {
    context,
    role,
    received,
    proof,
  }: { readonly context: JoinContext; readonly role: Role; readonly received: Uint8Array; readonly proof: Uint8Array },
  group: Group,
): Promise<Either<BadElement | BadScalar | BadKeyProof, Elements>> => {
  const keys = await group.receive(received);
  if (E.isLeft(keys)) return keys;
  if (proof.length !== KEY_PROOF_BYTES) return E.left(badKeyProof);
  const scalars = receiveScalars(proof);
  if (E.isLeft(scalars)) return scalars;
  const publicKeys = keys.right;
  const [c, z] = [scalarAt(scalars.right, 0), scalarAt(scalars.right, 1)];
  const weights = concatBytes(z, ...powers(c, countOf(publicKeys)).map(negateScalar)) as Scalars;
  const commitment = await group.multiScalar(concatBytes(GENERATOR, publicKeys) as Elements, weights);
  return equalBytes(challenge({ context, role, publicKeys }, commitment), c) ? E.right(publicKeys) : E.left(badKeyProof);
};

const badKeyProof: BadKeyProof = {
  _tag: 'BadKeyProof',
  message:
    'the proof of knowledge of the public keys does not hold for this federation, bureau, holder, scheme and epoch: refuse this partner',
};
