import { Secret, utf8ToBytes } from '@vouchsafe/core';
import { createGroup, type ElementBytes, GENERATOR, IDENTITY, randomScalar, toScalar } from '@vouchsafe/group';
import { hashSubjects, pseudonymsOf } from '@vouchsafe/join';
import { contextString, generateProof } from '@vouchsafe/oprf';
import { describe, expect, it } from 'vitest';
import { proveSubject, verifySubject } from './index.ts';

describe('the proof that a pseudonym is a person’s', async () => {
  const group = createGroup();
  const context = { federation: 'f', bureau: 'b', scheme: 'cn-rid', epoch: 3 };
  const k = randomScalar();
  const id = utf8ToBytes('cn-rid:1');
  const joinKey = await group.multiplyBase(GENERATOR, k);
  const subject = await pseudonymsOf({ context, ids: [id], scalar: k }, group);
  const statement = { context, id, joinKey, subject };
  const proof = await proveSubject({ ...statement, joinScalar: new Secret(k.slice()) }, group);

  it('holds for this person, key, federation, scheme and epoch, and for nothing else', async () => {
    expect(await verifySubject({ ...statement, proof }, group)).toBe(true);
    const other = await group.multiplyBase(GENERATOR, randomScalar());
    for (const change of [
      { id: utf8ToBytes('cn-rid:2') },
      { joinKey: other },
      { subject: other },
      { context: { ...context, epoch: 4 } },
      { context: { ...context, scheme: 'e164' } },
      { context: { ...context, federation: 'g' } },
      { proof: proof.slice(1) },
    ])
      expect(await verifySubject({ ...statement, proof, ...change }, group)).toBe(false);
    for (let bit = 0; bit < 512; bit += 37) {
      const changed = proof.slice();
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(await verifySubject({ ...statement, proof: changed }, group)).toBe(false);
    }
  });

  it('refuses the identity and encodings that are none, which would pass for everybody', async () => {
    for (const point of [IDENTITY, new Uint8Array(32).fill(255), new Uint8Array(64)])
      for (const place of ['joinKey', 'subject'])
        expect(await verifySubject({ ...statement, proof, [place]: point }, group)).toBe(false);
  });

  it('is no VOPRF proof: one made under the RFC’s context for the same points does not pass', async () => {
    const C = await hashSubjects({ context, ids: [id] }, group);
    expect(await pseudonymsOf({ context, ids: [id], scalar: toScalar(1) }, group)).toEqual(C);
    const foreign = await generateProof(
      k,
      { context: contextString('VOPRF'), A: GENERATOR, B: joinKey as ElementBytes, C, D: subject },
      group,
    );
    expect(await verifySubject({ ...statement, proof: foreign }, group)).toBe(false);
  });
});
