import {
  BUCKETS_WORTH,
  checkScalars,
  collect,
  countOf,
  inBatches,
  isShared,
  multiplyOneBase,
  multiplyWorking,
} from './curve-batches.ts';
import { expandMessages, hashFramed, placeDst, UNIFORM } from './curve-hash.ts';
import { type CompiledCurve, type CurveBinary, CurveModule } from './curve-module.ts';
import { createRows } from './curve-rows.ts';
import { createScalarField } from './curve-scalars.ts';
import { CurveSmallLog } from './curve-small-log.ts';
import { FixedTables } from './fixed-tables.ts';

const SIZE = 32;
/** q, the order of the group. */
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const EIGHTH = (3n * ORDER + 1n) / 8n;
/** The generator's encoding (RFC 9496 appendix A.1). */
const GENERATOR = Buffer.from('e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76', 'hex');

/**
 * Batch operations on ristretto255 (RFC 9496). Packed arrays: n × 32 bytes of encodings, or of scalars below q (little-endian). Inputs are valid encodings, the
 * identity included; anything else throws a `RangeError`, except in `validate`. No input is changed, results are fresh. Secrets may be scalars, values and
 * elements; messages may be secret in what they say, not in how long they are.
 */
export interface Curve {
  /** Which module computes. */
  readonly name: 'plain' | 'relaxed';
  /** RFC 9497 §4.1 `HashToGroup`. @param dst any length; above 255 bytes it is hashed first (RFC 9380 §5.3.3) */
  hashToGroup(messages: readonly Uint8Array[], dst: Uint8Array): Uint8Array;
  /** k·HashToGroup(messageᵢ), without encoding in between. @param scalars one for all (32 bytes), or one a message */
  hashAndMultiply(messages: readonly Uint8Array[], dst: Uint8Array, scalars: Uint8Array): Uint8Array;
  /** 1 for the canonical encoding of an element other than the identity, else 0, for any n × 32 bytes. @returns n flags */
  validate(encodings: Uint8Array): Uint8Array;
  /** The flags of `validate`, then the decoded points: other operations of this module take these as `points` and decode nothing. @returns n flags, then `pairBytes` for each two elements */
  decode(encodings: Uint8Array): Uint8Array;
  /** What decoded points take, for each two elements. */
  readonly pairBytes: number;
  /** kᵢ·Pᵢ. @param scalars one for all (32 bytes), or one an element @param points of these very elements, from `decode` */
  multiply(elements: Uint8Array, scalars: Uint8Array, points?: Uint8Array): Uint8Array;
  /** kᵢ·B; a base that is used often gets a table. @param base 32 bytes */
  multiplyBase(base: Uint8Array, scalars: Uint8Array): Uint8Array;
  /** Pᵢ + Qᵢ. */
  add(p: Uint8Array, q: Uint8Array): Uint8Array;
  /** Pᵢ − Qᵢ. */
  subtract(p: Uint8Array, q: Uint8Array): Uint8Array;
  /** Column sums. @param rows n × width × 32 bytes, width ≤ 4096 @returns width × 32 bytes */
  sumRows(rows: Uint8Array, width: number): Uint8Array;
  /** Σ kᵢ·Pᵢ, 32 bytes. @param publicScalars the scalars are known to all: they may steer addresses, which is faster for long batches */
  multiScalar(elements: Uint8Array, scalars: Uint8Array, publicScalars?: boolean, points?: Uint8Array): Uint8Array;
  /** Σᵢ kᵢ·Rᵢⱼ for each column of rows. @param rows n × width × 32 bytes, width ≤ 128 @returns width × 32 bytes */
  multiScalarRows(rows: Uint8Array, width: number, scalars: Uint8Array, publicScalars?: boolean): Uint8Array;
  /** Σ kᵢ·HashToGroup(messageᵢ), then Σ HashToGroup(messageᵢ): 64 bytes, without encoding in between. */
  multiScalarHashed(messages: readonly Uint8Array[], dst: Uint8Array, scalars: Uint8Array, publicScalars?: boolean): Uint8Array;
  /** HashToGroup(messageᵢ) + kᵢ·B. @param base 32 bytes */
  hashAndAddBase(messages: readonly Uint8Array[], dst: Uint8Array, base: Uint8Array, scalars: Uint8Array): Uint8Array;
  /** Pᵢ + kᵢ·B, without encoding in between. @param base 32 bytes */
  addBase(elements: Uint8Array, base: Uint8Array, scalars: Uint8Array, points?: Uint8Array): Uint8Array;
  /** Σⱼ kᵢⱼ·Bⱼ for each of n rows of scalars. @param bases m × 32 bytes, each with a table @param scalars n × m × 32 bytes @returns n × 32 bytes */
  multiplyBases(bases: Uint8Array, scalars: Uint8Array): Uint8Array;
  /** aᵢ·bᵢ + cᵢ modulo q; a list of one scalar stands for all. No element is involved, and nothing depends on the values. */
  multiplyAddScalars(a: Uint8Array, b: Uint8Array, c: Uint8Array): Uint8Array;
  /** Σ aᵢ·bᵢ modulo q, 32 bytes. */
  dotScalars(a: Uint8Array, b: Uint8Array): Uint8Array;
  /** xᵢ = termsᵢ + factorsᵢ·xᵢ₋₁ modulo q, with x₋₁ = start. @returns n × 32 bytes */
  chainScalars(start: Uint8Array, factors: Uint8Array, terms: Uint8Array): Uint8Array;
  /** Numbers of 64 bytes, little-endian, modulo q. @returns n × 32 bytes */
  reduceWide(wide: Uint8Array): Uint8Array;
  /** RFC 9497 §4.1 `HashToScalar`. @param dst as for `hashToGroup` @returns n × 32 bytes */
  hashToScalars(messages: readonly Uint8Array[], dst: Uint8Array): Uint8Array;
  /**
   * RFC 9497 §3.3.1, the last step of `Finalize`: SHA-512 of I2OSP(len m, 2) ‖ m ‖ I2OSP(32, 2) ‖ element ‖ suffix.
   * @param messages n, each at most 65,535 bytes @param elements n × 32 bytes @param suffix "Finalize", or what follows in another mode @returns n × 64 bytes
   */
  hashOutputs(messages: readonly Uint8Array[], elements: Uint8Array, suffix: Uint8Array): Uint8Array;
  /** C = rᵢ·bases₀, Dⱼ = vᵢⱼ·(G/2) + rᵢ·basesⱼ. @param values n × V @param bases (V+1) × 32 bytes, V < 4096 @returns n × (V+1) × 32 bytes */
  encryptRows(values: Uint32Array, scalars: Uint8Array, bases: Uint8Array): Uint8Array;
  /** 2·(Rᵢⱼ + sᵢ·basesⱼ). @param rows n × width × 32 bytes @returns n × width × 32 bytes */
  doubleRerandomizeRows(rows: Uint8Array, scalars: Uint8Array, bases: Uint8Array): Uint8Array;
  /** v with v·G = element and from ≤ |v| < to, for each of n; `undefined` where there is none. @param to at most 2^40 + 1 */
  smallLogs(elements: Uint8Array, from: number, to: number): readonly (number | undefined)[];
  /** Builds a part of the table of small logarithms (some 10 ms). @returns true when it is complete */
  prepareSmallLogs(): boolean;
}

