import { concatBytes, E, type Either, rowOf, utf8ToBytes } from '@vouchsafe/core';
import {
  createGroup,
  type Elements,
  GENERATOR,
  IDENTITY,
  ORDER,
  randomScalar,
  type ScalarBytes,
  toBigint,
  toScalar,
} from '@vouchsafe/group';
import { seededRng } from '@vouchsafe/testkit';
import { describe, expect, it } from 'vitest';
import {
  computeComposites,
  computeCompositesFast,
  type DleqStatement,
  generateProof,
  MAX_BATCH,
  PROOF_BYTES,
  verifyProof,
} from './index.ts';

const group = createGroup();
const context = utf8ToBytes('dleq test');

const right = <A>(result: Either<unknown, A>): A => {
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left));
  return result.right;
};

/** A true statement of n pairs, and its secret. */
const statementOf = async (n: number, seed = 'dleq'): Promise<{ k: ScalarBytes; statement: DleqStatement }> => {
  const rng = seededRng(`${seed} ${n}`);
  const k = randomScalar(rng);
  const C = await group.hashToGroup(
    Array.from({ length: n }, () => rng(8)),
    utf8ToBytes('dleq test points'),
  );
  const statement = { context, A: GENERATOR, B: await group.multiply(GENERATOR, k), C, D: await group.multiply(C, k) };
  return { k, statement };
};

/** Moves the rows of a packed array by one place. */
const rotated = (elements: Elements): Elements => concatBytes(elements.subarray(32), elements.subarray(0, 32)) as Elements;

describe('DLEQ proofs (RFC 9497 §2.2)', async () => {
  const { k, statement } = await statementOf(3);
  const proof = await generateProof(k, statement, group, seededRng('r'));

  it.each([1, 2, 7])('holds for a true statement of %i pairs, and both ways to the composites agree', async (n) => {
    const own = await statementOf(n);
    expect(await verifyProof(await generateProof(own.k, own.statement, group), own.statement, group)).toBe(true);
    expect(await computeCompositesFast(own.k, own.statement, group)).toEqual(await computeComposites(own.statement, group));
  });

  it('holds when pairs are equal to one another', async () => {
    const own = await statementOf(1);
    const twice = (one: Elements): Elements => concatBytes(one, one) as Elements;
    const doubled = { ...own.statement, C: twice(own.statement.C), D: twice(own.statement.D) };
    expect(await verifyProof(await generateProof(own.k, doubled, group), doubled, group)).toBe(true);
  });

  it('fails for every changed byte', async () => {
    for (let i = 0; i < PROOF_BYTES; i++) {
      const changed = proof.slice();
      changed[i]! ^= 1 << (i % 8);
      expect(await verifyProof(changed, statement, group), `byte ${i}`).toBe(false);
    }
    expect(await verifyProof(proof, statement, group)).toBe(true);
  });

  it('fails with c and s swapped, cut off, or followed by more', async () => {
    const [c, s] = [rowOf(proof, 32, 0), rowOf(proof, 32, 1)];
    for (const changed of [
      concatBytes(s, c),
      c,
      proof.subarray(0, 63),
      concatBytes(proof, Uint8Array.of(0)),
      concatBytes(proof, c),
      new Uint8Array(0),
    ])
      expect(await verifyProof(changed, statement, group)).toBe(false);
  });

  it('has one spelling: c + q, s + q and zeros are refused', async () => {
    const plusOrder = (scalar: Uint8Array): Uint8Array => {
      const out = new Uint8Array(32);
      for (let i = 0, rest = toBigint(scalar as ScalarBytes) + ORDER; i < 32; i++, rest >>= 8n) out[i] = Number(rest & 255n);
      return out;
    };
    const [c, s] = [rowOf(proof, 32, 0), rowOf(proof, 32, 1)];
    for (const changed of [
      concatBytes(plusOrder(c), s),
      concatBytes(c, plusOrder(s)),
      concatBytes(new Uint8Array(32), s),
      concatBytes(c, new Uint8Array(32)),
      new Uint8Array(64).fill(255),
    ])
      expect(await verifyProof(changed, statement, group)).toBe(false);
  });

  it('is bound to the context, both bases, every pair and their order', async () => {
    const other = (await statementOf(3, 'other')).statement;
    const swappedTail = concatBytes(statement.D.subarray(0, 32), rotated(statement.D.subarray(32) as Elements)) as Elements;
    const changes: Record<string, Partial<DleqStatement>> = {
      context: { context: utf8ToBytes('dleq tesu') },
      A: { A: other.B },
      B: { B: other.B },
      'rotated C': { C: rotated(statement.C) },
      'rotated D': { D: rotated(statement.D) },
      'both rotated': { C: rotated(statement.C), D: rotated(statement.D) },
      'two of D swapped': { D: swappedTail },
      'another batch': { C: other.C, D: other.D },
      'a shorter batch': { C: statement.C.subarray(32) as Elements, D: statement.D.subarray(32) as Elements },
      'B is the identity': { B: IDENTITY },
    };
    for (const [name, change] of Object.entries(changes))
      expect(await verifyProof(proof, { ...statement, ...change }, group), name).toBe(false);
  });

  it('does not let pairs make up for one another', async () => {
    // D₀ + E and D₁ − E have the right sum: without coefficients of their own this batch would pass.
    const E1 = await group.multiply(GENERATOR, toScalar(5));
    const [d0, d1, d2] = [0, 1, 2].map((i) => rowOf(statement.D, 32, i) as Elements);
    const D = concatBytes(await group.add(d0!, E1), await group.subtract(d1!, E1), d2!) as Elements;
    expect(await verifyProof(proof, { ...statement, D }, group)).toBe(false);
    expect(await verifyProof(await generateProof(k, { ...statement, D }, group), { ...statement, D }, group)).toBe(false);
  });

  it('cannot be made for a false statement by following the recipe', async () => {
    const wrong = randomScalar(seededRng('wrong'));
    expect(await verifyProof(await generateProof(wrong, statement, group), statement, group)).toBe(false);
  });

  it('covers 1 to MAX_BATCH pairs of equal number: anything else is a bug of the caller', async () => {
    const none = new Uint8Array(0) as Elements;
    const many = right(await group.receive(concatBytes(...Array.from({ length: MAX_BATCH + 1 }, () => GENERATOR))));
    for (const change of [{ C: none, D: none }, { C: many, D: many }, { D: rowOf(statement.D, 32, 0) as Elements }])
      await expect(verifyProof(proof, { ...statement, ...change }, group)).rejects.toThrow(RangeError);
  });
});
