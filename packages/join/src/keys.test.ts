import { concatBytes, E, Secret } from '@vouchsafe/core';
import { createGroup, type Elements, randomScalar, randomScalars, type Scalars, toBigint, toScalar } from '@vouchsafe/group';
import { seededRng } from '@vouchsafe/testkit';
import { describe, expect, it } from 'vitest';
import {
  commitJoinKey,
  deriveBureauKeys,
  deriveHolderKeys,
  jointKeys,
  maskSecrets,
  masksFor,
  proveKeys,
  verifyKeys,
} from './index.ts';

const group = createGroup();
const rng = seededRng('keys');
const context = { federation: 'f', bureau: 'b', holder: 'h', scheme: 's', epoch: 1 };
const seeds = { join: new Secret(rng(32)), value: new Secret(rng(32)) };

const prove = async (secrets: Scalars, role: 'holder' | 'bureau' = 'bureau') => {
  const { GENERATOR } = await import('@vouchsafe/group');
  const publicKeys = await group.multiplyBase(GENERATOR, secrets);
  return {
    publicKeys,
    proof: await proveKeys({ context, role, publicKeys, secrets: [new Secret(secrets.slice())] }, group, rng),
  };
};

describe('the proof of knowledge', () => {
  it('accepts honest keys, for one and for many', async () => {
    for (const count of [1, 2, 9]) {
      const { publicKeys, proof } = await prove(randomScalars(count, rng));
      expect(await verifyKeys({ context, role: 'bureau', received: publicKeys, proof }, group)).toEqual(E.right(publicKeys));
    }
  });

  it('is bound to context, role, keys and their order, and to every bit of itself', async () => {
    const { publicKeys, proof } = await prove(randomScalars(3, rng));
    const refused = async (change: Partial<Parameters<typeof verifyKeys>[0]>) =>
      expect(await verifyKeys({ context, role: 'bureau', received: publicKeys, proof, ...change }, group)).toMatchObject({
        _tag: 'Left',
      });
    await refused({ role: 'holder' });
    for (const key of ['federation', 'bureau', 'holder', 'scheme'] as const)
      await refused({ context: { ...context, [key]: 'other' } });
    await refused({ context: { ...context, epoch: 2 } });
    await refused({ received: concatBytes(publicKeys.subarray(32, 64), publicKeys.subarray(0, 32), publicKeys.subarray(64)) });
    await refused({ received: publicKeys.subarray(0, 64) });
    await refused({ proof: proof.subarray(0, 63) });
    await refused({ proof: concatBytes(proof, proof.subarray(0, 1)) });
    for (let bit = 0; bit < 512; bit += 37) {
      const flipped = proof.slice();
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      await refused({ proof: flipped });
    }
  });

  it('stops a key that cancels the partner’s: whoever made it does not know its secret', async () => {
    const honest = await deriveHolderKeys({ context, seeds, slots: 2 }, group);
    // X − H_j: the joint key would be X, whose secret the attacker knows alone.
    const x = randomScalars(2, rng);
    const { publicKeys: wanted } = await prove(x);
    const rogue = await group.subtract(wanted, honest.slotKeys);
    const proof = await proveKeys({ context, role: 'bureau', publicKeys: rogue, secrets: [new Secret(x.slice())] }, group, rng);
    expect(await verifyKeys({ context, role: 'bureau', received: rogue, proof }, group)).toMatchObject({
      left: { _tag: 'BadKeyProof' },
    });
  });

  it('and a joint key that is the identity is refused, slot named', async () => {
    const { publicKeys } = await prove(randomScalars(2, rng));
    const { publicKeys: other } = await prove(randomScalar(rng));
    const negated = await group.multiply(publicKeys.subarray(32) as Elements, toScalar(-1));
    const cancelled = await jointKeys({ holder: publicKeys, bureau: concatBytes(other, negated) as Elements }, group);
    expect(cancelled).toMatchObject({ left: { _tag: 'KeyCancelled', slot: 1 } });
  });
});

