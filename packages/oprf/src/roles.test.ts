import { inspect } from 'node:util';
import { bytesToHex, concatBytes, E, type Either, hexToBytes, rowOf, utf8ToBytes } from '@vouchsafe/core';
import { createGroup, GENERATOR, type Group, IDENTITY } from '@vouchsafe/group';
import { RFC9496_INVALID, seededRng } from '@vouchsafe/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createOprfClient,
  createOprfServer,
  createVoprfClient,
  createVoprfServer,
  deriveKeyPair,
  generateKeyPair,
  MAX_BATCH,
  OUTPUT_BYTES,
} from './index.ts';

const group = createGroup();
const right = <A>(result: Either<unknown, A>): A => {
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left));
  return result.right;
};
const tagOf = (result: Either<{ readonly _tag: string }, unknown>): string => (E.isLeft(result) ? result.left._tag : 'right');
const inputs = ['cn-rid:1', 'cn-rid:2', 'cn-rid:1', ''].map(utf8ToBytes);
const BLINDINGS = ['fixedBase', 'rfc9497'] as const;
const repeated = (one: Uint8Array, count: number): Uint8Array => concatBytes(...Array.from({ length: count }, () => one));

/** A group in which some operations must not be called. */
const without = (...names: readonly (keyof Group)[]): Group => ({
  ...group,
  ...Object.fromEntries(
    names.map((name) => [name, () => Promise.reject(new Error(`${name} was called before the input was checked`))]),
  ),
});

describe('the VOPRF roles', async () => {
  const keys = await generateKeyPair(group, seededRng('keys'));
  const otherKeys = await generateKeyPair(group, seededRng('other keys'));
  const server = createVoprfServer(keys, group, seededRng('server'));
  const expected = right(await server.evaluate(inputs));

  it.each(BLINDINGS)('%s: the outputs are the server’s own, duplicates and the empty input included', async (blinding) => {
    const client = createVoprfClient({ pkS: keys.pkS, blinding }, group);
    const { state, message } = right(await client.blind(inputs));
    expect(new Set(inputs.map((_, i) => bytesToHex(rowOf(message, 32, i)))).size).toBe(inputs.length);
    const outputs = right(await client.finalize(state, right(await server.blindEvaluate(message))));
    expect(outputs).toEqual(expected);
    expect(rowOf(outputs, OUTPUT_BYTES, 0)).toEqual(rowOf(outputs, OUTPUT_BYTES, 2));
  });

  it('both blindings agree with Evaluate for any inputs', async () => {
    const anyInputs = fc.array(fc.uint8Array({ maxLength: 80 }), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(anyInputs, async (some) => {
        const own = right(await server.evaluate(some));
        for (const blinding of BLINDINGS) {
          const client = createVoprfClient({ pkS: keys.pkS, blinding }, group);
          const { state, message } = right(await client.blind(some));
          expect(right(await client.finalize(state, right(await server.blindEvaluate(message))))).toEqual(own);
        }
      }),
      { numRuns: 8 },
    );
  });

  it('keeps what was blinded, whatever the caller does with its arrays', async () => {
    const mine = [utf8ToBytes('cn-rid:1')];
    const client = createVoprfClient({ pkS: keys.pkS }, group);
    const { state, message } = right(await client.blind(mine));
    mine[0]!.fill(0);
    const outputs = right(await client.finalize(state, right(await server.blindEvaluate(message))));
    expect(outputs).toEqual(rowOf(expected, OUTPUT_BYTES, 0));
  });

  it('an answer under another key, however well proven, is a BadProof and nothing is finalized', async () => {
    const closed = without('subtract', 'multiply');
    const { state, message } = right(await createVoprfClient({ pkS: keys.pkS }, group).blind(inputs));
    const client = createVoprfClient({ pkS: keys.pkS }, closed);
    const impostor = createVoprfServer(otherKeys, group);
    const liar = createVoprfServer({ skS: otherKeys.skS, pkS: keys.pkS }, group);
    for (const one of [impostor, liar])
      expect(tagOf(await client.finalize(state, right(await one.blindEvaluate(message))))).toBe('BadProof');
  });

  it.each(BLINDINGS)('%s: a tampered answer is a BadProof', async (blinding) => {
    const client = createVoprfClient({ pkS: keys.pkS, blinding }, group);
    const { state, message } = right(await client.blind(inputs));
    const honest = right(await server.blindEvaluate(message));
    const { evaluated, proof } = honest;
    const foreign = right(await createVoprfServer(otherKeys, group).blindEvaluate(message)).evaluated;
    const again = right(await client.blind(inputs));
    const ofAnother = right(await server.blindEvaluate(again.message));
    const flipped = proof.slice();
    flipped[40]! ^= 4;
    const tampered: Record<string, { evaluated: Uint8Array; proof: Uint8Array }> = {
      'elements rotated': { proof, evaluated: concatBytes(evaluated.subarray(32), evaluated.subarray(0, 32)) },
      'one under another key': { proof, evaluated: concatBytes(evaluated.subarray(0, 96), foreign.subarray(96)) },
      'one put twice': { proof, evaluated: concatBytes(evaluated.subarray(0, 32), evaluated.subarray(0, 96)) },
      'the blinded elements sent back': { proof, evaluated: message },
      'answer to another batch': ofAnother,
      'proof of another batch': { evaluated, proof: ofAnother.proof },
      'proof with a bit flipped': { evaluated, proof: flipped },
      'proof swapped': { evaluated, proof: concatBytes(proof.subarray(32), proof.subarray(0, 32)) },
      'proof cut off': { evaluated, proof: proof.subarray(0, 63) },
      'no proof': { evaluated, proof: new Uint8Array(0) },
    };
    for (const [name, evaluation] of Object.entries(tampered))
      expect(tagOf(await client.finalize(state, evaluation)), name).toBe('BadProof');
    expect(right(await client.finalize(state, honest))).toEqual(expected);
  });

  it('a bad element, the identity or a wrong number of them is refused by finalize before any scalar work', async () => {
    const { state, message } = right(await createVoprfClient({ pkS: keys.pkS }, group).blind(inputs.slice(0, 2)));
    const { evaluated, proof } = right(await server.blindEvaluate(message));
    const client = createVoprfClient(
      { pkS: keys.pkS },
      without('multiply', 'multiplyBase', 'multiScalar', 'multiScalarPublic', 'subtract'),
    );
    const first = evaluated.subarray(0, 32);
    for (const bad of [
      IDENTITY,
      ...Object.values(RFC9496_INVALID)
        .flat()
        .map((hex) => hexToBytes(hex)),
    ]) {
      const result = await client.finalize(state, { evaluated: concatBytes(first, bad), proof });
      expect(E.isLeft(result) && result.left).toMatchObject({ _tag: 'BadElement', index: 1 });
    }
    for (const wrong of [first, evaluated.subarray(0, 63), concatBytes(evaluated, first), new Uint8Array(0)])
      expect(tagOf(await client.finalize(state, { evaluated: wrong, proof }))).toBe('WrongCount');
  });
});

