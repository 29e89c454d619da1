import type { Backend } from './backend.ts';
import { createNobleBackend } from './noble.ts';

/** Every backend there is: the group's tests run over each of them, so that a new one needs only a line here. */
export const backends: readonly { readonly name: string; readonly create: () => Backend }[] = [
  { name: 'noble', create: createNobleBackend },
];
