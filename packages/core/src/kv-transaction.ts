import { concatBytes } from './bytes.ts';
import { type KvEntry, type KvRange, type KvReader, type KvWriter, MAX_KEY_BYTES, MAX_VALUE_BYTES } from './kv.ts';
import type { KvMutableState, KvState } from './kv-engine.ts';

/** A transaction that is running. */
export interface Transaction<A extends KvReader> {
  readonly access: A;
  /** From now on its reader, its writer and its ranges refuse to work. */
  end(): void;
}

/** The first page of a range is short, since many readers want one entry only; later ones are longer. */
const FIRST_PAGE = 8;
const LONGEST_PAGE = 1024;
const PAGE_BYTES: number = 2 ** 20;

const TABLE = /^[a-z0-9-]{1,64}$/;

/** @throws RangeError when it is no table name */
export const checkTable = (table: string): string => {
  if (!TABLE.test(table)) throw new RangeError('a table name has 1 to 64 lower-case letters, digits and dashes');
  return table;
};

/** @throws RangeError when it is no key */
export const checkKey = (key: Uint8Array): Uint8Array => {
  if (!(key instanceof Uint8Array) || key.length < 1 || key.length > MAX_KEY_BYTES)
    throw new RangeError(`a key has 1 to ${MAX_KEY_BYTES} bytes`);
  return key;
};

/** @throws RangeError when it is no value */
export const checkValue = (value: Uint8Array): Uint8Array => {
  if (!(value instanceof Uint8Array) || value.length > MAX_VALUE_BYTES)
    throw new RangeError(`a value has at most ${MAX_VALUE_BYTES} bytes`);
  return value;
};

/** A bound may be one byte longer than a key, as the key that comes right after a longest one is. An empty lower bound is none. */
const checkBound = (bound: Uint8Array | undefined): Uint8Array | undefined => {
  if (bound !== undefined && (!(bound instanceof Uint8Array) || bound.length > MAX_KEY_BYTES + 1))
    throw new RangeError(`a bound of a range has at most ${MAX_KEY_BYTES + 1} bytes`);
  return bound?.slice();
};

const checkLimit = (limit: number): number => {
  if (limit !== Infinity && !(Number.isSafeInteger(limit) && limit >= 0))
    throw new RangeError('a limit is a whole number, not below 0');
  return limit;
};

/** The key that comes right after this one: nothing fits between. */
const successor = (key: Uint8Array): Uint8Array => concatBytes(key, Uint8Array.of(0));

const startReading = (
  state: KvState,
  changes: () => number,
): { readonly reader: KvReader; readonly alive: () => void; readonly end: () => void } => {
  let ended = false;
  const alive = (): void => {
    if (ended) throw new RangeError('this transaction has ended: read and write while its callback runs');
  };

  /** Pages of the range, read again from the last key on when the transaction has written meanwhile. */
  function* walk(table: string, { from, to, reverse, limit }: Required<KvRange>): Generator<KvEntry, void, undefined> {
    let left = limit ?? Infinity;
    let last: Uint8Array | undefined;
    for (let count = FIRST_PAGE; left > 0; ) {
      alive();
      const seen = changes();
      const rest = last === undefined ? { from, to } : reverse === true ? { from, to: last } : { from: successor(last), to };
      const entries = state.page(table, { ...rest, reverse: reverse === true, count: Math.min(left, count), bytes: PAGE_BYTES });
      if (entries.length === 0) return;
      for (const entry of entries) {
        // The entry is the caller's to change.
        last = entry.key.slice();
        left--;
        yield entry;
        alive();
        if (changes() !== seen) break;
      }
      count = changes() === seen ? Math.min(count * 4, LONGEST_PAGE) : FIRST_PAGE;
    }
  }

  const reader: KvReader = {
    get: (table, key) => {
      alive();
      return state.get(checkTable(table), checkKey(key));
    },
    range: (table, { from, to, reverse, limit } = {}) => {
      alive();
      checkTable(table);
      const lower = checkBound(from);
      const range = {
        from: lower?.length === 0 ? undefined : lower,
        to: checkBound(to),
        reverse,
        limit: checkLimit(limit ?? Infinity),
      };
      return { [Symbol.iterator]: () => walk(table, range) };
    },
  };
  return {
    reader,
    alive,
    end: () => {
      ended = true;
    },
  };
};

export const readTransaction = (state: KvState): Transaction<KvReader> => {
  const { reader, end } = startReading(state, () => 0);
  return { access: reader, end };
};

/**
 * A transaction that can be taken back: it notes what each write replaces. So an engine needs no nested transactions, and one transaction that throws costs the others of
 * the same disk write nothing.
 */
export const writeTransaction = (state: KvMutableState): Transaction<KvWriter> & { rollBack(): void } => {
  const undo: { readonly table: string; readonly key: Uint8Array; readonly before: Uint8Array | undefined }[] = [];
  const { reader, alive, end } = startReading(state, () => undo.length);
  const note = (table: string, key: Uint8Array): void => {
    alive();
    undo.push({ table: checkTable(table), key: checkKey(key).slice(), before: state.get(table, key) });
  };
  return {
    access: {
      ...reader,
      put: (table, key, value) => {
        checkValue(value);
        note(table, key);
        state.put(table, key, value);
      },
      delete: (table, key) => {
        note(table, key);
        state.delete(table, key);
      },
    },
    end,
    rollBack: () => {
      for (const { table, key, before } of undo.reverse()) {
        if (before === undefined) state.delete(table, key);
        else state.put(table, key, before);
      }
    },
  };
};
