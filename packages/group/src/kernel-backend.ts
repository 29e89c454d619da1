import { type Curve, chooseCurve } from '@vouchsafe/kernels';
import type { Backend } from './backend.ts';
import { createNobleBackend } from './noble.ts';

/** `plain` and `relaxed` are WebAssembly modules (SIMD, and relaxed SIMD with fused multiply-add); `noble` is the reference in JavaScript. */
export type BackendName = 'relaxed' | 'plain' | 'noble';

/** One block of giant steps answers for about 2^31 values in half a millisecond or so; 2^36 take some 15 ms. */
const SMALL_LOG_STRIDES = { first: 2 ** 30, most: 2 ** 35 } as const;

/** A kernel as a backend. */
export const kernelBackend = (curve: Curve): Backend => ({ ...curve, smallLogStrides: SMALL_LOG_STRIDES });

const opened: Map<BackendName, Backend> = new Map();

/**
 * The backend of this thread for a name, or by default the fastest that the engine supports and that passes its known-answer test: relaxed, then plain, then noble. It is opened
 * once (compiling and testing take some 30 ms) and shared, since its calls run to their end.
 * @returns undefined when the one asked for does not run here
 */
export const openBackend = (name?: BackendName): Backend | undefined => {
  const known = name === undefined ? (opened.get('relaxed') ?? opened.get('plain')) : opened.get(name);
  if (known !== undefined) return known;
  const curve = name === 'noble' ? undefined : chooseCurve({ only: name });
  if (curve === undefined && name !== undefined && name !== 'noble') return undefined;
  const backend = curve === undefined ? createNobleBackend() : kernelBackend(curve);
  opened.set(curve?.name ?? 'noble', backend);
  return backend;
};
