import { type Curve, openCurve } from './curve.ts';
import type { CurveBinary } from './curve-module.ts';
import { plainCurve } from './generated/curve-plain.ts';
import { relaxedCurve } from './generated/curve-relaxed.ts';
import { passesSelfTest } from './self-test.ts';
import { webAssembly } from './web-assembly.ts';

/** The built modules, the fastest first. */
export const CURVES: readonly CurveBinary[] = [relaxedCurve, plainCurve];

/** Does this engine know the module's instructions? Asks the engine, not its name or version. */
export const isSupported = (binary: CurveBinary): boolean => webAssembly?.validate(Buffer.from(binary.base64, 'base64')) ?? false;

/**
 * Opens the fastest module that this engine knows and that passes its known-answer test; `undefined` when none does, and the reference implementation has to serve.
 * @param only try this module and no other
 * @param among for tests: the modules to choose from
 */
export const chooseCurve = ({
  only,
  among = CURVES,
}: {
  readonly only?: CurveBinary['name'] | undefined;
  readonly among?: readonly CurveBinary[];
} = {}): Curve | undefined => {
  for (const binary of among) {
    if ((only !== undefined && binary.name !== only) || !isSupported(binary)) continue;
    const curve = openCurve(binary);
    if (passesSelfTest(curve)) return curve;
  }
  return undefined;
};
