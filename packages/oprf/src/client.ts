import { csprng, E, type Either, type Rng, type Watch } from '@vouchsafe/core';
import {
  type BadElement,
  countOf,
  ELEMENT_BYTES,
  type ElementBytes,
  type Elements,
  GENERATOR,
  type Group,
} from '@vouchsafe/group';
import { type Blinded, type Blinding, type BlindState, blindInputs, type CannotBlind, unblind } from './blinding.ts';
import { contextString } from './context.ts';
import { verifyProof } from './dleq.ts';
import { type BadProof, badProof, type InvalidInput, type WrongCount, wrongCount } from './errors.ts';
import { hashOutputs, withoutIdentity } from './inputs.ts';

/** A server's answer as it comes from outside; nothing about it is trusted. */
export interface ReceivedEvaluation {
  /** n × 32 bytes. */
  readonly evaluated: Uint8Array;
  /** 64 bytes. */
  readonly proof: Uint8Array;
}

/** Client side of the OPRF (RFC 9497 §3.3.1): learns the PRF of its inputs under the server's key, without a proof which key that is. */
export interface OprfClient {
  /**
   * RFC 9497 `Blind`.
   * @param inputs 1 to {@link MAX_BATCH} byte strings of at most 65,535 bytes
   */
  blind(inputs: readonly Uint8Array[], watch?: Watch): Promise<Either<CannotBlind, Blinded>>;
  /**
   * RFC 9497 `Finalize`.
   * @param evaluated n × 32 bytes as received
   * @returns the outputs in the order of the inputs, n × 64 bytes
   */
  finalize(state: BlindState, evaluated: Uint8Array, watch?: Watch): Promise<Either<BadElement | WrongCount, Uint8Array>>;
}

/** Client side of the VOPRF (RFC 9497 §3.3.2) towards one pinned key. */
export interface VoprfClient {
  /** The key that every answer must be proven under. */
  readonly pkS: ElementBytes;
  /**
   * RFC 9497 `Blind`.
   * @param inputs 1 to {@link MAX_BATCH} byte strings of at most 65,535 bytes
   */
  blind(inputs: readonly Uint8Array[], watch?: Watch): Promise<Either<CannotBlind, Blinded>>;
  /**
   * RFC 9497 `Finalize`. The proof is checked before anything is unblinded, so that no output under another key ever exists.
   * @returns the outputs in the order of the inputs, n × 64 bytes
   */
  finalize(
    state: BlindState,
    evaluation: ReceivedEvaluation,
    watch?: Watch,
  ): Promise<Either<BadElement | WrongCount | BadProof | InvalidInput, Uint8Array>>;
}

/** The size is checked first: no more is decoded than was asked for. */
const receiveEvaluated = async (
  { state, evaluated, watch }: { readonly state: BlindState; readonly evaluated: Uint8Array; readonly watch?: Watch | undefined },
  group: Group,
): Promise<Either<BadElement | WrongCount, Elements>> =>
  evaluated.length === state.blinded.length ? group.receive(evaluated, watch) : E.left(wrongCount(countOf(state.blinded)));

/** Opens the client side of the OPRF. It blinds as the RFC does: without a proof nothing else is sound. */
export const createOprfClient = (group: Group, rng: Rng = csprng): OprfClient => ({
  blind: (inputs, watch) => blindInputs({ inputs, mode: 'OPRF', blinding: 'rfc9497', watch }, group, rng),

  finalize: async (state, evaluated, watch) => {
    const elements = await receiveEvaluated({ state, evaluated, watch }, group);
    if (E.isLeft(elements)) return elements;
    const unblinded = await unblind({ state, evaluated: elements.right, watch }, group);
    return E.right(await hashOutputs({ inputs: state.reveal().inputs, evaluated: unblinded, watch }, group));
  },
});

/**
 * Opens the client side of the VOPRF.
 * @param pinned.pkS the holder's key from its verified manifest, through {@link Group.receive}
 * @param pinned.blinding see {@link Blinding}
 */
export const createVoprfClient = (
  { pkS, blinding = 'fixedBase' }: { readonly pkS: ElementBytes; readonly blinding?: Blinding },
  group: Group,
  rng: Rng = csprng,
): VoprfClient => {
  if (pkS.length !== ELEMENT_BYTES) throw new RangeError('pkS is one element');
  const context = contextString('VOPRF');
  return {
    pkS,

    blind: (inputs, watch) => blindInputs({ inputs, mode: 'VOPRF', blinding, watch }, group, rng),

    finalize: async (state, { evaluated, proof }, watch) => {
      const elements = await receiveEvaluated({ state, evaluated, watch }, group);
      if (E.isLeft(elements)) return elements;
      const statement = { context, A: GENERATOR, B: pkS, C: state.blinded, D: elements.right };
      if (!(await verifyProof(proof, statement, group))) return E.left(badProof);
      const unblinded = withoutIdentity(await unblind({ state, evaluated: elements.right, pkS, watch }, group));
      if (E.isLeft(unblinded)) return unblinded;
      return E.right(await hashOutputs({ inputs: state.reveal().inputs, evaluated: unblinded.right, watch }, group));
    },
  };
};
