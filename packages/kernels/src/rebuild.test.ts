import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { plainField } from './build/field-plain.ts';
import { relaxedField } from './build/field-relaxed.ts';
import { generatedSource } from './build/generated.ts';
import { buildKernel } from './build/kernel.ts';

describe.each([plainField, relaxedField])('committed module $name', (field) => {
  it('is what the generator builds, byte for byte', async () => {
    const committed = readFileSync(new URL(`./generated/curve-${field.name}.ts`, import.meta.url), 'utf8');
    const built = generatedSource(field.name, await buildKernel(field));
    // A diff of 100 KB helps nobody.
    expect(built === committed, 'run `pnpm --filter @vouchsafe/kernels build:kernels` and commit what it writes').toBe(true);
  });
});
