import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes, i2osp, utf8ToBytes } from '@vouchsafe/core';
import { badScalars, type CurveBinary, CurveModule, LANES, MESSAGE_BYTES, ROW_ELEMENTS, SUM_COLUMNS } from './curve-module.ts';
import { CurveSmallLog } from './curve-small-log.ts';
import { FixedTables } from './fixed-tables.ts';

const SIZE = 32;
/** q, the order of the group. */
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
/** The generator's encoding (RFC 9496 appendix A.1). */
const GENERATOR = Buffer.from('e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76', 'hex');
/** Buckets are worth filling from this many public scalars on. */
const BUCKETS_WORTH = 512;

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
  /** kᵢ·Pᵢ. @param scalars one for all (32 bytes), or one an element */
  multiply(elements: Uint8Array, scalars: Uint8Array): Uint8Array;
  /** kᵢ·B; a base that is used often gets a table. @param base 32 bytes */
  multiplyBase(base: Uint8Array, scalars: Uint8Array): Uint8Array;
  /** Pᵢ + Qᵢ. */
  add(p: Uint8Array, q: Uint8Array): Uint8Array;
  /** Pᵢ − Qᵢ. */
  subtract(p: Uint8Array, q: Uint8Array): Uint8Array;
  /** Column sums. @param rows n × width × 32 bytes, width ≤ 4096 @returns width × 32 bytes */
  sumRows(rows: Uint8Array, width: number): Uint8Array;
  /** Σ kᵢ·Pᵢ, 32 bytes. @param publicScalars the scalars are known to all: they may steer addresses, which is faster for long batches */
  multiScalar(elements: Uint8Array, scalars: Uint8Array, publicScalars?: boolean): Uint8Array;
  /** C = rᵢ·bases₀, Dⱼ = vᵢⱼ·(G/2) + rᵢ·basesⱼ. @param values n × V @param bases (V+1) × 32 bytes, V < 4096 @returns n × (V+1) × 32 bytes */
  encryptRows(values: Uint32Array, scalars: Uint8Array, bases: Uint8Array): Uint8Array;
  /** 2·(Rᵢⱼ + sᵢ·basesⱼ). @param rows n × width × 32 bytes @returns n × width × 32 bytes */
  doubleRerandomizeRows(rows: Uint8Array, scalars: Uint8Array, bases: Uint8Array): Uint8Array;
  /** v with v·G = element and from ≤ |v| < to, for each of n; `undefined` where there is none. @param to at most 2^40 + 1 */
  smallLogs(elements: Uint8Array, from: number, to: number): readonly (number | undefined)[];
  /** Builds a part of the table of small logarithms (some 10 ms). @returns true when it is complete */
  prepareSmallLogs(): boolean;
}

const countOf = (packed: Uint8Array): number => {
  if (packed.length % SIZE !== 0) throw new RangeError(`expected whole rows of ${SIZE} bytes, got ${packed.length} bytes`);
  return packed.length / SIZE;
};
const scalarBytes = (x: bigint): Uint8Array => {
  const out = new Uint8Array(SIZE);
  for (let i = 0, rest = ((x % ORDER) + ORDER) % ORDER; i < SIZE; i++, rest >>= 8n) out[i] = Number(rest & 0xffn);
  return out;
};

