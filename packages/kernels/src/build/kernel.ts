import wabt from 'wabt';
import type { Layout } from '../curve-module.ts';
import { Kernel } from './arith.ts';
import { emitCanonical } from './canonical.ts';
import { emitDecoding } from './decode.ts';
import { emitEncoding } from './encode.ts';
import type { Field } from './field.ts';
import { emitFixedBase, emitMoves, fixedTableBytes, valueTableBytes } from './fixed-base.ts';
import { emitIntersectionLaw } from './intersection.ts';
import { emitMultiplication } from './multiply.ts';
import { emitOneWayMap } from './one-way-map.ts';
import { emitGroupLaw } from './point.ts';
import { emitFieldPowers } from './powers.ts';
import { emitScalars, emitWipe, FIXED_WINDOWS, VALUE_WINDOWS } from './scalar.ts';
import { emitScalarField } from './scalar-field.ts';
import { emitHash } from './sha512.ts';
import { emitSmallLog } from './small-log.ts';
import { emitSumsOfPoints } from './sums.ts';
import { Module } from './wat.ts';

export interface BuiltKernel {
  readonly wasm: Uint8Array;
  readonly text: string;
  /** Where the caller writes inputs and reads results. */
  readonly layout: Layout;
}

/** Memory that the caller reads and writes, by the names of the functions that use it. */
const PLACES = [
  'in',
  'out',
  'ok',
  'scalars',
  'messages',
  'lengths',
  'dst',
  'values',
  'rows',
  'hits',
  'factors',
  'terms',
  'results',
] as const;
type PlaceName = (typeof PLACES)[number];

/** Assembles WebAssembly text. */
export const assemble = async (text: string): Promise<Uint8Array> => {
  const tool = await wabt();
  const parsed = tool.parseWat('kernel.wat', text, { simd: true, relaxed_simd: true, bulk_memory: true });
  parsed.validate();
  const { buffer } = parsed.toBinary({});
  parsed.destroy();
  return buffer;
};

/** Variants for tests: see {@link Kernel} and {@link Module}. */
export interface BuildOptions {
  readonly traceable?: boolean;
  readonly leaky?: boolean;
  readonly exportAll?: boolean;
}

/** Builds one module. @throws InexactError where some intermediate could lose bits */
export const buildKernel = async (field: Field, options: BuildOptions = {}): Promise<BuiltKernel> => {
  const module = new Module(options.exportAll);
  const kernel = new Kernel(module, field, options);
  field.emit(module);
  emitCanonical(kernel);
  emitFieldPowers(kernel);
  emitGroupLaw(kernel);
  emitMultiplication(kernel);
  emitIntersectionLaw(kernel);
  emitDecoding(kernel);
  emitEncoding(kernel);
  emitOneWayMap(kernel);
  emitHash(kernel);
  emitScalarField(kernel);
  emitScalars(kernel);
  emitFixedBase(kernel);
  emitMoves(kernel);
  emitSumsOfPoints(kernel);
  emitSmallLog(kernel);
  emitWipe(kernel);
  const layout = Object.fromEntries(PLACES.map((name) => [name, kernel.memory(name, 0)])) as Record<PlaceName, number>;
  const text = module.text();
  return {
    wasm: await assemble(text),
    text,
    layout: {
      ...layout,
      working: kernel.memory('G', 0),
      pairBytes: kernel.pointBytes,
      heap: module.end,
      fixedWindows: FIXED_WINDOWS.count,
      fixedTableBytes: fixedTableBytes(kernel),
      valueBits: VALUE_WINDOWS.bits * VALUE_WINDOWS.count,
      valueWindows: VALUE_WINDOWS.count,
      valueTableBytes: valueTableBytes(kernel),
    },
  };
};