describe('keys', () => {
  it('differ by party, holder, slot, scheme and epoch; the join scalar of a bureau is one for all holders', async () => {
    const bureau = await deriveBureauKeys({ context, seeds, slots: 3 }, group);
    const elsewhere = await deriveBureauKeys({ context: { ...context, holder: 'other' }, seeds, slots: 3 }, group);
    const later = await deriveBureauKeys({ context: { ...context, epoch: 2 }, seeds, slots: 3 }, group);
    const holder = await deriveHolderKeys({ context, seeds, slots: 3 }, group);
    expect(bureau.joinKey).toEqual(elsewhere.joinKey);
    expect(bureau.joinKey).not.toEqual(later.joinKey);
    const slots = [bureau, elsewhere, later, holder].flatMap(({ slotKeys }) =>
      [0, 1, 2].map((j) => Buffer.from(slotKeys.subarray(32 * j, 32 * j + 32)).toString('hex')),
    );
    expect(new Set(slots).size).toBe(12);
    const same = await deriveHolderKeys({ context, seeds, slots: 1 }, group);
    const other = await deriveHolderKeys({ context: { ...context, bureau: 'other' }, seeds, slots: 1 }, group);
    expect(await commitJoinKey(same, group)).toEqual(await commitJoinKey(holder, group));
    expect((await commitJoinKey(other, group)).commitment).not.toEqual((await commitJoinKey(holder, group)).commitment);
  });

  it('do not print', async () => {
    const keys = await deriveHolderKeys({ context, seeds, slots: 1 }, group);
    const hex = Buffer.from(keys.joinScalar.reveal()).toString('hex');
    expect(`${JSON.stringify(keys)}${String(keys.joinScalar)}`).not.toContain(hex);
    expect(keys.joinScalar.toString()).toBe('Secret(…)');
  });
});

describe('masks', async () => {
  const nacl = (await import('tweetnacl')).default;
  it('sum to zero over 2 to 10 holders, and do not when one digest differs', () => {
    for (let holders = 2; holders <= 10; holders++) {
      const all = Array.from({ length: holders }, (_, i) => ({
        holder: `holder ${i}`,
        ...nacl.box.keyPair.fromSecretKey(rng(32)),
      }));
      const digest = rng(64);
      const sum = (digestOf: (i: number) => Uint8Array) =>
        all
          .map((own, i) => {
            const peers = all.filter((peer) => peer !== own).map(({ holder, publicKey }) => ({ holder, boxKey: publicKey }));
            const secrets = maskSecrets({ holder: own.holder, boxSecret: new Secret(own.secretKey.slice()) }, peers);
            return E.isRight(secrets) ? toBigint(masksFor(secrets.right, digestOf(i), 2)[1]!) : 0n;
          })
          .reduce((a, b) => a + b, 0n);
      expect(toBigint(toScalar(sum(() => digest)))).toBe(0n);
      expect(toBigint(toScalar(sum((i) => (i === 0 ? rng(64) : digest))))).not.toBe(0n);
    }
  });

  it('come from the shared secret of NaCl’s crypto_box (nacl.box.before)', async () => {
    const nacl = (await import('tweetnacl')).default;
    const [own, peer] = [nacl.box.keyPair.fromSecretKey(rng(32)), nacl.box.keyPair.fromSecretKey(rng(32))];
    const secrets = maskSecrets({ holder: 'a', boxSecret: new Secret(own.secretKey.slice()) }, [
      { holder: 'b', boxKey: peer.publicKey },
    ]);
    const expected = nacl.box.before(peer.publicKey, own.secretKey);
    expect(E.isRight(secrets) && secrets.right.map(({ secret }) => secret.reveal())).toEqual([expected]);
  });

  it('refuse every X25519 key of low order', () => {
    // The points of order 1, 2, 4 and 8, and their non-canonical spellings (RFC 7748 §6.1 asks for the zero check instead of this list).
    const low = [
      '00'.repeat(32),
      `01${'00'.repeat(31)}`,
      'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
      '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
      `ec${'ff'.repeat(30)}7f`,
      `ed${'ff'.repeat(30)}7f`,
      `ee${'ff'.repeat(30)}7f`,
    ];
    for (const key of low) {
      const peers = [{ holder: 'peer', boxKey: Uint8Array.from(Buffer.from(key, 'hex')) }];
      expect(maskSecrets({ holder: 'own', boxSecret: new Secret(rng(32)) }, peers)).toMatchObject({
        left: { _tag: 'LowOrderKey', holder: 'peer' },
      });
    }
  });
});
