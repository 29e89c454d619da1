import { csprng, type Rng, Secret } from '@vouchsafe/core';
import { deriveScalar, type ElementBytes, GENERATOR, type Group, randomScalar, type ScalarBytes } from '@vouchsafe/group';
import { contextString, type Mode, tag } from './context.ts';

/** The holder's key of one (scheme, epoch), in the RFC's names. */
export interface KeyPair {
  /** The secret scalar, 32 bytes, in [1, q). */
  readonly skS: Secret;
  /** skS·G, 32 bytes: stands in the signed manifest, where clients pin it. */
  readonly pkS: ElementBytes;
}

const keyPairOf = async (group: Group, skS: ScalarBytes): Promise<KeyPair> => ({
  skS: new Secret(skS),
  pkS: await group.multiplyBase(GENERATOR, skS),
});

/**
 * RFC 9497 §3.2.1 `DeriveKeyPair`: the same seed and information give the same key.
 * @param from.seed 32 uniform secret bytes
 * @param from.info public, at most 65,535 bytes; keeps the keys of several uses of one seed apart
 * @throws RangeError when the seed has another length
 */
export const deriveKeyPair = async (
  { seed, info, mode = 'VOPRF' }: { readonly seed: Uint8Array; readonly info: Uint8Array; readonly mode?: Mode },
  group: Group,
): Promise<KeyPair> => keyPairOf(group, deriveScalar({ seed, info, dst: tag('DeriveKeyPair', contextString(mode)) }));

/** RFC 9497 §3.2 `GenerateKeyPair`: a fresh random key. It serves either mode. */
export const generateKeyPair = (group: Group, rng: Rng = csprng): Promise<KeyPair> => keyPairOf(group, randomScalar(rng));
