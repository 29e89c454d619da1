import type { Arith, Kernel } from './arith.ts';
import { VECTORS } from './element.ts';
import { op, type Value } from './wat.ts';

/** Working arrays that decoding, encoding and hashing share: they never run inside one another. */
export const workArray = (k: Kernel, name: string): number => k.memory(`work ${name}`, VECTORS * k.field.bytes);
export const workMasks = (k: Kernel): number => k.memory('work masks', VECTORS * 16);
/** Vectors that n lanes take. */
export const vectorsOf = (a: Arith, n: Value): Value => a.f.let(op('i32', 'i32.shr_u', n, 1));
