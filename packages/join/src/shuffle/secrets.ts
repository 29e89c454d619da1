import { createHash, createHmac } from 'node:crypto';
import { concatBytes, domain, i2osp, lengthPrefixed, type Secret } from '@vouchsafe/core';
import type { Group, Scalars } from '@vouchsafe/group';

/** What the prover's random scalars are for; each use has a stream of its own. `r` goes by the order of stream 1, the others by that of stream 2. */
const USES = { r: 0, rHat: 1, omegaHat: 2, omegaPrime: 3, omega: 4 } as const;
export type ProofSecret = keyof typeof USES;

/** Scalars that one call of SHAKE256 gives. */
const BLOCK = 256;
const WIDE = 64;

/** The prover's random scalars, made again whenever they are asked for. */
export interface ProofSecrets {
  /** Scalars [from, from + count) of a use; `from` is a multiple of 256. */
  readonly take: (use: ProofSecret, from: number, count: number) => Scalars;
  readonly wipe: () => void;
}

/**
 * Every random scalar of a proof is SHAKE256(key ‖ use ‖ block), reduced modulo q (FIPS 202; a keyed sponge is a PRF, Bertoni et al. 2011), with key = HMAC-SHA512(join seed, statement). So a prover that starts again makes the
 * very same proof, and no randomness ever serves two statements: two answers to two challenges under one ω would show the permutation and kB. For one statement there is but one witness, hence one
 * proof.
 * @param statement the hash of the whole statement, outputs included
 */
export const proofSecrets = (
  { seed, statement }: { readonly seed: Secret; readonly statement: Uint8Array },
  group: Group,
): ProofSecrets => {
  const key = createHmac('sha512', seed.reveal())
    .update(lengthPrefixed(domain('shuffleSecret'), statement))
    .digest();
  const block = (use: ProofSecret, index: number, count: number): Uint8Array =>
    createHash('shake256', { outputLength: count * WIDE })
      .update(key)
      .update(Uint8Array.of(USES[use]))
      .update(i2osp(index, 6))
      .digest();
  return {
    take: (use, from, count) => {
      if (from % BLOCK !== 0) throw new RangeError(`scalars are made in blocks of ${BLOCK}`);
      const blocks: Uint8Array[] = [];
      for (let done = 0; done < count; done += BLOCK)
        blocks.push(block(use, (from + done) / BLOCK, Math.min(BLOCK, count - done)));
      const wide = concatBytes(...blocks);
      const scalars = group.reduceWide(wide);
      for (const one of [...blocks, wide]) one.fill(0);
      return scalars;
    },
    wipe: () => void key.fill(0),
  };
};
