/** 12,345.6 */
export const figure = (value: number, digits = 0): string =>
  value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** 1.2 MB */
export const size = (bytes: number): string =>
  bytes < 1000 ? `${bytes} B` : bytes < 1e6 ? `${figure(bytes / 1e3, 1)} kB` : `${figure(bytes / 1e6, 2)} MB`;
