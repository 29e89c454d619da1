import { type Bars, bars } from '../screen/index.ts';
import type { World } from '../world.ts';

/** Progress on standard error, or none with `--quiet`. */
export const progressOf = ({ stderr }: World, quiet = false): Bars =>
  quiet ? { show: () => undefined, end: () => undefined } : bars(stderr);
