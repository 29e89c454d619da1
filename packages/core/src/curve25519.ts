import { equalBytes, hexToBytes } from './bytes.ts';
import { naclCurve25519 } from './curve25519-nacl.ts';
import { openNodeCurve25519 } from './curve25519-node.ts';
import { Secret } from './secret.ts';

/**
 * One implementation of Ed25519 and X25519: the equations and nothing else. What is refused before them is decided in one place for all
 * implementations (`ed25519.ts`, `x25519.ts`), so that two parties never disagree about a signature or a key because their machines differ.
 */
export interface Curve25519 {
  readonly name: 'tweetnacl' | 'node:crypto';
  /** Key and signatures of a seed of 32 bytes (RFC 8032 §5.1.5, §5.1.6). */
  readonly signer: (seed: Secret) => { readonly publicKey: Uint8Array; readonly sign: (message: Uint8Array) => Uint8Array };
  /**
   * RFC 8032 §5.1.7, the equation without the cofactor: is the encoding of S·B − h·A, h reduced modulo L, byte for byte R?
   * The public key is 32 bytes, the signature 64.
   */
  readonly verifies: (signed: {
    readonly publicKey: Uint8Array;
    readonly message: Uint8Array;
    readonly signature: Uint8Array;
  }) => boolean;
  /** RFC 7748 §5: X25519(k, u), 32 bytes each; nothing when the result is all zeros. */
  readonly x25519: (own: Uint8Array, theirs: Uint8Array) => Uint8Array | undefined;
  /** RFC 7748 §6.1: X25519(k, 9). */
  readonly x25519Base: (own: Uint8Array) => Uint8Array;
}

/** RFC 8032 §7.1 TEST 1 and RFC 7748 §6.1. */
const KNOWN = {
  seed: '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
  publicKey: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
  signature:
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  own: '77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a',
  theirs: 'de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f',
  shared: '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742',
};

/** Does it give the known answers here? A runtime may have `node:crypto` without these curves (FIPS mode) or with a part of it. */
const answers = (curve: Curve25519): boolean => {
  try {
    const { publicKey, sign } = curve.signer(new Secret(hexToBytes(KNOWN.seed)));
    const message = new Uint8Array(0);
    const signature = sign(message);
    const shared = curve.x25519(hexToBytes(KNOWN.own), hexToBytes(KNOWN.theirs));
    return (
      equalBytes(publicKey, hexToBytes(KNOWN.publicKey)) &&
      equalBytes(signature, hexToBytes(KNOWN.signature)) &&
      curve.verifies({ publicKey, message, signature }) &&
      shared !== undefined &&
      equalBytes(shared, hexToBytes(KNOWN.shared))
    );
  } catch {
    return false;
  }
};

let chosen: Curve25519 | undefined;

/** The fastest implementation that gives the known answers on this runtime; chosen at the first use. */
export const curve25519 = (): Curve25519 => {
  if (chosen === undefined) {
    const node = openNodeCurve25519();
    chosen = node !== undefined && answers(node) ? node : naclCurve25519;
  }
  return chosen;
};
