// Sizes that both parties compute from nx and ny alone. The failure probabilities are worked out in BULK.md.

/** Statistical security in bits: every failure below has a probability of at most 2^-40. */
export const STATISTICAL_BITS = 40;
/** The largest set: with it a value has 64 bits at most. */
export const MAX_BULK_SET: number = 2 ** 24;
/** Parity bits of the code. */
export const PARITY_BITS = 100;
/** Bits of Δ a code column: small fields of 16. */
export const FIELD_BITS = 4;
export const FIELD: number = 1 << FIELD_BITS;
/** Combinations of the receiver check, and so uniform rows that mask its answer. */
export const CHECK_ROWS = 64;
/** Elements a bin of the store is meant for, and rows of a group at most: longer ones cost memory, shorter ones calls of the cipher. */
const BIN_ELEMENTS = 40_000;
const GROUP_ROWS = 110_000;
/** A group's rows are a multiple of this: the kernel mixes so many at a time. */
const ROW_STEP = 256;
/** Below this the fit of the store's size says nothing. */
const SMALLEST_FIT = 512;

/** One group of bins: what one message carries. */
export interface BulkGroup {
  readonly firstBin: number;
  readonly bins: number;
  /** Rows, the padding and the check's rows at the end of the last group included. */
  readonly rows: number;
  /** The group's first row among all. */
  readonly firstRow: number;
}

/** What nx and ny fix. */
export interface BulkParameters {
  /** The receiver's and the sender's number of elements. */
  readonly nx: number;
  readonly ny: number;
  /** Bits of a value: a multiple of 4. */
  readonly l: number;
  /** Code columns: l + 100. */
  readonly columns: number;
  /** Bytes of a mask. */
  readonly maskBytes: number;
  readonly bins: number;
  /** The receiver's elements in a bin at most, but for a chance of 2^-40. */
  readonly binCapacity: number;
  /** Sparse places and dense bits of a bin. */
  readonly places: number;
  readonly dense: number;
  readonly groups: readonly BulkGroup[];
  /** Rows of all groups. */
  readonly rows: number;
  /** What one more element costs in the worst case: `boundElements`, below. */
  readonly bound: number;
}

/**
 * The most balls in any of `bins` bins, but for a chance of 2^-40: Chernoff's bound Pr[Bin(n, 1/bins) ≥ k] ≤ 2^-n·KL(k/n ‖ 1/bins), and the union over the bins.
 */
export const binLoad = (n: number, bins: number): number => {
  if (bins === 1) return n;
  const p = 1 / bins;
  const bits = (k: number): number => {
    const q = k / n;
    if (q >= 1) return n * Math.log2(bins);
    return n * (q * Math.log2(q / p) + (1 - q) * Math.log2((1 - q) / (1 - p)));
  };
  let [low, high] = [Math.ceil(n / bins), n];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (bits(middle) - Math.log2(bins) >= STATISTICAL_BITS) high = middle;
    else low = middle + 1;
  }
  return low;
};

/** Size of the store of one bin (Raghuraman and Rindal 2022, §4, weight 3): an empirical fit, not a proof. @param bits of security a bin */
export const storeSize = (capacity: number, bits: number): { readonly places: number; readonly dense: number } => {
  const n = Math.max(capacity, SMALLEST_FIT);
  const w = Math.log2(3);
  const slope = 2 ** (0.555 * Math.log2(n) + 0.093 * w ** 3 - 1.01 * w ** 2 + 2.925 * w - 0.133);
  const expansion = 1.223 + (bits + 9.2) / slope;
  const gaps = Math.max(1, Math.floor(bits / Math.log2(expansion * n)));
  return { places: Math.floor(expansion * n), dense: STATISTICAL_BITS + gaps + 2 };
};

/** Identifiers that are worth guessing: what {@link boundElements} assumes of a deviating receiver. */
const UNIVERSE_BITS = 33;

/**
 * How many elements a deviating receiver can bind to the rows of an honest run's size: the least n' with n'·(l − log2(e·N/n')) > rows·l + 40 for N = 2^33 identifiers.
 * A holder debits this, not nx.
 */
export const boundElements = (rows: number, l: number): number => {
  const room = rows * l + STATISTICAL_BITS;
  const takes = (n: number): number => n * (l - Math.log2(Math.E) - UNIVERSE_BITS + Math.log2(n));
  let [low, high] = [1, 1];
  while (takes(high) <= room && high < 2 ** 40) high *= 2;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (takes(middle) > room) high = middle;
    else low = middle + 1;
  }
  return low;
};

/** @throws RangeError for sizes that are not whole numbers from 1 to {@link MAX_BULK_SET} */
export const bulkParameters = ({ nx, ny }: { readonly nx: number; readonly ny: number }): BulkParameters => {
  for (const n of [nx, ny])
    if (!Number.isInteger(n) || n < 1 || n > MAX_BULK_SET)
      throw new RangeError(`a set of the bulk match has 1 to ${MAX_BULK_SET} elements`);
  const l = 4 * Math.ceil((STATISTICAL_BITS + Math.log2(ny)) / 4);
  const bins = Math.ceil(nx / BIN_ELEMENTS);
  const binCapacity = binLoad(nx, bins);
  const { places, dense } = storeSize(binCapacity, STATISTICAL_BITS + Math.log2(bins));
  const ofBin = places + dense;
  const perGroup = Math.max(1, Math.floor(GROUP_ROWS / ofBin));
  const groups: BulkGroup[] = [];
  let rows = 0;
  for (let firstBin = 0; firstBin < bins; firstBin += perGroup) {
    const own = Math.min(perGroup, bins - firstBin);
    const masked = firstBin + own === bins ? CHECK_ROWS : 0;
    const padded = Math.ceil((own * ofBin + masked) / ROW_STEP) * ROW_STEP;
    groups.push({ firstBin, bins: own, rows: padded, firstRow: rows });
    rows += padded;
  }
  return {
    nx,
    ny,
    l,
    columns: l + PARITY_BITS,
    maskBytes: Math.max(8, Math.ceil((STATISTICAL_BITS + Math.log2(nx) + Math.log2(ny)) / 8)),
    bins,
    binCapacity,
    places,
    dense,
    groups,
    rows,
    bound: boundElements(rows, l),
  };
};
