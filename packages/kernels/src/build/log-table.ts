import type { Kernel } from './arith.ts';
import { logPlaces, MAX_HITS } from './log-places.ts';
import { add, and, i64, load, op, shl, sub, type Value, word } from './wat.ts';

/** A slot: 32 bits of the key, then index + 1 below 8 more of its bits; 0 when empty. Open addressing. */
export const emitLogTable = (k: Kernel): void => {
  const { state } = logPlaces(k);
  const slotOf = (key: Value): Value => {
    const hash = op('i32', 'i32.wrap_i64', i64('shr_u', i64('mul', key, word(0x9e3779b97f4a7c15n)), word(32)));
    return op('i32', 'i32.and', hash, load('i32', 'i32.load', state, 4));
  };
  const at = (slot: Value): Value => add(load('i32', 'i32.load', state, 0), shl(slot, 3)) as Value;
  const next = (slot: Value): Value => op('i32', 'i32.and', add(slot, 1), load('i32', 'i32.load', state, 4));
  const top = (key: Value): Value => shl(op('i32', 'i32.wrap_i64', i64('shr_u', key, word(56))), 24) as Value;
  const index = (place: Value): Value => load('i32', 'i32.load', place, 4);

  k.func('log_put', { params: ['i64', 'i32'] }, ({ f }, key, i) => {
    const slot = f.let(slotOf(key!));
    f.while(
      () => op('i32', 'i32.ne', index(at(slot)), 0),
      () => f.set(slot, next(slot)),
    );
    const place = f.let(at(slot));
    f.store('i32.store', place, op('i32', 'i32.wrap_i64', key!));
    f.store('i32.store', place, op('i32', 'i32.or', add(i!, 1), top(key!)), 4);
  });

  const { hits } = logPlaces(k);
  k.func('log_look', { params: ['i64', 'i32'] }, ({ f }, key, centre) => {
    const slot = f.let(slotOf(key!));
    const found = f.let(index(at(slot)));
    f.while(
      () => found,
      () => {
        const place = f.let(at(slot));
        const same = op('i32', 'i32.eq', load('i32', 'i32.load', place), op('i32', 'i32.wrap_i64', key!));
        const sameTop = op('i32', 'i32.eq', and(found, 0xff000000 | 0), top(key!));
        f.if(op('i32', 'i32.and', same, sameTop), () => {
          const count = f.let(load('i32', 'i32.load', hits));
          f.if(op('i32', 'i32.lt_u', count, MAX_HITS), () => {
            const to = f.let(add(hits + 16, shl(count, 3)));
            f.store('i32.store', to, centre!);
            f.store('i32.store', to, sub(and(found, 0xffffff), 1), 4);
            f.store('i32.store', hits, add(count, 1));
          });
        });
        f.set(slot, next(slot));
        f.set(found, index(at(slot)));
      },
    );
  });
};
