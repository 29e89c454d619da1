import { writeFileSync } from 'node:fs';
import { buildBulk, bulkSource } from './bulk/module.ts';
import { plainField } from './field-plain.ts';
import { relaxedField } from './field-relaxed.ts';
import { generatedSource } from './generated.ts';
import { buildKernel } from './kernel.ts';

// Builds the modules and writes them where the package reads them (see the README).
for (const field of [plainField, relaxedField]) {
  const built = await buildKernel(field);
  writeFileSync(new URL(`../../src/generated/curve-${field.name}.ts`, import.meta.url), generatedSource(field.name, built));
  process.stdout.write(`${field.name}: ${built.wasm.length} bytes\n`);
}
const bulk = await buildBulk();
writeFileSync(new URL('../../src/generated/bulk.ts', import.meta.url), bulkSource(bulk));
process.stdout.write(`bulk: ${bulk.wasm.length} bytes\n`);
