import { normalizeZ } from '@noble/curves/abstract/curve.js';
import { ed25519, type ristretto255 } from '@noble/curves/ed25519.js';

type Ristretto = InstanceType<typeof ristretto255.Point>;
type Edwards = InstanceType<typeof ed25519.Point>;
const { Point } = ed25519;

/** Times 4: removes the 4-torsion by which the representatives of one ristretto255 element differ (RFC 9496 §4), so that affine coordinates can be compared. */
const times4 = (p: Edwards): Edwards => p.double().double();

const STEP: Edwards = times4(Point.BASE);
/** Baby steps kept at most (about 10 MB), and added at most in one call (some 50 ms). */
const MAX_BABIES = 2 ** 16;
const MAX_GROWTH = 2 ** 12;
/** Giant steps brought to affine coordinates with one inversion. */
const CHUNK = 256;

/** Points are looked up by 52 bits of y; every hit is verified, so a collision costs time, not correctness. */
const fingerprint = (y: bigint): number => Number(y & 0xfffffffffffffn);

/**
 * Baby-step giant-step for v·G, |v| small. P and −P share y, so the table of i·4G for 0 ≤ i ≤ m answers for the 2m+1 values around a giant step, and both
 * signs of v are searched at once. For results that are public anyway (totals): its time tells v.
 */
export class NobleSmallLog {
  /** How long a range one call searches in a few milliseconds, once the table has its full size. */
  static readonly STRIDE: number = 2 ** 25;

  readonly #babies: Map<number, number> = new Map([[fingerprint(Point.ZERO.y), 0]]);
  #last: Edwards = Point.ZERO;

  /** v with from ≤ |v| < to and v·G = element, if there is one. */
  find(element: Ristretto, from: number, to: number): number | undefined {
    this.#grow(Math.min(MAX_BABIES, Math.ceil(Math.sqrt(to))));
    const target = times4(Point.fromAffine(element.toAffine()));
    const reach = this.#babies.size - 1;
    const stride = 2 * reach + 1;
    const giant = STEP.multiply(BigInt(stride));
    // v = k·stride + i with |i| ≤ reach; for |v| in [from, to) these k, and −k, are enough.
    const first = Math.max(0, Math.ceil((from - reach) / stride));
    const last = Math.floor((to - 1 + reach) / stride);
    const start = first === 0 ? Point.ZERO : giant.multiply(BigInt(first));
    let down = target.subtract(start);
    let up = target.add(start);
    for (let k = first; k <= last; ) {
      const steps: { k: number; point: Edwards }[] = [];
      for (; steps.length < CHUNK && k <= last; k++, down = down.subtract(giant), up = up.add(giant)) {
        steps.push({ k, point: down });
        if (k > 0) steps.push({ k: -k, point: up });
      }
      for (const [j, point] of normalizeZ(
        Point,
        steps.map((step) => step.point),
      ).entries()) {
        const i = this.#babies.get(fingerprint(point.y));
        if (i === undefined) continue;
        const center = steps[j]!.k * stride;
        const found = [center + i, center - i].find((v) => inRange(v, from, to) && verifies(v, target));
        if (found !== undefined) return found;
      }
    }
    return undefined;
  }

  #grow(wanted: number): void {
    const goal = Math.min(wanted, this.#babies.size - 1 + MAX_GROWTH);
    while (this.#babies.size - 1 < goal) {
      const fresh: Edwards[] = [];
      for (let i = this.#babies.size; i <= goal && fresh.length < CHUNK; i++) {
        this.#last = this.#last.add(STEP);
        fresh.push(this.#last);
      }
      const size = this.#babies.size;
      for (const [j, point] of normalizeZ(Point, fresh).entries()) this.#babies.set(fingerprint(point.y), size + j);
    }
  }
}

const inRange = (v: number, from: number, to: number): boolean => Math.abs(v) >= from && Math.abs(v) < to;

const verifies = (v: number, target: Edwards): boolean => {
  const expected = v === 0 ? Point.ZERO : STEP.multiply(BigInt(Math.abs(v)));
  return (v < 0 ? expected.negate() : expected).equals(target);
};
