import wabt from 'wabt';
import { Kernel } from './arith.ts';
import { emitCodec } from './codec.ts';
import type { Field } from './field.ts';
import { emitFieldCommon } from './field-common.ts';
import { plainField } from './field-plain.ts';
import { relaxedField } from './field-relaxed.ts';
import { emitFixedBase, emitMoves, fixedTableBytes, valueTableBytes } from './fixed-base.ts';
import { emitPoints } from './point.ts';
import { emitScalars, emitWipe, FIXED_WINDOWS, VALUE_WINDOWS } from './scalar.ts';
import { emitHash } from './sha512.ts';
import { emitSmallLog } from './small-log.ts';
import { emitSumsOfPoints } from './sums.ts';
import { Module } from './wat.ts';

export const FIELDS: Readonly<Record<Field['name'], Field>> = { plain: plainField, relaxed: relaxedField };

export interface BuiltKernel {
  readonly wasm: Uint8Array;
  readonly text: string;
  /** Where the caller writes inputs and reads results. */
  readonly layout: Readonly<Record<string, number>>;
}

/** Names in {@link BuiltKernel.layout}, and the memory they stand for. */
const PLACES = {
  in: 'in',
  out: 'out',
  ok: 'ok',
  scalars: 'scalars',
  messages: 'messages',
  lengths: 'lengths',
  dst: 'dst',
  values: 'values',
  rows: 'rows',
  hits: 'hits',
} as const;

/** Builds one module. Throws an InexactError where some intermediate could lose bits. */
export const buildKernel = async (
  name: Field['name'],
  options: { readonly traceable?: boolean; readonly leaky?: boolean; readonly exportAll?: boolean } = {},
): Promise<BuiltKernel> => {
  const module = new Module(options.exportAll);
  const kernel = new Kernel(module, FIELDS[name], options);
  FIELDS[name].emit(module);
  emitFieldCommon(kernel);
  emitPoints(kernel);
  emitCodec(kernel);
  emitHash(kernel);
  emitScalars(kernel);
  emitFixedBase(kernel);
  emitMoves(kernel);
  emitSumsOfPoints(kernel);
  emitSmallLog(kernel);
  emitWipe(kernel);
  const layout = Object.fromEntries(Object.entries(PLACES).map(([key, memory]) => [key, kernel.memory(memory, 0)]));
  const text = module.text();
  const tool = await wabt();
  const parsed = tool.parseWat(`${name}.wat`, text, { simd: true, relaxed_simd: name === 'relaxed', bulk_memory: true });
  parsed.validate();
  const wasm = parsed.toBinary({}).buffer;
  parsed.destroy();
  return {
    wasm,
    text,
    layout: {
      ...layout,
      heap: module.end,
      fixedWindows: FIXED_WINDOWS.count,
      fixedTableBytes: fixedTableBytes(kernel),
      valueBits: VALUE_WINDOWS.bits * VALUE_WINDOWS.count,
      valueWindows: VALUE_WINDOWS.count,
      valueTableBytes: valueTableBytes(kernel),
    },
  };
};
