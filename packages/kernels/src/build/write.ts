import { writeFileSync } from 'node:fs';
import { generatedSource } from './generated.ts';
import { buildKernel } from './kernel.ts';

// Builds the modules and writes them where the package reads them: `pnpm --filter @vouchsafe/kernels build:kernels`.
for (const name of ['plain', 'relaxed'] as const) {
  const built = await buildKernel(name);
  const path = new URL(`../../src/generated/curve-${name}.ts`, import.meta.url);
  writeFileSync(path, generatedSource(name, built));
  process.stdout.write(`${name}: ${built.wasm.length} bytes\n`);
}