describe('what a server refuses', async () => {
  const keys = await generateKeyPair(group, seededRng('refusing'));
  const closed = without('multiply', 'multiplyBase', 'multiScalar', 'multiScalarPublic');
  const servers = { OPRF: createOprfServer(keys, closed), VOPRF: createVoprfServer(keys, closed) };

  it.each(['OPRF', 'VOPRF'] as const)('%s: the 29 bad encodings and the identity, before any scalar work', async (mode) => {
    const bad = [
      IDENTITY,
      ...Object.values(RFC9496_INVALID)
        .flat()
        .map((hex) => hexToBytes(hex)),
    ];
    expect(bad).toHaveLength(30);
    for (const one of bad) {
      const result = await servers[mode].blindEvaluate(concatBytes(GENERATOR, one, GENERATOR));
      expect(E.isLeft(result) && result.left).toMatchObject({ _tag: 'BadElement', index: 1 });
    }
    const cut = await servers[mode].blindEvaluate(GENERATOR.subarray(0, 31));
    expect(E.isLeft(cut) && cut.left).toMatchObject({ _tag: 'BadElement', index: 0 });
  });

  it.each(['OPRF', 'VOPRF'] as const)('%s: nothing, and more than MAX_BATCH, before a byte is decoded', async (mode) => {
    const server = mode === 'OPRF' ? createOprfServer(keys, without('receive')) : createVoprfServer(keys, without('receive'));
    expect(tagOf(await server.blindEvaluate(new Uint8Array(0)))).toBe('EmptyBatch');
    const result = await server.blindEvaluate(repeated(GENERATOR, MAX_BATCH + 1));
    expect(E.isLeft(result) && result.left).toMatchObject({ _tag: 'BatchTooLarge', count: 1001, limit: 1000 });
    expect(tagOf(await server.blindEvaluate(new Uint8Array(32 * MAX_BATCH + 1)))).toBe('BatchTooLarge');
  });

  it('but not a batch of exactly MAX_BATCH', async () => {
    const evaluated = right(await createOprfServer(keys, group).blindEvaluate(repeated(GENERATOR, MAX_BATCH)));
    expect(evaluated).toEqual(repeated(keys.pkS, MAX_BATCH));
  });
});

