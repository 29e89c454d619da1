import { setImmediate } from 'node:timers/promises';
import { ristretto255 } from '@noble/curves/ed25519.js';
import { E, type Either, MAX_TOTAL, type Watch } from '@vouchsafe/core';
import type { Backend } from './backend.ts';
import { type BadElement, countOf, ELEMENT_BYTES, type ElementBytes, type Elements, type Scalars } from './elements.ts';
import { createNobleBackend } from './noble.ts';
import { inSlices } from './slices.ts';

/** No v with |v| ≤ bound has v·G = this element: the total is out of range, or the holders' masks did not cancel. */
export interface NoSmallLog {
  readonly _tag: 'NoSmallLog';
  readonly message: string;
  readonly index: number;
}

/**
 * Batch operations on ristretto255 (RFC 9496), prime order q, generator G, written additively. Arrays are packed, n × 32 bytes. Every call gives the event loop
 * its turn every few milliseconds. A promise rejects only when `watch.signal` aborts (with the signal's reason) or the caller has a bug (`RangeError`).
 */
export interface Group {
  /** Name of the backend that computes. */
  readonly backend: string;
  /**
   * RFC 9497 §4.1 `DeserializeElement`, n at once: the one choke point for elements from outside. Non-canonical encodings (29 examples in RFC 9496 §A.2) and the identity
   * are refused before any scalar touches them: an attacker must not get k·P for a P that leaks k or that is the same for everybody.
   * @param received n × 32 bytes
   * @returns the same bytes, copied and branded, or the first one at fault
   */
  receive(received: Uint8Array, watch?: Watch): Promise<Either<BadElement, Elements>>;
  /** RFC 9497 §4.1 `HashToGroup` of n messages of any length. @param dst 1 to 255 bytes */
  hashToGroup(messages: readonly Uint8Array[], dst: Uint8Array, watch?: Watch): Promise<Elements>;
  /** kᵢ·Pᵢ. @param scalars one for all, or one an element */
  multiply(elements: Elements, scalars: Scalars, watch?: Watch): Promise<Elements>;
  /** kᵢ·B for one base, through a table. */
  multiplyBase(base: ElementBytes, scalars: Scalars, watch?: Watch): Promise<Elements>;
  add(p: Elements, q: Elements, watch?: Watch): Promise<Elements>;
  subtract(p: Elements, q: Elements, watch?: Watch): Promise<Elements>;
  /** Column sums of rows of `width` elements. @returns width × 32 bytes; identities for no rows */
  sumRows(rows: Elements, width: number, watch?: Watch): Promise<Elements>;
  /** Σ kᵢ·Pᵢ, 32 bytes. */
  multiScalar(elements: Elements, scalars: Scalars, watch?: Watch): Promise<ElementBytes>;
  /** See {@link Backend.encryptRows}. */
  encryptRows(values: Uint32Array, scalars: Scalars, bases: Elements, watch?: Watch): Promise<Elements>;
  /** See {@link Backend.doubleRerandomizeRows}. */
  doubleRerandomizeRows(rows: Elements, scalars: Scalars, bases: Elements, watch?: Watch): Promise<Elements>;
  /**
   * Each element's v with v·G = it and |v| ≤ bound; small values are found first.
   * @param bound at most 2^40
   */
  smallLogs(elements: Elements, bound: number, watch?: Watch): Promise<Either<NoSmallLog, readonly number[]>>;
}

/** The generator (RFC 9496 §4, appendix A.1), 32 bytes. */
export const GENERATOR: ElementBytes = ristretto255.Point.BASE.toBytes() as ElementBytes;
/** The identity's encoding: 32 zero bytes. Never accepted from outside. */
export const IDENTITY: ElementBytes = new Uint8Array(ELEMENT_BYTES) as ElementBytes;

