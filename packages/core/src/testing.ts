import type { Curve25519 } from './curve25519.ts';
import { naclCurve25519 } from './curve25519-nacl.ts';
import { openNodeCurve25519 } from './curve25519-node.ts';

export type { Curve25519 } from './curve25519.ts';
export { curve25519 } from './curve25519.ts';
export { signerOn, verifyOn } from './ed25519.ts';
export { sharedSecretOn, x25519PublicKeyOn } from './x25519.ts';

/** Every implementation of Ed25519 and X25519 that this runtime has, the reference first: tests hold them to equal results. */
export const curve25519Implementations: readonly Curve25519[] = [naclCurve25519, openNodeCurve25519()].filter(
  (curve) => curve !== undefined,
);
