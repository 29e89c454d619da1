import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes, equalBytes, hexToBytes, utf8ToBytes } from '@vouchsafe/core/bytes';
import type { Curve } from './curve.ts';

/** The operations that the known answer goes through. */
export type SelfTested = Pick<
  Curve,
  | 'hashToGroup'
  | 'validate'
  | 'multiply'
  | 'multiplyBase'
  | 'add'
  | 'subtract'
  | 'sumRows'
  | 'multiScalar'
  | 'multiScalarRows'
  | 'multiScalarHashed'
  | 'hashAndAddBase'
  | 'addBase'
  | 'hashToScalars'
  | 'hashOutputs'
  | 'multiplyBases'
  | 'multiplyAddScalars'
  | 'dotScalars'
  | 'chainScalars'
  | 'reduceWide'
  | 'encryptRows'
  | 'doubleRerandomizeRows'
>;

/** Elements in most batches, an odd count in some; and enough uses of a base for a table to be made. */
const FEW = 6;
const MANY = 65;
const DST = utf8ToBytes('Vouchsafe-v1-self-test');
/** RFC 9496 appendix A.2, one of each kind: not canonical, negative, no square, negative x·y, y = 0. */
const INVALID = hexToBytes(
  [
    'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'c34c4e1826e5d403b78e246e88aa051c36ccf0aafebffe137d148a2bf9104562',
    '26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371',
    '3eb858e78f5a7254d8c9731174a94f76755fd3941c0ac93735c07ba14579630e',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  ].join(''),
);
/** SHA-512 over every result below, computed with @noble/curves. */
const EXPECTED =
  '1f9339f3884160d3c30afc573974b1d2561a0b3ae62ee088a8a3ef6866be19b2648135c3c88cd4d5e7c6cefee3a39c4e6491f0b7037ba7e04816c36bdf525b52';

/** Fixed scalars below 2^252: 0, 1, a short one, q − 1, then bytes of a hash. */
const scalars = (count: number): Uint8Array => {
  const out = new Uint8Array(32 * count);
  for (let i = 0; i < count; i++) out.set(sha512(Uint8Array.of(i)).subarray(0, 31), 32 * i);
  out.fill(0, 0, 96);
  out[32] = 1;
  out[64] = 0x58;
  out.set(hexToBytes('ecd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010'), 96);
  return out;
};

/** One SHA-512 over what every operation answers to fixed inputs: edge scalars, the identity, bad encodings, both ways of fixed bases. */
export const knownAnswer = (curve: SelfTested): Uint8Array => {
  const messages = Array.from({ length: FEW }, (_, i) => new Uint8Array(37 * i).fill(i));
  const points = curve.hashToGroup(messages, DST);
  const k = scalars(MANY);
  const some = k.subarray(0, 32 * FEW);
  const values = Uint32Array.from({ length: FEW }, (_, i) => ~(i * 0x9e3779b1) >>> 0);
  const products = curve.multiply(points, some);
  const bases = points.subarray(32, 96);
  const rowsBefore = curve.encryptRows(values, some, bases);
  // Often enough for tables.
  const fixed = concatBytes(curve.multiplyBase(bases.subarray(0, 32), k), curve.multiplyBase(bases.subarray(32), k));
  const rows = curve.encryptRows(values, some, bases);
  return sha512(
    concatBytes(
      points,
      products,
      curve.validate(concatBytes(INVALID, products)),
      curve.multiply(products, k.subarray(96, 128)),
      fixed,
      curve.add(points, products),
      curve.subtract(products, points),
      curve.sumRows(products, 3),
      curve.multiScalar(points, some),
      rowsBefore,
      rows,
      curve.multiScalarRows(products, 3, some.subarray(32, 96)),
      curve.multiScalarHashed(messages, DST, some),
      curve.hashAndAddBase(messages, DST, bases.subarray(0, 32), some),
      curve.addBase(products, bases.subarray(0, 32), some),
      curve.hashToScalars(messages, DST),
      curve.hashOutputs(messages, points, DST),
      curve.multiplyBases(bases, k.subarray(32)),
      curve.multiplyAddScalars(k, k.subarray(96, 128), k),
      curve.dotScalars(k, k),
      curve.chainScalars(k.subarray(96, 128), k, k),
      curve.reduceWide(k.subarray(32)),
      curve.doubleRerandomizeRows(rows, some, bases),
    ),
  );
};

/**
 * Does an instance compute what it should? Mandatory for the relaxed module: an engine that implements relaxed multiply-add with two roundings is within the standard, and
 * computes garbage here.
 */
export const passesSelfTest = (curve: SelfTested): boolean => {
  try {
    return equalBytes(knownAnswer(curve), hexToBytes(EXPECTED));
  } catch {
    return false;
  }
};
