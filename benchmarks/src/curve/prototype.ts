import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Contender } from '../rounds.ts';
import { DST, type Inputs } from './contenders.ts';

/** What the probe's modules export, as far as it is timed here. */
interface PrototypeExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly in: () => number;
  readonly out: () => number;
  readonly msg: () => number;
  readonly mlen: () => number;
  readonly dst: () => number;
  readonly dig: () => number;
  readonly setdst: (size: number) => void;
  readonly setscalar: () => void;
  readonly decode: (n: number) => void;
  readonly mul: (n: number) => void;
  readonly encode2: (n: number) => void;
  readonly expand: (n: number) => void;
  readonly uniform: (n: number) => void;
}

interface WebAssemblyApi {
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

const LANES = 64;
const FILES = { plain: 'r255_simd.wasm', relaxed: 'r255_relaxed.wasm' } as const;

/**
 * The probe that set the floor; the environment variable VOUCHSAFE_SHARED names the folder with its files. Its scalars are recoded outside; digits of any scalar cost it the
 * same, so fixed ones do.
 * @throws RangeError without the variable
 */
export const prototypeContenders = (name: 'plain' | 'relaxed', { messages, elements }: Inputs): Contender[] => {
  const shared = process.env['VOUCHSAFE_SHARED'];
  if (shared === undefined) throw new RangeError('VOUCHSAFE_SHARED names no folder with the probe');
  const { Module, Instance } = (globalThis as unknown as { readonly WebAssembly: WebAssemblyApi }).WebAssembly;
  const code = readFileSync(join(shared, 'prototypes', 'curve-kernel', 'dist', FILES[name]));
  const run = new Instance(new Module(code)).exports as PrototypeExports;
  const bytes = new Uint8Array(run.memory.buffer);
  bytes.set(DST, run.dst());
  run.setdst(DST.length);
  new Int8Array(run.memory.buffer, run.dig(), 64).forEach((_, i, digits) => {
    digits[i] = i === 63 ? 0 : (i % 16) - 8;
  });
  run.setscalar();
  const count = elements.length / 32;
  const batches = (load: (from: number) => void): Uint8Array => {
    const out = new Uint8Array(elements.length);
    for (let from = 0; from < count; from += LANES) {
      load(from);
      run.mul(LANES);
      run.encode2(LANES);
      out.set(bytes.subarray(run.out(), run.out() + 32 * LANES), 32 * from);
    }
    return out;
  };
  const lengths = new Uint16Array(run.memory.buffer, run.mlen(), LANES);
  return [
    {
      name: `blindEvaluate@prototype-${name}`,
      count,
      run: () =>
        batches((from) => {
          bytes.set(elements.subarray(32 * from, 32 * (from + LANES)), run.in());
          run.decode(LANES);
        }),
    },
    {
      name: `serverEvaluate@prototype-${name}`,
      count,
      run: () =>
        batches((from) => {
          for (let i = 0; i < LANES; i++) {
            bytes.set(messages[from + i]!, run.msg() + 256 * i);
            lengths[i] = messages[from + i]!.length;
          }
          run.expand(LANES);
          run.uniform(LANES);
        }),
    },
  ];
};
