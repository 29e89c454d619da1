import { utf8ToBytes } from '@vouchsafe/core';
import { createGroup, GENERATOR, randomScalar, toScalar } from '@vouchsafe/group';
import { describe, expect, it } from 'vitest';
import { proveDesignated, proveVerifierKey, simulateDesignated, verifyDesignated, verifyVerifierKey } from './index.ts';

describe('a designated-verifier proof', async () => {
  const group = createGroup();
  const [k, y] = [randomScalar(), randomScalar()];
  const point = () => group.multiplyBase(GENERATOR, randomScalar());
  const C = await point();
  const statement = {
    binding: utf8ToBytes('query 1'),
    B: await group.multiplyBase(GENERATOR, k),
    C,
    D: await group.multiply(C, k),
    verifier: await group.multiplyBase(GENERATOR, y),
  };

  it('holds for its statement only', async () => {
    const proof = await proveDesignated(k, statement, group);
    expect(await verifyDesignated(proof, statement, group)).toBe(true);
    for (const change of [
      { binding: utf8ToBytes('query 2') },
      { B: await point() },
      { C: await point() },
      { D: await point() },
      { verifier: await point() },
    ])
      expect(await verifyDesignated(proof, { ...statement, ...change }, group)).toBe(false);
    for (let bit = 0; bit < 1024; bit += 31) {
      const changed = proof.slice();
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(await verifyDesignated(changed, statement, group)).toBe(false);
    }
    expect(await verifyDesignated(proof.subarray(1), statement, group)).toBe(false);
    expect(await verifyDesignated(new Uint8Array(128), statement, group)).toBe(false);
  });

  it('cannot be made for a false statement without the verifier’s key', async () => {
    const wrong = { ...statement, D: await point() };
    expect(await verifyDesignated(await proveDesignated(k, wrong, group), wrong, group)).toBe(false);
    expect(await verifyDesignated(await simulateDesignated(toScalar(7), wrong, group), wrong, group)).toBe(false);
  });

  it('is worth nothing to others: with its key the verifier makes one for anything', async () => {
    const wrong = { ...statement, D: await point() };
    expect(await verifyDesignated(await simulateDesignated(y, wrong, group), wrong, group)).toBe(true);
  });

  it('goes only to a verifier that knows its key, for its own request', async () => {
    const binding = utf8ToBytes('auditor, request 1');
    const { verifier, proof } = await proveVerifierKey({ y, binding }, group);
    expect(verifier).toEqual(statement.verifier);
    expect(await verifyVerifierKey({ verifier, binding, proof }, group)).toBe(true);
    expect(await verifyVerifierKey({ verifier: await point(), binding, proof }, group)).toBe(false);
    expect(await verifyVerifierKey({ verifier, binding: utf8ToBytes('auditor, request 2'), proof }, group)).toBe(false);
    expect(await verifyVerifierKey({ verifier, binding, proof: proof.subarray(1) }, group)).toBe(false);
  });
});
