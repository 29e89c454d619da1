import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** Everything that a sample or a decision about a budget goes through. */
const PATH = [
  'coins.ts',
  'bernoulli.ts',
  'integer-root.ts',
  'discrete-laplace.ts',
  'discrete-gaussian.ts',
  'exact-bounds.ts',
  'accounting.ts',
  'sensitivity.ts',
];

/** Divisions of BigInts, the only ones there are; each line was read. */
const BIGINT_DIVISIONS: readonly RegExp[] = [
  /whole = num \/ den;/,
  /\(u \+ t \* v\) \/ s;/,
  /\(root \+ n \/ root\) >> 1n;/,
  /integerRoot\(num \/ den\) \+ 1n;/,
  /-\(-num \/ den\) \+/,
  /below \+= powerBelow \/ odd;/,
  /integerRoot\(scaled \/ x\.den\)/,
  /\(num << 8n\) \/ den;/,
  /\(center \* percent\) \/ 100n/,
  /- 1n\) \/ best\.den, STEP/,
  /low = high \/ 2n;/,
  /\(low \+ high\) \/ 2n;/,
];

describe('the path of a sample and of a budget', () => {
  it.each(PATH)('%s has no floating-point operation', (file) => {
    const source = readFileSync(new URL(file, import.meta.url), 'utf8');
    const code = source.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '').replace(/'[^']*'/g, "''");
    expect(code).not.toMatch(/\bMath\.|\bNumber\b|\bparseFloat\b|\btoNumber\b|\d\.\d|\d[eE][+-]?\d/);
    for (const line of code.split('\n').filter((one) => / \/ /.test(one)))
      expect(
        BIGINT_DIVISIONS.some((allowed) => allowed.test(line)),
        line,
      ).toBe(true);
    for (const [, from] of source.matchAll(/from '([^']+)'/g))
      expect(['@vouchsafe/core', './price.ts', ...PATH.map((name) => `./${name}`)]).toContain(from);
  });
});
