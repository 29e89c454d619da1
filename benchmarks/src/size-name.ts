/** A size in a figure's name: 1,000,000 is `1e6`, 2,500 is `2.5e3`. */
export const sizeName = (n: number): string => n.toExponential().replace('+', '');
