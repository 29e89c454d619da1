import type { Kernel } from './arith.ts';
import { VECTORS } from './element.ts';

/** Points around a centre that one block covers to each side, and all of them. */
export const LOG_SIDE = 255;
export const LOG_BLOCK: number = 2 * LOG_SIDE + 1;
/** Centres brought to affine coordinates together. */
export const LOG_CHUNK = 128;
/** Hits that one block can report. */
export const MAX_HITS = 1024;

/** Places that the small logarithm keeps between calls. */
export type LogPlaces = Readonly<
  Record<
    | 'working'
    | 'xs'
    | 'ys'
    | 'ds'
    | 'wide'
    | 'wideCached'
    | 'current'
    | 'centres'
    | 'centreXs'
    | 'centreYs'
    | 'keys'
    | 'state'
    | 'hits',
    number
  >
>;
export const logPlaces = (k: Kernel): LogPlaces => ({
  working: k.memory('G', VECTORS * k.pointBytes),
  xs: k.memory('log xs', LOG_SIDE * k.field.bytes),
  ys: k.memory('log ys', LOG_SIDE * k.field.bytes),
  ds: k.memory('log ds', LOG_SIDE * k.field.bytes),
  wide: k.memory('log wide', k.pointBytes),
  wideCached: k.memory('log wide cached', k.pointBytes),
  current: k.memory('log current', k.pointBytes),
  centres: k.memory('log centres', LOG_CHUNK * k.pointBytes),
  centreXs: k.memory('log centre xs', LOG_SIDE * k.field.bytes),
  centreYs: k.memory('log centre ys', LOG_SIDE * k.field.bytes),
  keys: k.memory('log keys', LOG_BLOCK * 16),
  state: k.memory('log state', 32),
  hits: k.memory('hits', 16 + 8 * MAX_HITS),
});
