import { hash as digest } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { E, type Either, equalBytes, i2osp, utf8ToBytes, type Watch } from '@vouchsafe/core';
import {
  countOf,
  ELEMENT_BYTES,
  type Elements,
  elementAt,
  GENERATOR,
  type Group,
  IDENTITY,
  type Scalars,
} from '@vouchsafe/group';
import { contextString, type Mode, tag } from './context.ts';
import { type InvalidInput, invalidInput } from './errors.ts';

/** Bytes of an output: one SHA-512 hash. */
export const OUTPUT_BYTES = 64;

/** RFC 9497 §1.2: `PrivateInput` is length-prefixed with two bytes. */
const MAX_INPUT_BYTES = 65_535;

const FINALIZE = utf8ToBytes('Finalize');
const ELEMENT_LENGTH = i2osp(ELEMENT_BYTES, 2);

/** Hashes between two turns of the event loop: a few milliseconds. */
const TURN = 512;

/**
 * RFC 9497 §3.3 `HashToGroup(input)` for each input, times a scalar or plus a multiple of G where one is given, or the first input that cannot be evaluated.
 * @param scalars one for all, or one an input; none of them 0
 * @param masks or, one an input, what is added as a multiple of G: whether an input hashes to the identity shows when the mask is taken off
 * @returns n × 32 bytes, none of them the identity
 */
export const hashInputs = async (
  {
    inputs,
    mode,
    scalars,
    masks,
    watch,
  }: {
    readonly inputs: readonly Uint8Array[];
    readonly mode: Mode;
    readonly scalars?: Scalars | undefined;
    readonly masks?: Scalars | undefined;
    readonly watch?: Watch | undefined;
  },
  group: Group,
): Promise<Either<InvalidInput, Elements>> => {
  const tooLong = inputs.findIndex((input) => input.length > MAX_INPUT_BYTES);
  if (tooLong !== -1) return E.left(invalidInput(tooLong));
  const dst = tag('HashToGroup-', contextString(mode));
  const hash = (): Promise<Elements> => {
    if (masks !== undefined) return group.hashAndAddBase(inputs, dst, GENERATOR, masks, watch);
    return scalars === undefined ? group.hashToGroup(inputs, dst, watch) : group.hashAndMultiply(inputs, dst, scalars, watch);
  };
  return withoutIdentity(await hash());
};

/** An identity times a scalar is the identity: a server would learn the input. The order is prime, so k·H(x) is the identity for H(x) = 0 alone. */
export const withoutIdentity = (elements: Elements): Either<InvalidInput, Elements> => {
  const count = countOf(elements);
  for (let i = 0; i < count; i++) if (equalBytes(elementAt(elements, i), IDENTITY)) return E.left(invalidInput(i));
  return E.right(elements);
};

/**
 * RFC 9497 §3.3, the last step of `Finalize` and of `Evaluate`: Hash(len ‖ input ‖ len ‖ skS·HashToGroup(input) ‖ "Finalize").
 * @param evaluated n × 32 bytes, unblinded
 * @returns n × 64 bytes
 */
export const hashOutputs = async (inputs: readonly Uint8Array[], evaluated: Elements, watch?: Watch): Promise<Uint8Array> => {
  const out = new Uint8Array(inputs.length * OUTPUT_BYTES);
  const longest = inputs.reduce((most, { length }) => Math.max(most, length), 0);
  // One array for all of them: a million small ones take longer to make than to hash.
  const text = new Uint8Array(2 + longest + 2 + ELEMENT_BYTES + FINALIZE.length);
  for (const [i, input] of inputs.entries()) {
    text[0] = input.length >>> 8;
    text[1] = input.length & 0xff;
    text.set(input, 2);
    text.set(ELEMENT_LENGTH, 2 + input.length);
    text.set(evaluated.subarray(i * ELEMENT_BYTES, (i + 1) * ELEMENT_BYTES), 4 + input.length);
    text.set(FINALIZE, 4 + input.length + ELEMENT_BYTES);
    const whole = text.subarray(0, 4 + input.length + ELEMENT_BYTES + FINALIZE.length);
    out.set(digest('sha512', whole, 'buffer'), i * OUTPUT_BYTES);
    if (i % TURN === TURN - 1) {
      await setImmediate();
      watch?.signal?.throwIfAborted();
    }
  }
  // It holds an input, and an output's preimage.
  text.fill(0);
  return out;
};
