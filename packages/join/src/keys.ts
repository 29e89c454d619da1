import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, domain, E, type Either, equalBytes, i2osp, lengthPrefixed, Secret, utf8ToBytes } from '@vouchsafe/core';
import {
  countOf,
  deriveScalar,
  type ElementBytes,
  type Elements,
  elementAt,
  GENERATOR,
  type Group,
  IDENTITY,
  type Scalars,
} from '@vouchsafe/group';
import { type BureauContext, bureauTranscript, type JoinContext, pairTranscript } from './context.ts';

/**
 * The two seeds of a party and epoch, 32 bytes each. The value seed opens rows and is destroyed at the end of the epoch; the join seed is kept, encrypted, for the
 * audit window: it can show what a logged pseudonym was.
 */
export interface EpochSeeds {
  readonly join: Secret;
  readonly value: Secret;
}

/** A holder's secrets towards one bureau. */
export interface HolderKeys {
  readonly context: JoinContext;
  /** kH, 32 bytes. With KH = kH·G a bureau could select rows without knowing anybody, so KH is never sent either. */
  readonly joinScalar: Secret;
  /** h_j, V × 32 bytes. */
  readonly slotSecrets: Secret;
  /** H_j = h_j·G, V × 32 bytes, public. */
  readonly slotKeys: Elements;
  /** The join seed: per-row randomness comes from it. */
  readonly seed: Secret;
}

/** The part of a holder's secrets that outlasts the epoch, for the audit window: what its pseudonyms and the randomness of its rows come from. No value can be read with it. */
export type HolderJoin = Pick<HolderKeys, 'context' | 'joinScalar' | 'seed'>;

/** A bureau's secrets towards one holder; kB is the same for all holders of a (scheme, epoch). */
export interface BureauKeys {
  readonly context: JoinContext;
  /** kB, 32 bytes. */
  readonly joinScalar: Secret;
  /** KB = kB·G, 32 bytes, public. */
  readonly joinKey: ElementBytes;
  /** b_j, V × 32 bytes. Independent of every other holder's: with one b for all, a holder could read differences. */
  readonly slotSecrets: Secret;
  /** B_j = b_j·G, V × 32 bytes, public. */
  readonly slotKeys: Elements;
  readonly seed: Secret;
}

const dst = domain('joinKey');

const slotScalars = (context: JoinContext, role: string, seed: Secret, slots: number): Scalars => {
  const scalars = Array.from({ length: slots }, (_, j) =>
    deriveScalar({ seed: seed.reveal(), info: pairTranscript(context, utf8ToBytes(role), i2osp(j, 2)), dst }),
  );
  return concatBytes(...scalars) as Scalars;
};

/** kH of a pair, from the join seed. */
export const deriveHolderJoin = ({ context, seed }: { readonly context: JoinContext; readonly seed: Secret }): HolderJoin => {
  const info = pairTranscript(context, utf8ToBytes('holder'));
  return { context, seed, joinScalar: new Secret(deriveScalar({ seed: seed.reveal(), info, dst })) };
};

/** Derives a holder's keys from its seeds (RFC 9497 §3.2.1 `DeriveKeyPair` under tags of our own). @param slots V, `present` included */
export const deriveHolderKeys = async (
  { context, seeds, slots }: { readonly context: JoinContext; readonly seeds: EpochSeeds; readonly slots: number },
  group: Group,
): Promise<HolderKeys> => {
  const secrets = slotScalars(context, 'holder', seeds.value, slots);
  return {
    ...deriveHolderJoin({ context, seed: seeds.join }),
    slotKeys: await group.multiplyBase(GENERATOR, secrets),
    slotSecrets: new Secret(secrets),
  };
};

/** Derives a bureau's keys towards one holder from its seeds. @param slots V, `present` included */
export const deriveBureauKeys = async (
  { context, seeds, slots }: { readonly context: JoinContext; readonly seeds: EpochSeeds; readonly slots: number },
  group: Group,
): Promise<BureauKeys> => {
  const secrets = slotScalars(context, 'bureau', seeds.value, slots);
  const joinScalar = deriveBureauScalar(context, seeds);
  return {
    context,
    joinKey: await group.multiplyBase(GENERATOR, joinScalar.reveal() as Scalars),
    joinScalar,
    slotKeys: await group.multiplyBase(GENERATOR, secrets),
    slotSecrets: new Secret(secrets),
    seed: seeds.join,
  };
};

/** kB: one per (scheme, epoch), the same for all holders, so that one cohort U serves them all. */
export const deriveBureauScalar = (context: BureauContext, seeds: Pick<EpochSeeds, 'join'>): Secret =>
  new Secret(deriveScalar({ seed: seeds.join.reveal(), info: bureauTranscript(context, utf8ToBytes('bureau')), dst }));

/** A joint key H_j + B_j is the identity: one side chose its key to cancel the other's, and rows would travel in the clear. */
export interface KeyCancelled {
  readonly _tag: 'KeyCancelled';
  readonly message: string;
  readonly slot: number;
}

/** PK_j = H_j + B_j, V × 32 bytes. Both lists must have passed their proof of knowledge first. */
export const jointKeys = async (
  { holder, bureau }: { readonly holder: Elements; readonly bureau: Elements },
  group: Group,
): Promise<Either<KeyCancelled, Elements>> => {
  const keys = await group.add(holder, bureau);
  for (let slot = 0; slot < countOf(keys); slot++)
    if (equalBytes(elementAt(keys, slot), IDENTITY))
      return E.left({
        _tag: 'KeyCancelled',
        slot,
        message: `the joint key of slot ${slot} is the identity: refuse this partner`,
      });
  return E.right(keys);
};

/**
 * The salted commitment to KH that a holder publishes before sealing: SHA-256 under a tag of its own. KH and the salt go to the auditor only; the salt comes
 * from the join seed, which is kept for the audit window.
 */
export const commitJoinKey = async (
  keys: HolderJoin,
  group: Group,
): Promise<{ readonly salt: Uint8Array; readonly commitment: Uint8Array }> => {
  const transcript = lengthPrefixed(domain('joinCommitment'), pairTranscript(keys.context));
  const salt = hmac(sha256, keys.seed.reveal(), transcript);
  const joinKey = await group.multiplyBase(GENERATOR, keys.joinScalar.reveal() as Scalars);
  return { salt, commitment: sha256(lengthPrefixed(transcript, salt, joinKey)) };
};

/** Does the opening fit the commitment of {@link commitJoinKey}? For the auditor, to whom the holder opens it. */
export const opensJoinKey = (
  context: JoinContext,
  { commitment, salt, joinKey }: { readonly commitment: Uint8Array; readonly salt: Uint8Array; readonly joinKey: Uint8Array },
): boolean => {
  const transcript = lengthPrefixed(domain('joinCommitment'), pairTranscript(context));
  return equalBytes(commitment, sha256(lengthPrefixed(transcript, salt, joinKey)));
};

/**
 * SHA-256 of the public keys under which a table is sealed, which its log entry states: without it a holder could show an auditor other joint keys, under which a row says any value.
 * @param bureau KB, B_1 … B_V
 * @param holder H_1 … H_V
 */
export const hashSealKeys = (
  context: JoinContext,
  { bureau, holder }: { readonly bureau: Uint8Array; readonly holder: Uint8Array },
): Uint8Array => sha256(concatBytes(domain('sealKeys'), pairTranscript(context), bureau, holder));
