/** Three digits, as people read them. */
export const plain = (x: number): string =>
  x === 0
    ? '0'
    : Math.abs(x) >= 1e6 || Math.abs(x) < 1e-3
      ? x.toExponential(2)
      : x >= 100
        ? Math.round(x).toLocaleString('en-US')
        : String(Number(x.toPrecision(3)));

/** Seconds with the unit that fits. */
export const duration = (seconds: number): string => {
  if (seconds < 1e-3) return `${plain(seconds * 1e6)} µs`;
  if (seconds < 1) return `${plain(seconds * 1e3)} ms`;
  if (seconds < 3600) return `${plain(seconds)} s`;
  return `${plain(seconds / 3600)} h`;
};

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** Bytes with the unit that fits; a kB has 1000. */
export const bytes = (count: number): string => {
  let [value, unit] = [count, 0];
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${plain(value)} ${UNITS[unit]}`;
};
