/**
 * With which probability a sample of m rows out of n, drawn without putting back, has at least one of k bad ones: 1 − C(n−k, m)/C(n, m).
 * @returns from 0 to 1
 */
export const detection = ({
  rows,
  bad,
  sampled,
}: {
  readonly rows: number;
  readonly bad: number;
  readonly sampled: number;
}): number => {
  if (bad + sampled > rows) return bad > 0 ? 1 : 0;
  // ∏ (n−m−i)/(n−i) over the k bad rows, or with k and m exchanged: the shorter of the two, by logarithms.
  const [few, many] = bad < sampled ? [bad, sampled] : [sampled, bad];
  let log = 0;
  for (let i = 0; i < few; i++) log += Math.log1p(-many / (rows - i));
  return -Math.expm1(log);
};

/** The smallest number of bad rows that a sample without any would have found with at least this probability. */
export const smallestFound = ({
  rows,
  sampled,
  probability,
}: {
  readonly rows: number;
  readonly sampled: number;
  readonly probability: number;
}): number => {
  let [low, high] = [1, rows];
  while (low < high) {
    const bad = Math.floor((low + high) / 2);
    if (detection({ rows, bad, sampled }) >= probability) high = bad;
    else low = bad + 1;
  }
  return low;
};
