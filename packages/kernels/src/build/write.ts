import { writeFileSync } from 'node:fs';
import { buildKernel } from './kernel.ts';
for (const name of ['plain','relaxed'] as const) {
  const { wasm, text, layout } = await buildKernel(name, { exportAll: process.argv[2] === 'all' });
  writeFileSync(`/tmp/kx/${name}.wasm`, wasm); writeFileSync(`/tmp/kx/${name}.wat`, text); writeFileSync(`/tmp/kx/${name}.json`, JSON.stringify(layout));
  console.log(name, wasm.length, layout);
}