/** Opens an instance of a built module. It belongs to one thread. */
export const openCurve = (binary: CurveBinary): Curve => {
  const module = new CurveModule(binary);
  const { run, layout } = module;
  const tables = new FixedTables(module);

  /** Runs batches of at most LANES elements; scalars and digits are overwritten at the end, whatever happens. */
  const batches = (count: number, body: (from: number, to: number) => void, step: number = LANES): void => {
    try {
      for (let from = 0; from < count; from += step) body(from, Math.min(count, from + step));
    } finally {
      run.wipe();
    }
  };

  const collect = (count: number, encode: (n: number) => void, body: (from: number, to: number) => number): Uint8Array => {
    const out = new Uint8Array(count * SIZE);
    batches(count, (from, to) => {
      encode(body(from, to));
      module.take(out, from, to - from);
    });
    return out;
  };

  const check = (flag: number): void => {
    if (flag !== 0) throw badScalars();
  };

  /** A shared scalar is recoded once a batch; it is small work. */
  const multiplyWorking = (scalars: Uint8Array, shared: boolean, from: number, to: number, n: number): void => {
    module.placeScalars(scalars, shared ? 0 : from, shared ? 1 : to);
    check(shared ? run.setScalar(1) : run.setScalars(n, 1));
    if (shared) run.mul(n);
    else run.mulEach(n);
  };

  const shares = (scalars: Uint8Array, count: number): boolean => {
    const given = countOf(scalars);
    if (given !== 1 && given !== count) throw new RangeError(`expected 1 or ${count} scalars, got ${given}`);
    return given === 1 && count !== 1;
  };

  const placeDst = (dst: Uint8Array): number => {
    const tag = dst.length > 255 ? sha512(concatBytes(utf8ToBytes('H2C-OVERSIZE-DST-'), dst)) : dst;
    if (tag.length === 0) throw new RangeError('a domain separation tag has at least 1 byte (RFC 9380 §3.1)');
    module.bytes.set(tag, layout.dst);
    module.bytes[layout.dst + tag.length] = tag.length;
    return tag.length + 1;
  };

  /** expand_message_xmd for what does not fit the module's buffer. */
  const expandLong = (message: Uint8Array, dstPrime: Uint8Array): Uint8Array => {
    const b0 = sha512
      .create()
      .update(new Uint8Array(128))
      .update(message)
      .update(i2osp(64, 2))
      .update(new Uint8Array(1))
      .update(dstPrime)
      .digest();
    return sha512(concatBytes(b0, new Uint8Array([1]), dstPrime));
  };

  /** Hashes messages [from, to) to working points. */
  const hashWorking = (messages: readonly Uint8Array[], dstBytes: number, from: number, to: number): number => {
    const lengths = module.view32(layout.lengths, LANES);
    const long: number[] = [];
    const end = layout.messages + MESSAGE_BYTES;
    let first = from;
    let at = layout.messages;
    for (let i = from; i < to; i++) {
      const message = messages[i]!;
      const size = message.length > MESSAGE_BYTES ? 0 : message.length;
      if (size < message.length) long.push(i);
      if (at + size > end) {
        run.expand(i - first, dstBytes, first - from);
        first = i;
        at = layout.messages;
      }
      if (size > 0) module.bytes.set(message, at);
      lengths[i - first] = size;
      at += size;
    }
    run.expand(to - first, dstBytes, first - from);
    for (const i of long) {
      const dstPrime = module.bytes.slice(layout.dst, layout.dst + dstBytes);
      module.bytes.set(expandLong(messages[i]!, dstPrime), layout.in + (i - from) * 64);
    }
    const count = to - from;
    const n = count + (count % 2);
    if (n > count) module.bytes.fill(0, layout.in + count * 64, layout.in + n * 64);
    run.fromUniform(n);
    return n;
  };

  const multiply: Curve['multiply'] = (elements, scalars) => {
    const count = countOf(elements);
    const shared = shares(scalars, count);
    return collect(count, run.encodeDoubled, (from, to) => {
      const n = module.decode(elements, from, to);
      multiplyWorking(scalars, shared, from, to, n);
      return n;
    });
  };

  const multiplyBase: Curve['multiplyBase'] = (base, scalars) => {
    const count = countOf(scalars);
    const [table] = tables.ready(base, count);
    return collect(count, run.encodeDoubled, (from, to) => {
      if (table === undefined) return baseWithoutTable(base, scalars, from, to, 1);
      const n = module.placeScalars(scalars, from, to);
      check(run.setFixed(n, 2));
      run.zero(n);
      run.addFixed(table, layout.fixedWindows, n);
      return n;
    });
  };

  /** Working points = kᵢ·B (or half of it) by the general path. */
  const baseWithoutTable = (base: Uint8Array, scalars: Uint8Array, from: number, to: number, halved: 0 | 1): number => {
    const count = to - from;
    for (let i = 0; i < count; i++) module.bytes.set(base, layout.in + i * SIZE);
    const n = module.decodePlaced(count);
    module.placeScalars(scalars, from, to);
    check(run.setScalars(n, halved));
    run.mulEach(n);
    return n;
  };

  const combine = (p: Uint8Array, q: Uint8Array, negative: 0 | 1): Uint8Array => {
    if (p.length !== q.length) throw new RangeError(`two batches of different lengths: ${p.length} and ${q.length} bytes`);
    return collect(countOf(p), run.encode, (from, to) => {
      const n = module.decode(q, from, to);
      run.save(n);
      module.decode(p, from, to);
      run.addSaved(n, negative);
      return n;
    });
  };

  const widthOf = (width: number): number => {
    if (!(Number.isInteger(width) && width >= 1 && width <= ROW_ELEMENTS / 2))
      throw new RangeError(`a row has 1 to ${ROW_ELEMENTS / 2} elements`);
    return width;
  };
  const rowsAtOnce = (width: number): number => Math.min(LANES, Math.floor(ROW_ELEMENTS / width / 2) * 2);
  const placeRows = (rows: Uint8Array, width: number, from: number, to: number): void =>
    module.place(layout.rows, rows, from * width, to * width);
  const decodeColumn = (column: number, width: number, count: number): number => {
    run.gather(column * SIZE, width * SIZE, count);
    return module.decodePlaced(count);
  };

  const sumRows: Curve['sumRows'] = (rows, width) => {
    const count = countOf(rows) / widthOf(width);
    if (!Number.isInteger(count)) throw new RangeError(`${rows.length} bytes are no whole rows of ${width} elements`);
    const out = new Uint8Array(width * SIZE);
    for (let first = 0; first < width; first += SUM_COLUMNS) {
      const columns = Math.min(SUM_COLUMNS, width - first);
      run.clearSums(columns);
      batches(
        count,
        (from, to) => {
          placeRows(rows, width, from, to);
          for (let j = 0; j < columns; j++) run.addToSum(j, decodeColumn(first + j, width, to - from));
        },
        rowsAtOnce(width),
      );
      takeSums(out, first, columns);
    }
    return out;
  };
  const takeSums = (out: Uint8Array, at: number, columns: number): void => {
    run.zero(columns + (columns % 2));
    run.foldSums(0, columns);
    run.encode(columns + (columns % 2));
    module.take(out, at, columns);
  };

  const multiScalar: Curve['multiScalar'] = (elements, scalars, publicScalars = false) => {
    const count = countOf(elements);
    if (elements.length !== scalars.length) throw new RangeError(`${count} elements and ${countOf(scalars)} scalars`);
    const buckets = publicScalars && count >= BUCKETS_WORTH;
    run.clearSums(1);
    if (buckets) run.multiScalarPublicBegin();
    batches(count, (from, to) => {
      const n = module.decode(elements, from, to);
      module.placeScalars(scalars, from, to);
      check(run.setScalars(n, 0));
      if (buckets) run.multiScalarPublic(n);
      else run.multiScalarSecret(n);
    });
    if (buckets) run.multiScalarPublicEnd();
    const out = new Uint8Array(SIZE);
    takeSums(out, 0, 1);
    return out;
  };

  /** The table for values, on G/8: encoding doubles, recoding is 2v − const, so v·(G/2) starts from const·(G/8). */
  let valueTable: number | undefined;
  const prepareValues = (): number => {
    if (valueTable !== undefined) return valueTable;
    const inverse8 = (3n * ORDER + 1n) / 8n;
    const base = multiply(GENERATOR, scalarBytes(inverse8));
    const start = multiply(base, scalarBytes((1n << BigInt(layout.valueBits)) - 1n));
    const table = module.allocate(2 * layout.valueTableBytes);
    module.decode(concatBytes(base, base), 0, 2);
    run.makeTables(table, table + layout.valueTableBytes, layout.valueWindows);
    module.decode(concatBytes(start, start), 0, 2);
    run.keepStart();
    valueTable = table;
    return table;
  };

  const encryptRows: Curve['encryptRows'] = (values, scalars, bases) => {
    const count = countOf(scalars);
    const width = widthOf(countOf(bases));
    const slots = width - 1;
    if (values.length !== count * slots) throw new RangeError('encryptRows wants n × V values for n scalars and V + 1 bases');
    const valuesAt = prepareValues();
    const baseTables = tables.ready(bases, count);
    const out = new Uint8Array(count * width * SIZE);
    batches(
      count,
      (from, to) => {
        const rows = to - from;
        const n = rows + (rows % 2);
        const placeFixed = fixedOnce(scalars, from, to, 2);
        module.view32(layout.values, rows * slots).set(values.subarray(from * slots, to * slots));
        for (let j = 0; j < width; j++) {
          const addValues = (): void => {
            if (j === 0) return run.zero(n);
            run.setValues(rows, j - 1, slots);
            run.begin(n);
            run.addValues(valuesAt, layout.valueWindows, n);
          };
          const table = baseTables[j];
          if (table === undefined) {
            addValues();
            run.save(n);
            baseWithoutTable(bases.subarray(j * SIZE, (j + 1) * SIZE), scalars, from, to, 1);
            run.addSaved(n, 0);
          } else {
            addValues();
            placeFixed();
            run.addFixed(table, layout.fixedWindows, n);
          }
          run.encodeDoubled(n);
          run.scatter(j * SIZE, width * SIZE, rows);
        }
        out.set(module.bytes.subarray(layout.rows, layout.rows + rows * width * SIZE), from * width * SIZE);
      },
      rowsAtOnce(width),
    );
    return out;
  };
  /** One recoding serves all columns of the rows. */
  const fixedOnce = (scalars: Uint8Array, from: number, to: number, halvings: 1 | 2): (() => void) => {
    let placed = false;
    return () => {
      if (placed) return;
      check(run.setFixed(module.placeScalars(scalars, from, to), halvings));
      placed = true;
    };
  };

  const doubleRerandomizeRows: Curve['doubleRerandomizeRows'] = (rows, scalars, bases) => {
    const count = countOf(scalars);
    const width = widthOf(countOf(bases));
    if (rows.length !== count * width * SIZE) throw new RangeError('doubleRerandomizeRows wants one scalar a row');
    const baseTables = tables.ready(bases, count);
    const out = new Uint8Array(rows.length);
    batches(
      count,
      (from, to) => {
        const size = to - from;
        placeRows(rows, width, from, to);
        const placeFixed = fixedOnce(scalars, from, to, 1);
        for (let j = 0; j < width; j++) {
          const table = baseTables[j];
          const n = decodeColumn(j, width, size);
          if (table === undefined) {
            run.save(n);
            baseWithoutTable(bases.subarray(j * SIZE, (j + 1) * SIZE), scalars, from, to, 0);
            run.addSaved(n, 0);
          } else {
            placeFixed();
            run.addFixed(table, layout.fixedWindows, n);
          }
          run.encodeDoubled(n);
          run.scatter(j * SIZE, width * SIZE, size);
        }
        out.set(module.bytes.subarray(layout.rows, layout.rows + size * width * SIZE), from * width * SIZE);
      },
      rowsAtOnce(width),
    );
    return out;
  };

  const smallLog = new CurveSmallLog(module, { multiple: (v) => multiplyBase(GENERATOR, scalarBytes(v)) });

  return {
    name: binary.name,
    hashToGroup: (messages, dst) => {
      const dstBytes = placeDst(dst);
      return collect(messages.length, run.encode, (from, to) => hashWorking(messages, dstBytes, from, to));
    },
    hashAndMultiply: (messages, dst, scalars) => {
      const dstBytes = placeDst(dst);
      const shared = shares(scalars, messages.length);
      return collect(messages.length, run.encodeDoubled, (from, to) => {
        const n = hashWorking(messages, dstBytes, from, to);
        multiplyWorking(scalars, shared, from, to, n);
        return n;
      });
    },
    validate: (encodings) => {
      const count = countOf(encodings);
      const flags = new Uint8Array(count);
      batches(count, (from, to) => {
        module.place(layout.in, encodings, from, to);
        run.decode(module.pad(to - from));
        for (let i = from; i < to; i++) {
          // RFC 9497 §4.1 adds to RFC 9496's rules that the identity is refused.
          const identity = encodings.subarray(i * SIZE, (i + 1) * SIZE).every((byte) => byte === 0);
          flags[i] = identity ? 0 : module.bytes[layout.ok + i - from]!;
        }
      });
      return flags;
    },
    multiply,
    multiplyBase,
    add: (p, q) => combine(p, q, 0),
    subtract: (p, q) => combine(p, q, 1),
    sumRows,
    multiScalar,
    encryptRows,
    doubleRerandomizeRows,
    smallLogs: (elements, from, to) =>
      Array.from({ length: countOf(elements) }, (_, i) => smallLog.find(elements.subarray(i * SIZE, (i + 1) * SIZE), from, to)),
    prepareSmallLogs: () => smallLog.prepare(),
  };
};
