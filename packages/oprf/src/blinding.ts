import { E, type Either, type Rng, Secret, type Watch } from '@vouchsafe/core';
import {
  type ElementBytes,
  type Elements,
  type Group,
  invertScalars,
  negateScalar,
  randomScalars,
  type ScalarBytes,
  type Scalars,
} from '@vouchsafe/group';
import type { Mode } from './context.ts';
import { MAX_BATCH } from './dleq.ts';
import { type BatchTooLarge, batchTooLarge, type EmptyBatch, emptyBatch, type InvalidInput } from './errors.ts';
import { hashInputs } from './inputs.ts';

/**
 * How a client blinds. Both hide the input perfectly and give the same outputs, and the server cannot tell them apart.
 * - `rfc9497`: r·H(x), unblinded by 1/r (§3.3.1). Two multiplications of varying points.
 * - `fixedBase`: H(x) + r·G, unblinded by − r·pkS. Two multiplications of fixed bases, several times cheaper. Sound only with an authentic pkS and a proof that
 *   the batch was evaluated under it (Jarecki, Krawczyk, Xu, eprint 2021/273, where it is called multiplicative): a server free to answer under keys of its
 *   choice could otherwise make outputs of different inputs depend on each other. So the client without proofs does not offer it.
 */
export type Blinding = 'fixedBase' | 'rfc9497';

const MINUS_ONE = negateScalar(Uint8Array.from({ length: 32 }, (_, i) => (i === 0 ? 1 : 0)) as ScalarBytes);
const ZERO = new Uint8Array(32) as ScalarBytes;

/**
 * What a client keeps between `blind` and `finalize`: the inputs and their blinds. Not to be sent, stored or logged: it prints and serialises as nothing.
 */
export class BlindState {
  /** The blinded elements as they were sent, n × 32 bytes. */
  readonly blinded: Elements;
  readonly blinding: Blinding;
  readonly #inputs: readonly Uint8Array[];
  readonly #blinds: Secret;

  constructor(parts: {
    readonly blinded: Elements;
    readonly blinding: Blinding;
    readonly inputs: readonly Uint8Array[];
    readonly blinds: Scalars;
  }) {
    this.blinded = parts.blinded;
    this.blinding = parts.blinding;
    this.#inputs = parts.inputs;
    this.#blinds = new Secret(parts.blinds);
  }

  reveal(): { readonly inputs: readonly Uint8Array[]; readonly blinds: Scalars } {
    return { inputs: this.#inputs, blinds: this.#blinds.reveal() as Scalars };
  }

  toJSON(): undefined {
    return undefined;
  }
}

/** The first step of a client: what to keep, and what to send (n × 32 bytes). */
export interface Blinded {
  readonly state: BlindState;
  readonly message: Elements;
}

/** Why a batch cannot be blinded. */
export type CannotBlind = EmptyBatch | BatchTooLarge | InvalidInput;

/** Is the size of a batch one that a proof can cover? */
export const checkBatch = (count: number): Either<EmptyBatch | BatchTooLarge, number> => {
  if (count === 0) return E.left(emptyBatch);
  return count > MAX_BATCH ? E.left(batchTooLarge(count, MAX_BATCH)) : E.right(count);
};

/** RFC 9497 §3.3.1 `Blind`, n at once. Each input gets a blind of its own, so that equal inputs do not show. */
export const blindInputs = async (
  {
    inputs,
    mode,
    blinding,
    watch,
  }: {
    readonly inputs: readonly Uint8Array[];
    readonly mode: Mode;
    readonly blinding: Blinding;
    readonly watch?: Watch | undefined;
  },
  group: Group,
  rng: Rng,
): Promise<Either<CannotBlind, Blinded>> => {
  const size = checkBatch(inputs.length);
  if (E.isLeft(size)) return size;
  // Own copies: `finalize` must hash the very bytes that were blinded, whatever the caller does with its arrays meanwhile.
  const own = inputs.map((input) => input.slice());
  const blinds = randomScalars(own.length, rng, group.reduceWide);
  const factor = blinding === 'rfc9497' ? { scalars: blinds } : { masks: blinds };
  const blinded = await hashInputs({ inputs: own, mode, ...factor, watch }, group);
  if (E.isLeft(blinded)) return blinded;
  return E.right({ state: new BlindState({ blinded: blinded.right, blinding, inputs: own, blinds }), message: blinded.right });
};

/**
 * Takes the blinds off: skS·H(x) for each input.
 * @param evaluated n × 32 bytes, received, and proven if the blinding is `fixedBase`
 * @param pkS the key under which they were proven
 * @throws RangeError for a fixed-base blind without a key
 */
export const unblind = async (
  {
    state,
    evaluated,
    pkS,
    watch,
  }: {
    readonly state: BlindState;
    readonly evaluated: Elements;
    readonly pkS?: ElementBytes;
    readonly watch?: Watch | undefined;
  },
  group: Group,
): Promise<Elements> => {
  const { blinds } = state.reveal();
  if (state.blinding === 'rfc9497') return group.multiply(evaluated, invertScalars(blinds), watch);
  if (pkS === undefined) throw new RangeError('a fixed-base blind comes off with the proven key only');
  const minus = group.multiplyAddScalars(blinds, MINUS_ONE, ZERO);
  const unblinded = await group.addBase(evaluated, pkS, minus, watch);
  minus.fill(0);
  return unblinded;
};
