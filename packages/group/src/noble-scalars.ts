import { ed25519 } from '@noble/curves/ed25519.js';
import type { Backend, ScalarOperation } from './backend.ts';

const { Fn } = ed25519.Point;
const SIZE = 32;

const countOf = (packed: Uint8Array): number => {
  if (packed.length % SIZE !== 0) throw new RangeError(`expected whole scalars of ${SIZE} bytes, got ${packed.length} bytes`);
  return packed.length / SIZE;
};

/** Scalar number i, or the only one. */
const at = (packed: Uint8Array, i: number): bigint => {
  const from = packed.length === SIZE ? 0 : i * SIZE;
  return Fn.fromBytes(packed.subarray(from, from + SIZE));
};

const lengthOf = (...lists: readonly Uint8Array[]): number => {
  const counts = lists.map(countOf);
  const count = counts.every((own) => own === 1) ? 1 : Math.max(...counts.filter((own) => own !== 1));
  if (counts.some((own) => own !== 1 && own !== count)) throw new RangeError(`expected lists of 1 or ${count} scalars`);
  return count;
};

const collect = (count: number, scalar: (i: number) => bigint): Uint8Array => {
  const out = new Uint8Array(count * SIZE);
  for (let i = 0; i < count; i++) out.set(Fn.toBytes(scalar(i)), i * SIZE);
  return out;
};

/** The reference for arithmetic modulo q: BigInt. */
export const nobleScalars: Pick<Backend, ScalarOperation> = {
  multiplyAddScalars: (a, b, c) => collect(lengthOf(a, b, c), (i) => Fn.add(Fn.mul(at(a, i), at(b, i)), at(c, i))),

  dotScalars: (a, b) => {
    let sum = 0n;
    const count = lengthOf(a, b);
    for (let i = 0; i < count; i++) sum = Fn.add(sum, Fn.mul(at(a, i), at(b, i)));
    return Fn.toBytes(sum);
  },

  chainScalars: (start, factors, terms) => {
    if (start.length !== SIZE) throw new RangeError('a chain starts from one scalar');
    let x = at(start, 0);
    return collect(lengthOf(factors, terms), (i) => {
      x = Fn.add(at(terms, i), Fn.mul(at(factors, i), x));
      return x;
    });
  },

  reduceWide: (wide) => {
    const count = wide.length / (2 * SIZE);
    if (!Number.isInteger(count)) throw new RangeError(`expected whole numbers of 64 bytes, got ${wide.length} bytes`);
    return collect(count, (i) =>
      Fn.create(
        BigInt(
          `0x${Buffer.from(wide.subarray(64 * i, 64 * (i + 1)))
            .reverse()
            .toString('hex')}`,
        ),
      ),
    );
  },
};
