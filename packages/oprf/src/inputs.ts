import { setImmediate } from 'node:timers/promises';
import { sha512 } from '@noble/hashes/sha2.js';
import { E, type Either, lengthPrefixed, rowOf, utf8ToBytes, type Watch } from '@vouchsafe/core';
import { ELEMENT_BYTES, type Elements, type Group, IDENTITY } from '@vouchsafe/group';
import { contextString, type Mode, tag } from './context.ts';
import { type InvalidInput, invalidInput } from './errors.ts';

/** Bytes of an output: one SHA-512 hash. */
export const OUTPUT_BYTES = 64;

/** RFC 9497 §1.2: `PrivateInput` is length-prefixed with two bytes. */
const MAX_INPUT_BYTES = 65_535;

/** Hashes between two turns of the event loop: a few milliseconds. */
const TURN = 512;

/**
 * RFC 9497 §3.3 `HashToGroup(input)` for each input, or the first one that cannot be evaluated.
 * @returns n × 32 bytes, none of them the identity
 */
export const hashInputs = async (
  { inputs, mode, watch }: { readonly inputs: readonly Uint8Array[]; readonly mode: Mode; readonly watch?: Watch | undefined },
  group: Group,
): Promise<Either<InvalidInput, Elements>> => {
  const tooLong = inputs.findIndex((input) => input.length > MAX_INPUT_BYTES);
  if (tooLong !== -1) return E.left(invalidInput(tooLong));
  const hashed = await group.hashToGroup(inputs, tag('HashToGroup-', contextString(mode)), watch);
  // A blinded identity is the identity (or shows r·G): the server would learn the input.
  const identity = inputs.findIndex((_, i) => rowOf(hashed, ELEMENT_BYTES, i).every((byte, k) => byte === IDENTITY[k]));
  return identity === -1 ? E.right(hashed) : E.left(invalidInput(identity));
};

/**
 * RFC 9497 §3.3, the last step of `Finalize` and of `Evaluate`: Hash(len ‖ input ‖ len ‖ skS·HashToGroup(input) ‖ "Finalize").
 * @param evaluated n × 32 bytes, unblinded
 * @returns n × 64 bytes
 */
export const hashOutputs = async (inputs: readonly Uint8Array[], evaluated: Elements, watch?: Watch): Promise<Uint8Array> => {
  const out = new Uint8Array(inputs.length * OUTPUT_BYTES);
  const end = utf8ToBytes('Finalize');
  for (const [i, input] of inputs.entries()) {
    const parts = lengthPrefixed(input, rowOf(evaluated, ELEMENT_BYTES, i));
    out.set(sha512.create().update(parts).update(end).digest(), i * OUTPUT_BYTES);
    if (i % TURN === TURN - 1) {
      await setImmediate();
      watch?.signal?.throwIfAborted();
    }
  }
  return out;
};