describe('a client', async () => {
  const keys = await deriveKeyPair({ seed: new Uint8Array(32).fill(7), info: utf8ToBytes('client') }, group);
  const clients = { OPRF: createOprfClient(group), VOPRF: createVoprfClient({ pkS: keys.pkS }, group) };

  it.each(['OPRF', 'VOPRF'] as const)('%s: blinds neither nothing nor 1,001 inputs', async (mode) => {
    expect(tagOf(await clients[mode].blind([]))).toBe('EmptyBatch');
    const many = Array.from({ length: MAX_BATCH + 1 }, () => new Uint8Array(1));
    expect(tagOf(await clients[mode].blind(many))).toBe('BatchTooLarge');
  });

  it('without proofs never takes a fixed-base state, which would need one', async () => {
    const { state, message } = right(await clients.VOPRF.blind(inputs));
    await expect(clients.OPRF.finalize(state, message)).rejects.toThrow(RangeError);
  });

  it('keeps inputs and blinds out of logs and JSON', async () => {
    const { state } = right(await clients.VOPRF.blind(inputs));
    for (const shown of [inspect(state, { depth: 9 }), JSON.stringify({ state }), String(state)]) {
      expect(shown).not.toContain('Secret');
      expect(shown).not.toContain('99, 110, 45');
      expect(shown).not.toContain('inputs');
    }
    expect(JSON.stringify({ state })).toBe('{}');
  });

  it('stops when asked', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(clients.VOPRF.blind(inputs, { signal })).rejects.toThrow('enough');
    await expect(createVoprfServer(keys, group).blindEvaluate(GENERATOR, { signal })).rejects.toThrow('enough');
    await expect(createVoprfServer(keys, group).evaluate(inputs, { signal })).rejects.toThrow('enough');
  });
});

describe('keys', () => {
  it('differ by seed, information and mode, and by draw', async () => {
    const seed = new Uint8Array(32).fill(1);
    const info = utf8ToBytes('epoch 1');
    const all = await Promise.all([
      deriveKeyPair({ seed, info }, group),
      deriveKeyPair({ seed: new Uint8Array(32).fill(2), info }, group),
      deriveKeyPair({ seed, info: utf8ToBytes('epoch 2') }, group),
      deriveKeyPair({ seed, info, mode: 'OPRF' }, group),
      generateKeyPair(group),
      generateKeyPair(group),
    ]);
    expect(new Set(all.map((keys) => bytesToHex(keys.pkS))).size).toBe(all.length);
    expect((await deriveKeyPair({ seed, info, mode: 'VOPRF' }, group)).pkS).toEqual(all[0]!.pkS);
  });

  it('do not print, and are dead once wiped', async () => {
    const keys = await generateKeyPair(group, seededRng('dead'));
    expect(JSON.stringify({ skS: keys.skS })).toBe('{}');
    expect(inspect(keys.skS)).toBe('Secret(…)');
    const server = createVoprfServer(keys, group);
    keys.skS.wipe();
    await expect(server.blindEvaluate(GENERATOR)).rejects.toThrow('wiped');
  });

  it('a seed of another length is a bug of the caller', async () => {
    const short = deriveKeyPair({ seed: new Uint8Array(31), info: new Uint8Array(0) }, group);
    await expect(short).rejects.toThrow(RangeError);
  });
});

describe('evaluate', () => {
  it('takes no inputs, and tells its progress in inputs', async () => {
    const server = createOprfServer(await generateKeyPair(group, seededRng('progress')), group);
    expect(right(await server.evaluate([]))).toEqual(new Uint8Array(0));
    const seen: unknown[] = [];
    await server.evaluate(inputs, { onProgress: (progress) => seen.push(progress) });
    expect(seen).toEqual([{ task: 'evaluate', done: inputs.length, total: inputs.length }]);
  });
});