/** A public whole number as a scalar. */
const scalarBytes = (x: bigint): Uint8Array => {
  const out = new Uint8Array(SIZE);
  for (let i = 0, rest = ((x % ORDER) + ORDER) % ORDER; i < SIZE; i++, rest >>= 8n) out[i] = Number(rest & 0xffn);
  return out;
};

/** Opens an instance of a built module. It belongs to one thread. @throws RangeError or CompileError on an engine that cannot run it */
export const openCurve = (binary: CurveBinary | CompiledCurve): Curve => {
  const module = new CurveModule(binary);
  const { run, layout } = module;
  const tables = new FixedTables(module);

  const multiply: Curve['multiply'] = (elements, scalars, points) => {
    const count = countOf(elements);
    const factor = { scalars, shared: isShared(scalars, count) };
    return collect(module, count, run.encodeDoubled, (from, to) => {
      const n = module.load(elements, points, from, to);
      multiplyWorking(module, factor, from, to, n);
      return n;
    });
  };

  const multiplyBase: Curve['multiplyBase'] = (base, scalars) => {
    const count = countOf(scalars);
    const [table] = tables.ready(base, count);
    return collect(module, count, run.encodeDoubled, (from, to) => {
      if (table === undefined) return multiplyOneBase(module, base, scalars, { from, to, halved: 1 });
      const n = module.placeScalars(scalars, from, to);
      checkScalars(run.setFixed(n, 2));
      run.zero(n);
      run.addFixed(table, layout.fixedWindows, n);
      return n;
    });
  };

  const combine = (p: Uint8Array, q: Uint8Array, negative: 0 | 1): Uint8Array => {
    if (p.length !== q.length) throw new RangeError(`two batches of different lengths: ${p.length} and ${q.length} bytes`);
    return collect(module, countOf(p), run.encode, (from, to) => {
      const n = module.decode(q, from, to);
      run.save(n);
      module.decode(p, from, to);
      run.addSaved(n, negative);
      return n;
    });
  };

  const rows = createRows({ module, tables, eighths: (v) => multiply(GENERATOR, scalarBytes(v * EIGHTH)) });

  const multiScalar: Curve['multiScalar'] = (elements, scalars, publicScalars = false, points) => {
    const count = countOf(elements);
    if (elements.length !== scalars.length) throw new RangeError(`${count} elements and ${countOf(scalars)} scalars`);
    const buckets = publicScalars && count >= BUCKETS_WORTH;
    run.clearSums(1);
    if (buckets) run.multiScalarPublicBegin();
    inBatches(module, count, (from, to) => {
      const n = module.load(elements, points, from, to);
      module.placeScalars(scalars, from, to);
      checkScalars(run.setScalars(n, 0));
      if (buckets) run.multiScalarPublic(n);
      else run.multiScalarSecret(0, n);
    });
    if (buckets) run.multiScalarPublicEnd(0);
    return rows.takeSums(1);
  };

  const multiScalarHashed: Curve['multiScalarHashed'] = (messages, dst, scalars, publicScalars = false) => {
    if (countOf(scalars) !== messages.length) throw new RangeError(`${messages.length} messages and ${countOf(scalars)} scalars`);
    const dstBytes = placeDst(module, dst);
    const buckets = publicScalars && messages.length >= BUCKETS_WORTH;
    run.clearSums(2);
    if (buckets) run.multiScalarPublicBegin();
    inBatches(module, messages.length, (from, to) => {
      const n = expandMessages(module, messages, dstBytes, from, to);
      run.fromUniform(n);
      // A lane beside an odd message is no message: it must not be summed.
      if (n > to - from) run.dropLast(n);
      run.addToSum(1, n);
      module.placeScalars(scalars, from, to);
      checkScalars(run.setScalars(n, 0));
      if (buckets) {
        run.normalize(n);
        run.multiScalarPublic(n);
      } else run.multiScalarSecret(0, n);
    });
    if (buckets) run.multiScalarPublicEnd(0);
    return rows.takeSums(2);
  };

  /** Encodings of Cᵢ + kᵢ·B. @param cover places points C for elements [from, to) and returns the even count of lanes */
  const addMultiples = (base: Uint8Array, scalars: Uint8Array, cover: (from: number, to: number) => number): Uint8Array => {
    const count = countOf(scalars);
    const [table] = tables.ready(base, count);
    return collect(module, count, run.encodeDoubledOnto, (from, to) => {
      if (table === undefined) run.save(multiplyOneBase(module, base, scalars, { from, to, halved: 1 }));
      const n = cover(from, to);
      run.zero(n);
      if (table === undefined) run.addSaved(n, 0);
      else {
        module.placeScalars(scalars, from, to);
        checkScalars(run.setFixed(n, 2));
        run.addFixed(table, layout.fixedWindows, n);
      }
      return n;
    });
  };

  const hashAndAddBase: Curve['hashAndAddBase'] = (messages, dst, base, scalars) => {
    if (countOf(scalars) !== messages.length) throw new RangeError(`${messages.length} messages and ${countOf(scalars)} scalars`);
    const dstBytes = placeDst(module, dst);
    return addMultiples(base, scalars, (from, to) => {
      const n = expandMessages(module, messages, dstBytes, from, to);
      run.coverUniform(n);
      return n;
    });
  };

  const addBase: Curve['addBase'] = (elements, base, scalars, points) => {
    if (elements.length !== scalars.length) throw new RangeError(`${countOf(elements)} elements and ${countOf(scalars)} scalars`);
    return addMultiples(base, scalars, (from, to) => {
      const n = module.load(elements, points, from, to);
      run.coverDecoded(n);
      return n;
    });
  };

  const multiplyBases: Curve['multiplyBases'] = (bases, scalars) => {
    const width = countOf(bases);
    const count = countOf(scalars) / width;
    if (!Number.isInteger(count)) throw new RangeError(`expected ${width} scalars a row`);
    const baseTables = tables.ready(bases, count);
    const column = (j: number): Uint8Array => {
      const out = new Uint8Array(count * SIZE);
      for (let i = 0; i < count; i++) out.set(scalars.subarray((i * width + j) * SIZE, (i * width + j + 1) * SIZE), i * SIZE);
      return out;
    };
    const columns = Array.from({ length: width }, (_, j) => column(j));
    try {
      return collect(module, count, run.encodeDoubled, (from, to) => {
        const n = to - from + ((to - from) % 2);
        run.zero(n);
        for (const [j, own] of columns.entries()) {
          const table = baseTables[j];
          if (table === undefined) {
            run.save(n);
            multiplyOneBase(module, bases.subarray(j * SIZE, (j + 1) * SIZE), own, { from, to, halved: 1 });
            run.addSaved(n, 0);
          } else {
            module.placeScalars(own, from, to);
            checkScalars(run.setFixed(n, 2));
            run.addFixed(table, layout.fixedWindows, n);
          }
        }
        return n;
      });
    } finally {
      for (const own of columns) own.fill(0);
    }
  };

  /** Flags to `flags`; each batch stands decoded at the working points. */
  const decodeAll = (encodings: Uint8Array, flags: Uint8Array, each: (n: number, from: number) => void): void =>
    inBatches(module, countOf(encodings), (from, to) => {
      module.place(layout.in, encodings, from, to);
      const n = module.pad(to - from);
      run.decode(n);
      for (let i = from; i < to; i++) {
        // RFC 9497 §4.1 adds to RFC 9496's rules that the identity is refused.
        const identity = encodings.subarray(i * SIZE, (i + 1) * SIZE).every((byte) => byte === 0);
        flags[i] = identity ? 0 : module.bytes[layout.ok + i - from]!;
      }
      each(n, from);
    });

  const validate: Curve['validate'] = (encodings) => {
    const flags = new Uint8Array(countOf(encodings));
    decodeAll(encodings, flags, () => undefined);
    return flags;
  };

  const decode: Curve['decode'] = (encodings) => {
    const count = countOf(encodings);
    const out = new Uint8Array(count + Math.ceil(count / 2) * layout.pairBytes);
    const points = out.subarray(count);
    decodeAll(encodings, out, (n, from) => points.set(module.keep(n), (from / 2) * layout.pairBytes));
    return out;
  };

  const smallLog = new CurveSmallLog(module, { multiple: (v) => multiplyBase(GENERATOR, scalarBytes(v)) });

  return {
    name: binary.name,
    hashToGroup: (messages, dst) => {
      const dstBytes = placeDst(module, dst);
      return collect(module, messages.length, run.encodeUniform, (from, to) =>
        expandMessages(module, messages, dstBytes, from, to),
      );
    },
    hashAndMultiply: (messages, dst, scalars) => {
      const dstBytes = placeDst(module, dst);
      const factor = { scalars, shared: isShared(scalars, messages.length) };
      return collect(module, messages.length, run.encodeDoubled, (from, to) => {
        const n = expandMessages(module, messages, dstBytes, from, to);
        run.fromUniform(n);
        multiplyWorking(module, factor, from, to, n);
        return n;
      });
    },
    validate,
    decode,
    pairBytes: layout.pairBytes,
    multiply,
    multiplyBase,
    add: (p, q) => combine(p, q, 0),
    subtract: (p, q) => combine(p, q, 1),
    sumRows: rows.sumRows,
    multiScalar,
    multiScalarRows: rows.multiScalarRows,
    multiScalarHashed,
    hashAndAddBase,
    addBase,
    multiplyBases,
    ...createScalarField(module),
    hashToScalars: (messages, dst) => {
      const dstBytes = placeDst(module, dst);
      const out = new Uint8Array(messages.length * SIZE);
      // The expanded bytes lie where wide numbers are reduced.
      inBatches(module, messages.length, (from, to) => {
        expandMessages(module, messages, dstBytes, from, to);
        run.reduceWide(to - from);
        out.set(module.bytes.subarray(layout.results, layout.results + (to - from) * SIZE), from * SIZE);
      });
      return out;
    },
    hashOutputs: (messages, elements, suffix) => {
      if (countOf(elements) !== messages.length)
        throw new RangeError(`${messages.length} messages and ${countOf(elements)} elements`);
      if (messages.some(({ length }) => length > 0xffff)) throw new RangeError('a message has at most 65,535 bytes');
      const out = new Uint8Array(messages.length * UNIFORM);
      inBatches(module, messages.length, (from, to) => {
        hashFramed(module, { messages, elements, suffix }, from, to);
        out.set(module.bytes.subarray(layout.in, layout.in + (to - from) * UNIFORM), from * UNIFORM);
      });
      return out;
    },
    encryptRows: rows.encryptRows,
    doubleRerandomizeRows: rows.doubleRerandomizeRows,
    smallLogs: (elements, from, to) =>
      Array.from({ length: countOf(elements) }, (_, i) => smallLog.find(elements.subarray(i * SIZE, (i + 1) * SIZE), from, to)),
    prepareSmallLogs: () => smallLog.prepare(),
  };
};
