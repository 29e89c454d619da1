import { createPrivateKey, createPublicKey, diffieHellman, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { expand_message_xmd } from '@noble/curves/abstract/hash-to-curve.js';
import { equalBytes } from '@noble/curves/utils.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { openLibsodium } from '../peers/libsodium.ts';
import { openSodiumNative } from '../peers/sodium-native.ts';
import type { Contender } from '../rounds.ts';
import { DST, type Inputs } from './contenders.ts';

/** Elements a call: these take some 0.1 ms each. */
const COUNT = 64;

/** A peer's result that differs from ours would be the time of something else. @throws Error */
const same = (own: Uint8Array, theirs: Uint8Array, name: string): void => {
  if (!equalBytes(own, theirs)) throw new Error(`${name} gives another result`);
};

/**
 * libsodium in WebAssembly with the same inputs, its results checked against ours. RFC 9380's expand_message_xmd, which libsodium's wrappers lack, is that of @noble/curves.
 */
export const libsodiumContenders = async ({ messages, elements, key, hashed }: Inputs): Promise<Contender[]> => {
  const { multiply, map } = await openLibsodium();
  const own = messages.slice(0, COUNT);
  const blinded = own.map((_, i) => elements.slice(32 * i, 32 * i + 32));
  const hash = (message: Uint8Array): Uint8Array => map(expand_message_xmd(message, DST, 64, sha512));
  same(elements.subarray(0, 32), hash(own[0]!), 'libsodium');
  same(hashed, multiply(key, hash(own[0]!)), 'libsodium');
  return [
    { name: 'hashToGroup@libsodium', count: COUNT, run: () => own.map(hash) },
    { name: 'blindEvaluate@libsodium', count: COUNT, run: () => blinded.map((element) => multiply(key, element)) },
    { name: 'serverEvaluate@libsodium', count: COUNT, run: () => own.map((message) => multiply(key, hash(message))) },
  ];
};

/** X25519 of node:crypto (OpenSSL, assembly): one variable-base multiplication without a group to decode, the least that a native library takes. */
export const openSslContender = (): Contender => {
  const privateKey: KeyObject = generateKeyPairSync('x25519').privateKey;
  const others = Array.from({ length: COUNT }, () =>
    createPublicKey(createPrivateKey(generateKeyPairSync('x25519').privateKey.export({ format: 'pem', type: 'pkcs8' }))),
  );
  return {
    name: 'x25519@openssl',
    count: COUNT,
    run: () => others.map((publicKey) => diffieHellman({ privateKey, publicKey })),
  };
};

/** libsodium in C, as far as its binding goes. @returns none where it does not load */
export const sodiumNativeContenders = ({ scalars, key }: Inputs): Contender[] => {
  const sodium = openSodiumNative();
  if (sodium === undefined) {
    console.error('  sodium-native has no build for this system: left out');
    return [];
  }
  const points = Array.from({ length: COUNT }, (_, i) => sodium.edwardsBase(scalars.slice(32 * i, 32 * i + 32)));
  return [
    { name: 'edwards25519@sodium-native', count: COUNT, run: () => points.map((point) => sodium.edwards(key, point)) },
    { name: 'x25519@sodium-native', count: COUNT, run: () => points.map((point) => sodium.x25519(key, point)) },
  ];
};
