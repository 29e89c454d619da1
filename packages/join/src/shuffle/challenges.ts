import { createHash } from 'node:crypto';
import { createPace, domain, i2osp, lengthPrefixed } from '@vouchsafe/core';
import { type Elements, hashToScalar, SCALAR_BYTES, type ScalarBytes, type Scalars } from '@vouchsafe/group';

/** Bytes of a weight u_i: 128 bits. */
const WEIGHT_BYTES = 16;

/** A hash over rows as they pass. */
export interface RowDigest {
  update(rows: Uint8Array): void;
  digest(): Uint8Array;
}

export const rowDigest = (): RowDigest => {
  const hash = createHash('sha512');
  return { update: (rows) => void hash.update(rows), digest: () => new Uint8Array(hash.digest()) };
};

/** Fiat–Shamir, first move: what the weights u come from. @param statement {@link statementHash} @param commitments SHA-512 over c_1 … c_n */
export const weightSeed = (statement: Uint8Array, commitments: Uint8Array): Uint8Array =>
  new Uint8Array(
    createHash('sha512')
      .update(lengthPrefixed(domain('shuffleWeight'), statement, commitments))
      .digest(),
  );

/**
 * u_j, a 128-bit hash of the seed and the row's place, for each of some rows. Public; which rows they are asked for may be secret.
 * @param places places in stream 1, from 0
 */
export const weightsAt = async (seed: Uint8Array, count: number, placeOf: (k: number) => number): Promise<Scalars> => {
  const out = new Uint8Array(count * SCALAR_BYTES) as Scalars;
  const pace = createPace();
  for (let k = 0; k < count; k++) {
    const hash = createHash('sha256')
      .update(seed)
      .update(i2osp(placeOf(k), 6))
      .digest();
    out.set(hash.subarray(0, WEIGHT_BYTES), k * SCALAR_BYTES);
    if (pace.due()) await pace.rest();
  }
  return out;
};

/**
 * Fiat–Shamir, second move: e.
 * @param seed {@link weightSeed}, which covers the statement and c
 * @param chain SHA-512 over (ĉ_i, t̂_i) for all i
 * @param commitments t1, t2, t3, t_Q, t_C, t_D1 … t_DV, t_K
 */
export const challenge = (seed: Uint8Array, chain: Uint8Array, commitments: Elements): ScalarBytes =>
  hashToScalar(lengthPrefixed(seed, chain, commitments), domain('shuffleChallenge'));
