import { csprng, E, type Either, type Rng, type Watch } from '@vouchsafe/core';
import {
  type BadElement,
  ELEMENT_BYTES,
  type ElementBytes,
  type Elements,
  GENERATOR,
  type Group,
  type ScalarBytes,
} from '@vouchsafe/group';
import { checkBatch } from './blinding.ts';
import { contextString, type Mode } from './context.ts';
import { generateProof } from './dleq.ts';
import type { BatchTooLarge, EmptyBatch, InvalidInput } from './errors.ts';
import { invalidInput } from './errors.ts';
import { hashInputs, hashOutputs, OUTPUT_BYTES } from './inputs.ts';
import type { KeyPair } from './keys.ts';

/** Why a batch of blinded elements is refused. Nothing was evaluated then. */
export type CannotEvaluate = EmptyBatch | BatchTooLarge | BadElement;

/** The server's answer to a batch. */
export interface Evaluation {
  /** skS·Bᵢ in the order of the blinded elements, n × 32 bytes. */
  readonly evaluated: Elements;
  /** c ‖ s, 64 bytes: all of them were made with the key behind pkS. */
  readonly proof: Uint8Array;
}

/** Server side of the OPRF (RFC 9497 §3.3.1): evaluates blinded elements under one key. */
export interface OprfServer {
  readonly pkS: ElementBytes;
  /**
   * RFC 9497 `BlindEvaluate`, n at once.
   * @param blinded n × 32 bytes as received, 1 ≤ n ≤ {@link MAX_BATCH}
   * @returns n × 32 bytes
   */
  blindEvaluate(blinded: Uint8Array, watch?: Watch): Promise<Either<CannotEvaluate, Elements>>;
  /**
   * RFC 9497 `Evaluate`: the outputs of the server's own inputs, what a client would get for them. Progress is told in inputs (task `evaluate`).
   * @param inputs as many as there are, each at most 65,535 bytes
   * @returns n × 64 bytes
   */
  evaluate(inputs: readonly Uint8Array[], watch?: Watch): Promise<Either<InvalidInput, Uint8Array>>;
}

/** Server side of the VOPRF (RFC 9497 §3.3.2): evaluates blinded elements under one key and proves that it did. */
export interface VoprfServer {
  readonly pkS: ElementBytes;
  /**
   * RFC 9497 `BlindEvaluateBatch`.
   * @param blinded n × 32 bytes as received, 1 ≤ n ≤ {@link MAX_BATCH}
   */
  blindEvaluate(blinded: Uint8Array, watch?: Watch): Promise<Either<CannotEvaluate, Evaluation>>;
  /** See {@link OprfServer.evaluate}; the outputs are those of mode VOPRF. */
  evaluate(inputs: readonly Uint8Array[], watch?: Watch): Promise<Either<InvalidInput, Uint8Array>>;
}

/** Own inputs multiplied, or hashed afterwards, at a time: about a MiB of each, however many there are. */
const CHUNK = 4096;

/** The size is checked before a byte is decoded, every element before the key touches one. */
const receiveBlinded = async (blinded: Uint8Array, group: Group, watch?: Watch): Promise<Either<CannotEvaluate, Elements>> => {
  const size = checkBatch(Math.ceil(blinded.length / ELEMENT_BYTES));
  return E.isLeft(size) ? size : group.receive(blinded, watch);
};

const evaluateOwn = async (
  {
    inputs,
    skS,
    mode,
    watch,
  }: {
    readonly inputs: readonly Uint8Array[];
    readonly skS: ScalarBytes;
    readonly mode: Mode;
    readonly watch?: Watch | undefined;
  },
  group: Group,
): Promise<Either<InvalidInput, Uint8Array>> => {
  const signal = { signal: watch?.signal };
  const multiplied = async (from: number): Promise<Either<InvalidInput, Elements>> => {
    const chunk = inputs.slice(from, from + CHUNK);
    return hashInputs({ inputs: chunk, mode, scalars: skS, watch: signal }, group);
  };
  const out = new Uint8Array(inputs.length * OUTPUT_BYTES);
  let evaluated = await multiplied(0);
  for (let from = 0; from < inputs.length; from += CHUNK) {
    if (E.isLeft(evaluated)) return E.left(invalidInput(from + evaluated.left.index));
    const chunk = inputs.slice(from, from + CHUNK);
    // While these are hashed here, threads multiply the next.
    const [outputs, next] = await Promise.all([
      hashOutputs({ inputs: chunk, evaluated: evaluated.right, watch: signal }, group),
      multiplied(from + CHUNK),
    ]);
    out.set(outputs, from * OUTPUT_BYTES);
    evaluated = next;
    watch?.onProgress?.({ task: 'evaluate', done: from + chunk.length, total: inputs.length });
  }
  return E.right(out);
};

/** Opens the server side of the OPRF. @param keys from `deriveKeyPair` or `generateKeyPair` */
export const createOprfServer = ({ skS, pkS }: KeyPair, group: Group): OprfServer => ({
  pkS,

  blindEvaluate: async (blinded, watch) => {
    const elements = await receiveBlinded(blinded, group, watch);
    if (E.isLeft(elements)) return elements;
    return E.right(await group.multiply(elements.right, skS.reveal() as ScalarBytes, watch));
  },

  evaluate: (inputs, watch) => evaluateOwn({ inputs, skS: skS.reveal() as ScalarBytes, mode: 'OPRF', watch }, group),
});

/** Opens the server side of the VOPRF. @param keys from `deriveKeyPair` or `generateKeyPair`; pkS is what clients pin */
export const createVoprfServer = ({ skS, pkS }: KeyPair, group: Group, rng: Rng = csprng): VoprfServer => {
  const context = contextString('VOPRF');
  return {
    pkS,

    blindEvaluate: async (blinded, watch) => {
      const elements = await receiveBlinded(blinded, group, watch);
      if (E.isLeft(elements)) return elements;
      const secret = skS.reveal() as ScalarBytes;
      const evaluated = await group.multiply(elements.right, secret, watch);
      const statement = { context, A: GENERATOR, B: pkS, C: elements.right, D: evaluated };
      return E.right({ evaluated, proof: await generateProof(secret, statement, group, rng) });
    },

    evaluate: (inputs, watch) => evaluateOwn({ inputs, skS: skS.reveal() as ScalarBytes, mode: 'VOPRF', watch }, group),
  };
};
