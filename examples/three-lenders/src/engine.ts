import { setFlagsFromString } from 'node:v8';

// Node 20 has WebAssembly's relaxed SIMD behind a switch, later versions without one. With it the kernel's faster module runs; its self-test decides, as everywhere.
if (process.versions.node.startsWith('20.')) setFlagsFromString('--experimental-wasm-relaxed-simd');
