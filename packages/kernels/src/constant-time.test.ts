import { seededRng } from '@vouchsafe/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Field } from './build/field.ts';
import { plainField } from './build/field-plain.ts';
import { relaxedField } from './build/field-relaxed.ts';
import { buildKernel } from './build/kernel.ts';
import type { CurveExports, Layout } from './curve-module.ts';
import { type Traced, traced } from './trace.test.instrument.ts';

/** An instrumented instance, and where its memory is. */
interface TracedCurve extends Traced<CurveExports> {
  readonly layout: Layout;
}

const trace = async (field: Field, leaky: boolean): Promise<TracedCurve> => {
  const { wasm, layout } = await buildKernel(field, { traceable: true, leaky });
  return { ...traced<CurveExports>(wasm), layout };
};

/** Everything that secrets go through, on four elements; each step's trace by its name. */
const traces = ({ run, layout, take }: TracedCurve, tables: number, seed: string): Map<string, readonly number[]> => {
  const rng = seededRng(seed);
  const bytes = new Uint8Array(run.memory.buffer);
  const steps = new Map<string, readonly number[]>();
  const step = (name: string, body: () => void): void => {
    take();
    body();
    steps.set(name, take());
  };
  const N = 4;
  const placeScalars = (): void => {
    const k = rng(32 * N);
    for (let i = 0; i < N; i++) k[32 * i + 31]! &= 0x0f;
    bytes.set(k, layout.scalars);
  };
  bytes.set(rng(40 * N), layout.messages);
  new Uint32Array(run.memory.buffer, layout.lengths, N).fill(40);
  bytes.set([1, 1], layout.dst);
  step('hash', () => run.expand(N, 2, 0));
  step('digest', () => run.digest(N, 0));
  step('map and encode', () => run.encodeUniform(N));
  bytes.set(rng(64 * N), layout.in);
  step('map to cover', () => run.coverUniform(N));
  bytes.set(rng(64 * N), layout.in);
  step('map', () => run.fromUniform(N));
  step('encode', () => run.encode(N));
  bytes.copyWithin(layout.in, layout.out, layout.out + 32 * N);
  step('decode', () => run.decode(N));
  step('cover', () => run.coverDecoded(N));
  placeScalars();
  step('recode', () => run.setScalars(N, 1));
  step('multiply each', () => run.mulEach(N));
  step('encode doubled', () => run.encodeDoubled(N));
  step('encode doubled onto', () => run.encodeDoubledOnto(N));
  placeScalars();
  step('recode one', () => run.setScalar(1));
  step('multiply', () => run.mul(N));
  step('multi-scalar', () => {
    run.clearSums(1);
    run.multiScalarSecret(0, N);
    run.foldSums(0, 1);
  });
  step('fixed base', () => {
    run.setFixed(N, 2);
    run.zero(N);
    run.addFixed(tables, layout.fixedWindows, N);
  });
  step('normalize', () => run.normalize(N));
  const placeFactors = (): void => {
    placeScalars();
    for (const at of [layout.factors, layout.terms]) {
      bytes.copyWithin(at, layout.scalars, layout.scalars + 32 * N);
      placeScalars();
    }
  };
  placeFactors();
  step('check scalars', () => [0, 1, 2].map((which) => run.checkScalars(which, N)));
  step('multiply and add scalars', () => run.multiplyAdd(N));
  placeFactors();
  step('sum of products', () => run.dot(N));
  placeFactors();
  step('chain of scalars', () => run.chain(N));
  bytes.set(rng(64 * N), layout.in);
  step('reduce wide', () => run.reduceWide(N));
  bytes.set(rng(4 * N), layout.values);
  step('values', () => {
    run.setValues(N, 0, 1);
    run.begin(N);
    run.addValues(tables, layout.valueWindows, N);
  });
  step('add', () => {
    run.save(N);
    run.addSaved(N, 1);
  });
  return steps;
};

/** Tables of two bases, made once: bases are public. */
const makeTables = ({ run, layout, take }: TracedCurve): number => {
  const at = run.memory.buffer.byteLength;
  run.memory.grow(8);
  run.zero(2);
  run.keepStart();
  run.makeTables(at, at + layout.fixedTableBytes, layout.fixedWindows);
  take();
  return at;
};

describe.each([plainField, relaxedField])('traces of $name', (field) => {
  let honest: TracedCurve;
  let tables: number;
  let first: Map<string, readonly number[]>;
  beforeAll(async () => {
    honest = await trace(field, false);
    tables = makeTables(honest);
    // The first hash fills the state behind Z_pad; that is public.
    traces(honest, tables, 'warm');
    first = traces(honest, tables, 'first');
  });

  it('are not empty', () => {
    for (const [name, [count]] of first) expect(count, name).toBeGreaterThan(50);
    expect(first.get('multiply each')![0]).toBeGreaterThan(100_000);
  });

  it.each(['second', 'third', 'fourth'])('do not depend on scalars, values, points or messages: %s secrets', (seed) => {
    const other = traces(honest, tables, seed);
    for (const [name, events] of first) expect(other.get(name), name).toEqual(events);
  });

  it('of a module that reads tables at the digit’s address do depend on scalars', async () => {
    const leaky = await trace(field, true);
    const at = makeTables(leaky);
    traces(leaky, at, 'warm');
    const [a, b] = [traces(leaky, at, 'first'), traces(leaky, at, 'second')];
    for (const name of ['multiply each', 'multiply', 'multi-scalar', 'fixed base', 'values'])
      expect(a.get(name), name).not.toEqual(b.get(name));
    for (const name of ['recode', 'encode', 'add', 'chain of scalars']) expect(a.get(name), name).toEqual(b.get(name));
  });
});
