/**
 * ⌊√n⌋, exact: Newton's iteration on integers from above, which falls strictly until it is there.
 * @throws RangeError for a negative number
 */
export const integerRoot = (n: bigint): bigint => {
  if (n < 0n) throw new RangeError('a negative number has no square root here');
  if (n < 2n) return n;
  let bits = 0n;
  for (let rest = n; rest > 0n; rest >>= 2n) bits++;
  // 2^bits ≥ √n, so the iteration starts above the root.
  let root = 1n << bits;
  for (;;) {
    const next = (root + n / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
};
