import { setFlagsFromString } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { plainField } from './build/field-plain.ts';
import { relaxedField } from './build/field-relaxed.ts';
import { assemble, buildKernel } from './build/kernel.ts';
import { CURVES, chooseCurve, isSupported } from './choose.ts';
import { openCurve } from './curve.ts';
import type { CurveBinary } from './curve-module.ts';
import { passesSelfTest } from './self-test.ts';

if (Number(process.versions.node.split('.')[0]) < 22) setFlagsFromString('--experimental-wasm-relaxed-simd');

const [relaxed, plain] = CURVES as [CurveBinary, CurveBinary];

/** A module with its text changed. */
const altered = async (field: typeof plainField, change: (text: string) => string): Promise<CurveBinary> => {
  const { text, layout } = await buildKernel(field);
  const changed = change(text);
  if (changed === text) throw new Error('the change does not apply any more');
  return { name: field.name, base64: Buffer.from(await assemble(changed)).toString('base64'), layout };
};

describe('choice of a module', () => {
  it('takes the first that the engine supports, or the one asked for', () => {
    expect(chooseCurve()!.name).toBe('relaxed');
    expect(chooseCurve({ only: 'plain' })!.name).toBe('plain');
  });

  it('passes over a module with unknown instructions', () => {
    const unknown: CurveBinary = { ...relaxed, base64: Buffer.from([0, 97, 115, 109, 2, 0, 0, 0]).toString('base64') };
    expect(isSupported(unknown)).toBe(false);
    expect(chooseCurve({ among: [unknown, plain] })!.name).toBe('plain');
    expect(chooseCurve({ among: [unknown] })).toBeUndefined();
  });

  it('catches an engine that rounds a relaxed multiply-add twice, and falls back', async () => {
    const unfused = await altered(relaxedField, (text) =>
      text.replace(
        /\(f64x2\.relaxed_madd (\(local\.get \d+\)) (\(local\.get \d+\)) (\(local\.get \d+\))\)/g,
        '(f64x2.add (f64x2.mul $1 $2) $3)',
      ),
    );
    expect(isSupported(unfused)).toBe(true);
    expect(passesSelfTest(openCurve(unfused))).toBe(false);
    expect(chooseCurve({ among: [unfused, plain] })!.name).toBe('plain');
  });

  it.each([
    ['the group law', (text: string) => text.replace(/(func \$ge_madd[\s\S]*?)f64x2\.sub/, '$1f64x2.add')],
    ['recoding', (text: string) => text.replace(/(func \$recode[\s\S]*?)\(i64\.const 8\)/, '$1(i64.const 9)')],
    ['hashing', (text: string) => text.replace(/i64\.rotr (.*?) \(i64\.const 41\)/, 'i64.rotr $1 (i64.const 40)')],
    ['checking of encodings', (text: string) => text.replace(/(func \$canonical[\s\S]*?)i32\.xor/, '$1i32.or')],
  ])('catches a module broken in %s', async (_, change) => {
    const broken = await altered(plainField, change);
    expect(passesSelfTest(openCurve(broken))).toBe(false);
    expect(chooseCurve({ among: [broken] })).toBeUndefined();
  });
});
