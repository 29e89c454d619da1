import type { Backend, BatchTask } from './backend.ts';
import type { Batches } from './batches.ts';
import { countOf, ELEMENT_BYTES, type Elements } from './elements.ts';

/** Elements of the longest batch whose points are kept: what one proof covers, some hundred kilobytes. A stream of rows is not kept. */
const MOST_KEPT = 1024;

/** Decoding what comes from outside, once: the points of short batches stay beside their elements for as long as these are used. */
export interface DecodedPoints {
  /** Decodes elements and keeps their points where that is worth it. @returns n flags: 1 for a canonical encoding of an element other than the identity */
  check(elements: Elements, watch?: Parameters<Batches['pieces']>[2]): Promise<Uint8Array>;
  /** The points of elements [from, to), `from` even, if they are kept: for the argument `points` of an operation. */
  of(elements: Elements): ((from: number, to: number) => Uint8Array | undefined) | undefined;
}

export const createDecodedPoints = (backend: Backend, batches: Batches): DecodedPoints => {
  const kept = new WeakMap<Elements, Uint8Array>();
  const cut = (elements: Elements, from: number, to: number): Uint8Array =>
    elements.subarray(from * ELEMENT_BYTES, to * ELEMENT_BYTES);
  return {
    check: async (elements, watch) => {
      const { pairBytes } = backend;
      const rows = countOf(elements);
      if (pairBytes === undefined || rows > MOST_KEPT) {
        const task = (from: number, to: number): BatchTask => ({ operation: 'validate', args: [cut(elements, from, to)] });
        return batches.laid({ rows, width: 1, task }, 1, watch);
      }
      const flags = new Uint8Array(rows);
      const points = new Uint8Array(Math.ceil(rows / 2) * pairBytes);
      const task = (from: number, to: number): BatchTask => ({ operation: 'decode', args: [cut(elements, from, to)] });
      const collect = (from: number, result: Uint8Array): void => {
        const count = Math.min(rows - from, Math.floor(result.length / (1 + pairBytes / 2)));
        flags.set(result.subarray(0, count), from);
        points.set(result.subarray(count), (from / 2) * pairBytes);
      };
      await batches.pieces({ rows, width: 1, task }, collect, watch);
      if (!flags.includes(0)) kept.set(elements, points);
      return flags;
    },
    of: (elements) => {
      const points = kept.get(elements);
      const pair = backend.pairBytes ?? 0;
      return points && ((from, to) => points.subarray((from / 2) * pair, Math.ceil(to / 2) * pair));
    },
  };
};
