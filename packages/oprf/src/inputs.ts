import { E, type Either, equalBytes, utf8ToBytes, type Watch } from '@vouchsafe/core';
import { countOf, type Elements, elementAt, GENERATOR, type Group, IDENTITY, type Scalars } from '@vouchsafe/group';
import { contextString, type Mode, tag } from './context.ts';
import { type InvalidInput, invalidInput } from './errors.ts';

/** Bytes of an output: one SHA-512 hash. */
export const OUTPUT_BYTES = 64;

/** RFC 9497 §1.2: `PrivateInput` is length-prefixed with two bytes. */
const MAX_INPUT_BYTES = 65_535;

const FINALIZE = utf8ToBytes('Finalize');

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
export const hashOutputs = (
  {
    inputs,
    evaluated,
    watch,
  }: {
    readonly inputs: readonly Uint8Array[];
    readonly evaluated: Elements;
    readonly watch?: Watch | undefined;
  },
  group: Group,
): Promise<Uint8Array> => group.hashOutputs(inputs, evaluated, FINALIZE, watch);
