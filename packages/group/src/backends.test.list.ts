import { setFlagsFromString } from 'node:v8';
import type { Backend } from './backend.ts';
import { openBackend } from './kernel-backend.ts';
import { createNobleBackend } from './noble.ts';

// Node 20 knows relaxed SIMD behind a flag; later ones without.
if (Number(process.versions.node.split('.')[0]) < 22) setFlagsFromString('--experimental-wasm-relaxed-simd');

/** Every backend there is: the group's tests run over each of them, so that a new one needs only a line here. */
export const backends: readonly { readonly name: string; readonly create: () => Backend }[] = [
  { name: 'noble', create: createNobleBackend },
  { name: 'plain', create: () => openBackend('plain')! },
  { name: 'relaxed', create: () => openBackend('relaxed')! },
];
