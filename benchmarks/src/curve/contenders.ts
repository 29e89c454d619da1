import { ed25519, ristretto255_hasher, ristretto255_oprf } from '@noble/curves/ed25519.js';
import { concatBytes, csprng, utf8ToBytes } from '@vouchsafe/core';
import type { Backend } from '@vouchsafe/group';
import type { Contender } from '../rounds.ts';

/** Elements a call for compiled backends, and for noble, which takes a millisecond each. */
const MANY = 512;
const FEW = 16;

/** The tag of RFC 9497's ristretto255-SHA512, mode OPRF. */
export const DST: Uint8Array = concatBytes(
  utf8ToBytes('HashToGroup-OPRFV1-'),
  Uint8Array.of(0),
  utf8ToBytes('-ristretto255-SHA512'),
);

/** Inputs that all contenders share. */
export interface Inputs {
  readonly messages: readonly Uint8Array[];
  readonly elements: Uint8Array;
  readonly scalars: Uint8Array;
  readonly key: Uint8Array;
  /** key · H(messages[0]): what a peer's result must equal. */
  readonly hashed: Uint8Array;
}

export const makeInputs = (backend: Backend): Inputs => {
  const messages = Array.from({ length: MANY }, (_, i) => utf8ToBytes(`user${i}@example.com`));
  const scalars = csprng(32 * MANY);
  // Below 2^252, and so below q.
  for (let i = 0; i < MANY; i++) scalars[32 * i + 31]! &= 0x0f;
  const key = scalars.slice(32, 64);
  const elements = backend.hashToGroup(messages, DST);
  return { messages, elements, scalars, key, hashed: backend.hashAndMultiply(messages.slice(0, 1), DST, key) };
};

/** noble by itself, as an application would call it. */
export const nobleContenders = ({ messages, elements, key }: Inputs): Contender[] => {
  const own = messages.slice(0, FEW);
  const blinded = own.map((_, i) => elements.slice(32 * i, 32 * i + 32));
  const k = ed25519.Point.Fn.fromBytes(key);
  const hash = (message: Uint8Array) => ristretto255_hasher.hashToCurve(message, { DST });
  const { oprf } = ristretto255_oprf;
  return [
    { name: 'hashToGroup@noble', count: FEW, run: () => own.map((message) => hash(message).toBytes()) },
    { name: 'blindEvaluate@noble', count: FEW, run: () => blinded.map((element) => oprf.blindEvaluate(key, element)) },
    { name: 'serverEvaluate@noble', count: FEW, run: () => own.map((message) => hash(message).multiply(k).toBytes()) },
  ];
};

/** What a compiled backend does with the same inputs. */
export const kernelContenders = (backend: Backend, { messages, elements, scalars, key }: Inputs): Contender[] => {
  const base = elements.slice(96, 128);
  const bases = elements.slice(0, 9 * 32);
  const rows = 56;
  const values = new Uint32Array(rows * 8).map((_, i) => i * 0x9e3779b1);
  const rowScalars = scalars.slice(0, 32 * rows);
  const at = (name: string) => `${name}@${backend.name}`;
  return [
    { name: at('hashToGroup'), count: MANY, run: () => backend.hashToGroup(messages, DST) },
    { name: at('blindEvaluate'), count: MANY, run: () => backend.multiply(elements, key) },
    { name: at('serverEvaluate'), count: MANY, run: () => backend.hashAndMultiply(messages, DST, key) },
    { name: at('unblind'), count: MANY, run: () => backend.multiply(elements, scalars) },
    { name: at('fixedBase'), count: MANY, run: () => backend.multiplyBase(base, scalars) },
    { name: at('validate'), count: MANY, run: () => backend.validate(elements) },
    { name: at('multiScalar'), count: MANY, run: () => backend.multiScalar(elements, scalars) },
    { name: at('multiScalarPublic'), count: MANY, run: () => backend.multiScalar(elements, scalars, true) },
    { name: at('encryptRow8'), count: rows, run: () => backend.encryptRows(values, rowScalars, bases) },
    {
      name: at('doubleRerandomizeRow8'),
      count: rows,
      run: () => backend.doubleRerandomizeRows(elements.subarray(0, rows * 9 * 32), rowScalars, bases),
    },
  ];
};
