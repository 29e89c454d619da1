import { add, and, type Int, i64, type Module, mul, op, shl, sub, type Value, word } from '../wat.ts';
import { compare, compare64, load32, load64, load128, narrow } from './words.ts';

// An entry is 16 bytes: the first eight bytes of a hash, up to four more, and a number. Order: the first eight bytes as a little-endian number, then the others.

const KEY = 0;
const REST = 8;
const NUMBER = 12;

/** `keep(hashes, n, to, numbers, rest)`: entries of hashes; `rest` masks the bytes after the eighth; `numbers` (0: none) gives each one's number. */
const emitKeep = (m: Module): void =>
  m.func('keep', { params: ['i32', 'i32', 'i32', 'i32', 'i32'], exported: true }, (f, hashes, n, to, numbers, rest) =>
    f.loop(0, n!, (i) => {
      const [from, at] = [f.let(add(hashes!, shl(i, 4))), f.let(add(to!, shl(i, 4)))];
      const number = f.let(0);
      f.if(numbers!, () => f.set(number, load32(add(numbers!, shl(i, 2)))));
      const [key, others] = [f.let(load64(from)), f.let(and(load32(from, 8), rest!))];
      f.store('i64.store', at, key, KEY);
      f.store('i32.store', at, others, REST);
      f.store('i32.store', at, number, NUMBER);
    }),
  );

const bucketOf = (entry: Int): Value => narrow(i64('shr_u', load64(entry), word(48)));

/** `count(entries, n, counts)`, `scatter(entries, n, next, to)` by the upper 16 of the first 64 bits, then `sort(entries, n)` by insertion: three passes in all. */
const emitSort = (m: Module): void => {
  m.func('count', { params: ['i32', 'i32', 'i32'], exported: true }, (f, entries, n, counts) =>
    f.loop(0, n!, (i) => {
      const at = f.let(add(counts!, shl(bucketOf(add(entries!, shl(i, 4))), 2)));
      f.store('i32.store', at, add(load32(at), 1));
    }),
  );
  m.func('scatter', { params: ['i32', 'i32', 'i32', 'i32'], exported: true }, (f, entries, n, next, to) =>
    f.loop(0, n!, (i) => {
      const from = f.let(add(entries!, shl(i, 4)));
      const at = f.let(add(next!, shl(bucketOf(from), 2)));
      const place = f.let(load32(at));
      f.store('i32.store', at, add(place, 1));
      f.store128(add(to!, shl(place, 4)), load128(from));
    }),
  );
  m.func('sort', { params: ['i32', 'i32'], exported: true }, (f, entries, n) =>
    f.loop(1, n!, (i) => {
      const from = f.let(add(entries!, shl(i, 4)));
      const entry = f.load128(from);
      const [key, rest] = [f.let(load64(from)), f.let(load32(from, REST))];
      const at = f.let(from);
      const above = (): Value => op('i32', 'i32.and', compare('gt_u', at, entries!), isAbove(sub(at, 16), key, rest));
      f.while(above, () => {
        f.store128(at, load128(sub(at, 16)));
        f.set(at, sub(at, 16));
      });
      f.store128(at, entry);
    }),
  );
};

/** Is the entry above (key, rest)? It reads one entry before the first, which is there: the kernel's heap never starts with one. */
const isAbove = (entry: Int, key: Value, rest: Value): Value =>
  op(
    'i32',
    'i32.or',
    compare64('gt_u', load64(entry), key),
    op('i32', 'i32.and', compare64('eq', load64(entry), key), compare('gt_u', load32(entry, REST), rest)),
  );
const isBelow = (entry: Int, key: Value, rest: Value): Value =>
  op(
    'i32',
    'i32.or',
    compare64('lt_u', load64(entry), key),
    op('i32', 'i32.and', compare64('eq', load64(entry), key), compare('lt_u', load32(entry, REST), rest)),
  );

/** `pack(entries, n, to, width)`: rows of `width` (8 … 12) bytes, without numbers; writes up to four bytes past the end. */
const emitPack = (m: Module): void =>
  m.func('pack', { params: ['i32', 'i32', 'i32', 'i32'], exported: true }, (f, entries, n, to, width) =>
    f.loop(0, n!, (i) => {
      const from = f.let(add(entries!, shl(i, 4)));
      const at = f.let(add(to!, mul(i, width!)));
      f.store('i64.store', at, load64(from));
      f.store('i32.store', at, load32(from, REST), 8);
    }),
  );

/**
 * `join(entries, n, rows, count, width, rest, to)`: merges sorted entries with sorted rows and writes the numbers of the entries that are among the rows.
 * @returns how many, or −1 where the rows are not ascending. Reads up to four bytes past the rows
 */
const emitJoin = (m: Module): void =>
  m.func(
    'join',
    { params: ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'], result: 'i32', exported: true },
    (f, entries, n, rows, count, width, rest, to) => {
      const end = f.let(add(entries!, shl(n!, 4)));
      const at = f.let(entries!);
      const found = f.let(0);
      const [lastKey, lastOthers] = [f.let(word(0)), f.let(0)];
      f.loop(0, count!, (j) => {
        const row = f.let(add(rows!, mul(j, width!)));
        const [key, others] = [f.let(load64(row)), f.let(and(load32(row, 8), rest!))];
        const falls = op(
          'i32',
          'i32.or',
          compare64('lt_u', key, lastKey),
          op('i32', 'i32.and', compare64('eq', key, lastKey), compare('lt_u', others, lastOthers)),
        );
        f.if(falls, () => f.return(-1));
        f.set(lastKey, key);
        f.set(lastOthers, others);
        f.while(
          () => op('i32', 'i32.and', compare('lt_u', at, end), isBelow(at, key, others)),
          () => f.set(at, add(at, 16)),
        );
        const same = op(
          'i32',
          'i32.and',
          compare('lt_u', at, end),
          op('i32', 'i32.and', compare64('eq', load64(at), key), compare('eq', load32(at, REST), others)),
        );
        f.if(same, () => {
          f.store('i32.store', add(to!, shl(found, 2)), load32(at, NUMBER));
          f.set(found, add(found, 1));
          f.set(at, add(at, 16));
        });
      });
      f.return(found);
    },
  );

export const emitMasks = (m: Module): void => {
  emitKeep(m);
  emitSort(m);
  emitPack(m);
  emitJoin(m);
};
