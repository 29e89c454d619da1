import { generatePublicKey, Oprf, VOPRFClient, VOPRFServer } from '@cloudflare/voprf-ts';
import { CryptoNoble } from '@cloudflare/voprf-ts/crypto-noble';
import { ristretto255_oprf } from '@noble/curves/ed25519.js';
import { utf8ToBytes } from '@vouchsafe/core';
import type { Voprf } from './contender.ts';

/** All derive the same key of it (RFC 9497, section 3.2.1). */
export const SEED: Uint8Array = new Uint8Array(32).fill(0x5a);
export const KEY_INFO: Uint8Array = utf8ToBytes('benchmark');

/** @noble/curves by itself. */
export const nobleVoprf = (): Voprf => {
  const { voprf } = ristretto255_oprf;
  const { secretKey, publicKey } = voprf.deriveKeyPair(SEED, KEY_INFO);
  return {
    by: '@noble/curves',
    backend: 'JavaScript',
    run: async (inputs) => {
      const blinded = inputs.map((input) => ({ input, ...voprf.blind(input) }));
      const elements = blinded.map((one) => one.blinded);
      const { evaluated, proof } = voprf.blindEvaluateBatch(secretKey, publicKey, elements);
      const items = blinded.map((one, i) => ({ ...one, evaluated: evaluated[i]! }));
      const outputs = voprf.finalizeBatch(items, publicKey, proof);
      return { outputs, sent: 32 * inputs.length, received: 32 * inputs.length + proof.length };
    },
  };
};

/** @cloudflare/voprf-ts, whose ristretto255 is that of @noble/curves. */
export const cloudflareVoprf = (): Voprf => {
  const suite = Oprf.Suite.RISTRETTO255_SHA512;
  const { secretKey } = ristretto255_oprf.voprf.deriveKeyPair(SEED, KEY_INFO);
  const server = new VOPRFServer(suite, secretKey, CryptoNoble);
  const client = new VOPRFClient(suite, generatePublicKey(suite, secretKey, CryptoNoble), CryptoNoble);
  return {
    by: '@cloudflare/voprf-ts',
    backend: 'JavaScript',
    run: async (inputs) => {
      const [state, request] = await client.blind([...inputs]);
      const evaluation = await server.blindEvaluate(request);
      const outputs = await client.finalize(state, evaluation);
      return { outputs, sent: request.serialize().length, received: evaluation.serialize().length };
    },
  };
};