/** Opens a group over a backend (the reference one by default). */
export const createGroup = ({ backend = createNobleBackend() }: { readonly backend?: Backend } = {}): Group => {
  const run = (
    rows: number,
    rowElements: number,
    work: (from: number, to: number) => Uint8Array,
    watch?: Watch,
  ): Promise<Elements> => inSlices({ rows, rowBytes: rowElements * ELEMENT_BYTES, work, watch }) as Promise<Elements>;

  const cut = (packed: Uint8Array, from: number, to: number, width = 1): Uint8Array =>
    packed.subarray(from * width * ELEMENT_BYTES, to * width * ELEMENT_BYTES);

  const sameLength = (p: Uint8Array, q: Uint8Array): void => {
    if (p.length !== q.length) throw new RangeError(`two batches of different lengths: ${p.length} and ${q.length} bytes`);
  };

  const receive: Group['receive'] = async (received, watch) => {
    if (received.length % ELEMENT_BYTES !== 0) {
      const index = Math.floor(received.length / ELEMENT_BYTES);
      return E.left({ _tag: 'BadElement', index, message: `element ${index} is cut off: expected whole rows of 32 bytes` });
    }
    const own = received.slice() as Elements;
    const flags = await inSlices({
      rows: countOf(own),
      rowBytes: 1,
      work: (from, to) => backend.validate(cut(own, from, to)),
      watch,
    });
    const index = flags.indexOf(0);
    if (index === -1) return E.right(own);
    return E.left({
      _tag: 'BadElement',
      index,
      message: `element ${index} is not the canonical encoding of a ristretto255 element other than the identity (RFC 9496 §4.3.1)`,
    });
  };

  const sumRows: Group['sumRows'] = async (rows, width, watch) => {
    const count = countOf(rows) / width;
    if (!Number.isInteger(count)) throw new RangeError(`${rows.length} bytes are no whole rows of ${width} elements`);
    // Partial sums of slices, then the sum of these: the result is the same, whatever the cuts.
    const partial: Uint8Array[] = [];
    await inSlices({
      rows: count,
      rowBytes: 0,
      work: (from, to) => {
        partial.push(backend.sumRows(cut(rows, from, to, width), width));
        return new Uint8Array(0);
      },
      watch,
    });
    return backend.sumRows(Buffer.concat(partial), width) as Elements;
  };

  const smallLogs: Group['smallLogs'] = async (elements, bound, watch) => {
    if (!(bound >= 0 && bound <= MAX_TOTAL)) throw new RangeError('small logarithms are searched within ±2^40');
    const found: number[] = [];
    for (let i = 0; i < countOf(elements); i++) {
      const element = cut(elements, i, i + 1);
      let v: number | undefined;
      for (let from = 0, size = 2 ** 12; v === undefined && from <= bound; from += size) {
        if (from > 0) size = Math.min(size * 4, backend.smallLogStride);
        v = backend.smallLogs(element, from, Math.min(from + size, bound + 1))[0];
        watch?.signal?.throwIfAborted();
        await setImmediate();
      }
      if (v === undefined)
        return E.left({ _tag: 'NoSmallLog', index: i, message: `element ${i} is not v·G for any |v| ≤ ${bound}` });
      found.push(v);
    }
    return E.right(found);
  };

  return {
    backend: backend.name,
    receive,
    hashToGroup: (messages, dst, watch) =>
      run(messages.length, 1, (from, to) => backend.hashToGroup(messages.slice(from, to), dst), watch),
    multiply: (elements, scalars, watch) => {
      const shared = scalars.length === ELEMENT_BYTES;
      if (!shared) sameLength(elements, scalars);
      return run(
        countOf(elements),
        1,
        (from, to) => backend.multiply(cut(elements, from, to), shared ? scalars : cut(scalars, from, to)),
        watch,
      );
    },
    multiplyBase: (base, scalars, watch) =>
      run(countOf(scalars), 1, (from, to) => backend.multiplyBase(base, cut(scalars, from, to)), watch),
    add: (p, q, watch) => {
      sameLength(p, q);
      return run(countOf(p), 1, (from, to) => backend.add(cut(p, from, to), cut(q, from, to)), watch);
    },
    subtract: (p, q, watch) => {
      sameLength(p, q);
      return run(countOf(p), 1, (from, to) => backend.subtract(cut(p, from, to), cut(q, from, to)), watch);
    },
    sumRows,
    multiScalar: async (elements, scalars, watch) => {
      sameLength(elements, scalars);
      const partial: Uint8Array[] = [];
      await inSlices({
        rows: countOf(elements),
        rowBytes: 0,
        work: (from, to) => {
          partial.push(backend.multiScalar(cut(elements, from, to), cut(scalars, from, to)));
          return new Uint8Array(0);
        },
        watch,
      });
      return backend.sumRows(Buffer.concat(partial), 1) as ElementBytes;
    },
    encryptRows: (values, scalars, bases, watch) => {
      const width = countOf(bases);
      const slots = width - 1;
      if (values.length !== countOf(scalars) * slots)
        throw new RangeError('encryptRows wants n × V values for n scalars and V+1 bases');
      return run(
        countOf(scalars),
        width,
        (from, to) => backend.encryptRows(values.subarray(from * slots, to * slots), cut(scalars, from, to), bases),
        watch,
      );
    },
    doubleRerandomizeRows: (rows, scalars, bases, watch) => {
      const width = countOf(bases);
      if (rows.length !== scalars.length * width) throw new RangeError('doubleRerandomizeRows wants one scalar a row');
      return run(
        countOf(scalars),
        width,
        (from, to) => backend.doubleRerandomizeRows(cut(rows, from, to, width), cut(scalars, from, to), bases),
        watch,
      );
    },
    smallLogs,
  };
};
