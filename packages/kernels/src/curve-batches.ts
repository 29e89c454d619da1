import { badScalars, type CurveModule, LANES, ROW_ELEMENTS } from './curve-module.ts';

const SIZE = 32;
/** Buckets are worth filling from this many public scalars on. */
export const BUCKETS_WORTH = 256;

export const countOf = (packed: Uint8Array): number => {
  if (packed.length % SIZE !== 0) throw new RangeError(`expected whole rows of ${SIZE} bytes, got ${packed.length} bytes`);
  return packed.length / SIZE;
};

/** Throws when the module found a scalar that is not below q. */
export const checkScalars = (flag: number): void => {
  if (flag !== 0) throw badScalars();
};

/** Elements a row of a table can have. */
export const widthOf = (width: number): number => {
  if (!(Number.isInteger(width) && width >= 1 && width <= ROW_ELEMENTS / 2))
    throw new RangeError(`a row has 1 to ${ROW_ELEMENTS / 2} elements`);
  return width;
};

/** Rows that the module takes at once: an even number, of which all elements fit its buffer. */
export const rowsAtOnce = (width: number): number => Math.min(LANES, Math.floor(ROW_ELEMENTS / width / 2) * 2);

/** Runs body over [0, count) in pieces of at most `step`; scalars, digits and messages are overwritten at the end, whatever happens. */
export const inBatches = (
  module: CurveModule,
  count: number,
  body: (from: number, to: number) => void,
  step: number = LANES,
): void => {
  try {
    for (let from = 0; from < count; from += step) body(from, Math.min(count, from + step));
  } finally {
    module.run.wipe();
  }
};

/**
 * Lays behind each other what `body` computes batch by batch.
 * @param encode how the working points are encoded: as they are, or doubled
 * @param body fills working points for elements [from, to) and returns the even count of lanes
 */
export const collect = (
  module: CurveModule,
  count: number,
  encode: (n: number) => void,
  body: (from: number, to: number) => number,
): Uint8Array => {
  const out = new Uint8Array(count * SIZE);
  inBatches(module, count, (from, to) => {
    encode(body(from, to));
    module.take(out, from, to - from);
  });
  return out;
};

/** Working points × kᵢ/2, or × k/2 for a single one, which is recoded again for each batch: it is little work. */
export const multiplyWorking = (
  module: CurveModule,
  { scalars, shared }: { readonly scalars: Uint8Array; readonly shared: boolean },
  from: number,
  to: number,
  n: number,
): void => {
  const { run } = module;
  module.placeScalars(scalars, shared ? 0 : from, shared ? 1 : to);
  checkScalars(shared ? run.setScalar(1) : run.setScalars(n, 1));
  if (shared) run.mul(n);
  else run.mulEach(n);
};

/** Is one scalar given for all of `count` elements? */
export const isShared = (scalars: Uint8Array, count: number): boolean => {
  const given = countOf(scalars);
  if (given !== 1 && given !== count) throw new RangeError(`expected 1 or ${count} scalars, got ${given}`);
  return given === 1 && count !== 1;
};

/** Working points = kᵢ·B, or (k/2)ᵢ·B, by the general path: for a base without a table. */
export const multiplyOneBase = (
  module: CurveModule,
  base: Uint8Array,
  scalars: Uint8Array,
  { from, to, halved }: { readonly from: number; readonly to: number; readonly halved: 0 | 1 },
): number => {
  const { run, layout } = module;
  for (let i = 0; i < to - from; i++) module.bytes.set(base, layout.in + i * SIZE);
  const n = module.decodePlaced(to - from);
  module.placeScalars(scalars, from, to);
  checkScalars(run.setScalars(n, halved));
  run.mulEach(n);
  return n;
};
