import type { Kv, KvWriter } from '@vouchsafe/core';

/** Told of each step that an answer passes on its way: a test's program may end there. */
export type Hit = (point: string) => void;

/** A store that tells each step: what is asked of it, each table that a transaction writes to, its end in memory, and that it is on the disk. */
export const failpointsOfKv = (kv: Kv, hit: Hit): Kv => ({
  ...kv,
  read: (work) => {
    hit('read');
    return kv.read(work);
  },
  commit: async (work) => {
    hit('transaction begins');
    const result = await kv.commit((writer) => {
      const told: KvWriter = {
        get: (table, key) => writer.get(table, key),
        range: (table, range) => writer.range(table, range),
        put: (table, key, value) => {
          hit(`before put ${table}`);
          writer.put(table, key, value);
          hit(`after put ${table}`);
        },
        delete: (table, key) => writer.delete(table, key),
      };
      const done = work(told);
      hit('transaction made');
      return done;
    });
    hit('transaction durable');
    return result;
  },
});

/** Anything with methods, e.g. a group: tells each one that is called. */
export const failpointsOf = <A extends object>(name: string, target: A, hit: Hit): A =>
  new Proxy(target, {
    get: (own, key) => {
      const value = Reflect.get(own, key) as unknown;
      if (typeof value !== 'function') return value;
      return (...given: unknown[]): unknown => {
        hit(`${name}.${String(key)}`);
        return value.apply(own, given);
      };
    },
  });
