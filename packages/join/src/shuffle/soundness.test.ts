import { concatBytes, E, rowOf } from '@vouchsafe/core';
import { type Elements, GENERATOR, ORDER, toBigint, toScalar } from '@vouchsafe/group';
import { seededRng } from '@vouchsafe/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { rowBytes, SHUFFLE_PARTS, type ShuffleCheck, type ShufflePart } from '../index.ts';
import { proveLiterally } from './literal-prover.test.fixture.ts';
import { receiveProof } from './proof-form.ts';
import { CONTEXT, group, type Proof, prove, type Setup, setUp, verify } from './shuffle.test.fixture.ts';

const ROWS = 9;
const SLOTS = 3;
const WIDTH = rowBytes(SLOTS);
let honest: Setup;
let proof: Proof;

beforeAll(async () => {
  honest = await setUp({ rows: ROWS, slots: SLOTS, seed: 'sound' });
  proof = await prove(honest);
});

/** Refused, by one of these checks. */
const refused = async (setup: Setup, claimed: Proof, checks: readonly ShuffleCheck[]): Promise<void> => {
  for (const by of ['holder', 'anybody'] as const) {
    const verdict = await verify(setup, claimed, { by });
    expect(E.isLeft(verdict)).toBe(true);
    if (E.isLeft(verdict)) expect(checks).toContain(verdict.left.check);
  }
};

/** Stream 2 with one element replaced. @param column 0: Q; 1: C'; 2 + j: D'_j */
const withElement = async (
  { outputs }: Setup,
  { row, column }: { readonly row: number; readonly column: number },
  change: (element: Elements) => Promise<Elements>,
): Promise<Elements> => {
  const copy = outputs.slice() as Elements;
  const at = row * WIDTH + column * 32;
  copy.set(await change(copy.slice(at, at + 32) as Elements), at);
  return copy;
};

const times = (element: Elements, k: bigint): Promise<Elements> => group.multiply(element, toScalar(k));
const plus = async (element: Elements, k: bigint): Promise<Elements> =>
  group.add(element, await group.multiplyBase(GENERATOR, toScalar(k)));

/** The cheat changes stream 2 and then proves as well as it can. */
const cheat = async (outputs: Elements, change: Partial<Setup> = {}): Promise<readonly [Setup, Proof]> => {
  const setup = { ...honest, ...change, outputs };
  return [setup, await prove(setup)];
};

describe('a proof is refused when the bureau', () => {
  it('scales a row', async () => {
    let { outputs } = honest;
    for (let column = 1; column < SLOTS + 2; column++)
      outputs = await withElement({ ...honest, outputs }, { row: 4, column }, (x) => times(x, 3n));
    await refused(...(await cheat(outputs)), ['tC']);
  });

  it('returns what is no element: another encoding of one, a point off the curve', async () => {
    for (const [row, column, bytes] of [
      [4, 3, new Uint8Array(32).fill(0xff)],
      [0, 1, Uint8Array.of(1, ...new Uint8Array(31))],
      [ROWS - 1, SLOTS + 1, Uint8Array.of(0xee, ...new Uint8Array(30).fill(0xff), 0x7f)],
    ] as const) {
      const outputs = await withElement(honest, { row, column }, async () => bytes as Elements);
      await refused({ ...honest, outputs }, proof, ['element']);
    }
  });

  it('scales a value of a row', async () => {
    const outputs = await withElement(honest, { row: 4, column: 3 }, (x) => times(x, 1000n));
    await refused(...(await cheat(outputs)), ['tD']);
  });

  it('adds a constant to a value', async () => {
    for (let j = 0; j < SLOTS; j++)
      await refused(...(await cheat(await withElement(honest, { row: 0, column: 2 + j }, (x) => plus(x, 1n)))), ['tD']);
  });

  it('injects codes into slot 0, one for each row', async () => {
    let { outputs } = honest;
    for (let row = 0; row < ROWS; row++)
      outputs = await withElement({ ...honest, outputs }, { row, column: 2 }, (x) => plus(x, 2n ** BigInt(row)));
    await refused(...(await cheat(outputs)), ['tD']);
  });

  it('adds codes that cancel over all rows', async () => {
    const one = await withElement(honest, { row: 1, column: 2 }, (x) => plus(x, 5n));
    const both = await withElement({ ...honest, outputs: one }, { row: 6, column: 2 }, (x) => plus(x, -5n));
    await refused(...(await cheat(both)), ['tD']);
  });

  it('swaps the values of two rows', async () => {
    const copy = honest.outputs.slice() as Elements;
    const value = (row: number): Uint8Array => honest.outputs.subarray(row * WIDTH + 96, row * WIDTH + 128);
    copy.set(value(2), 7 * WIDTH + 96);
    copy.set(value(7), 2 * WIDTH + 96);
    await refused(...(await cheat(copy)), ['tD']);
  });

  it('swaps the whole ciphertexts of two rows', async () => {
    const copy = honest.outputs.slice() as Elements;
    const rest = (row: number): Uint8Array => honest.outputs.subarray(row * WIDTH + 32, (row + 1) * WIDTH);
    copy.set(rest(2), 7 * WIDTH + 32);
    copy.set(rest(7), 2 * WIDTH + 32);
    const randomness = honest.randomness.slice();
    randomness.set(rowOf(honest.randomness, 32, 2), 7 * 32);
    randomness.set(rowOf(honest.randomness, 32, 7), 2 * 32);
    await refused(...(await cheat(copy, { randomness })), ['tC']);
    // Also when it claims the rows that the ciphertexts are from.
    const permutation = honest.permutation.slice();
    [permutation[2], permutation[7]] = [permutation[7]!, permutation[2]!];
    await refused(...(await cheat(copy, { randomness, permutation })), ['tQ']);
  });

  it('gives one row twice and drops another', async () => {
    const copy = honest.outputs.slice() as Elements;
    copy.set(honest.outputs.subarray(3 * WIDTH + 32, 4 * WIDTH), 5 * WIDTH + 32);
    const randomness = honest.randomness.slice();
    randomness.set(rowOf(honest.randomness, 32, 3), 5 * 32);
    await refused(...(await cheat(copy, { randomness })), ['tC']);
    const permutation = honest.permutation.slice();
    permutation[5] = permutation[3]!;
    await refused(...(await cheat(copy, { randomness, permutation })), ['t1', 't2', 't3']);
    // The whole row, Q included.
    copy.copyWithin(5 * WIDTH, 3 * WIDTH, 4 * WIDTH);
    await refused(...(await cheat(copy, { randomness, permutation })), ['t1', 't2', 't3']);
  });

  it('drops a row and makes one up', async () => {
    const copy = honest.outputs.slice() as Elements;
    const made = await group.multiplyBase(
      GENERATOR,
      concatBytes(...[...Array(SLOTS + 2).keys()].map((i) => toScalar(i + 2))) as never,
    );
    copy.set(made, 3 * WIDTH);
    await refused(...(await cheat(copy)), ['tQ']);
  });

  it('uses another kB for one row, or for all', async () => {
    await refused(...(await cheat(await withElement(honest, { row: 8, column: 0 }, (x) => times(x, 2n)))), ['tQ']);
    let { outputs } = honest;
    for (let row = 0; row < ROWS; row++)
      outputs = await withElement({ ...honest, outputs }, { row, column: 0 }, (x) => times(x, 2n));
    await refused(...(await cheat(outputs)), ['tQ', 'tK']);
    const joinScalar = (2n * toBigint(honest.bureau.joinScalar.reveal() as never)) % ORDER;
    await refused({ ...honest, outputs }, await proveLiterally({ ...honest, outputs }, { joinScalar }), ['tK']);
  });

  it('uses another s for one slot', async () => {
    const key = honest.statement.jointKeys.subarray(64, 96) as Elements;
    const outputs = await withElement(honest, { row: 1, column: 4 }, async (x) => group.add(x, key));
    await refused(...(await cheat(outputs)), ['tD']);
  });

  it('says another randomness than it used', async () => {
    const randomness = honest.randomness.slice();
    randomness.set(toScalar(7n), 0);
    await refused(...(await cheat(honest.outputs, { randomness })), ['tC']);
  });

  it('puts rows into another order after the proof, or proves another order', async () => {
    const copy = honest.outputs.slice() as Elements;
    copy.set(rowOf(honest.outputs, WIDTH, 0), WIDTH);
    copy.set(rowOf(honest.outputs, WIDTH, 1), 0);
    await refused({ ...honest, outputs: copy }, proof, ['t1']);
    await refused(...(await cheat(copy)), ['tQ']);
  });
});

describe('a matrix that is no permutation', () => {
  /** Stream 2 as a linear map of stream 1 makes it. */
  const mapped = async (matrix: readonly (readonly bigint[])[]): Promise<Setup> => {
    const { inputs, statement, randomness } = honest;
    const doubled = await group.add(inputs, inputs);
    const kB = toBigint(honest.bureau.joinScalar.reveal() as never);
    const rows: Elements[] = [];
    for (const [i, weights] of matrix.entries()) {
      const scalars = concatBytes(...weights.map((x) => toScalar(x))) as never;
      const [plain, twice] = [
        await group.multiScalarRows(inputs, SLOTS + 2, scalars),
        await group.multiScalarRows(doubled, SLOTS + 2, scalars),
      ];
      const s = rowOf(randomness, 32, i) as never;
      const bases = concatBytes(GENERATOR, statement.jointKeys) as Elements;
      const share = await group.multiply(await group.add(bases, bases), s);
      rows.push(await times(plain.subarray(0, 32) as Elements, kB));
      rows.push(await group.add(twice.subarray(32) as Elements, share));
    }
    return { ...honest, outputs: concatBytes(...rows) as Elements };
  };
  const permutation = (): bigint[][] =>
    [...honest.permutation].map((j) => Array.from({ length: ROWS }, (_, k) => (k === j ? 1n : 0n)));

  it('(the literal prover with the permutation’s matrix is accepted)', async () => {
    const setup = await mapped(permutation());
    expect(setup.outputs).toEqual(honest.outputs);
    expect(await verify(setup, await proveLiterally(setup))).toEqual(E.right(undefined));
  });

  it('with sums of 1 in rows and columns is refused by the product of the weights alone', async () => {
    const matrix = permutation();
    const mix = (x: readonly bigint[], y: readonly bigint[], a: bigint, b: bigint) => x.map((v, k) => a * v + b * y[k]!);
    [matrix[0], matrix[1]] = [mix(matrix[0]!, matrix[1]!, 2n, -1n), mix(matrix[0]!, matrix[1]!, -1n, 2n)];
    const setup = await mapped(matrix);
    await refused(setup, await proveLiterally(setup, { matrix }), ['t2']);
  });

  it('that scales rows so that their product stays is refused by the sum of the commitments', async () => {
    const matrix = permutation();
    const half = (ORDER + 1n) / 2n;
    [matrix[0], matrix[1]] = [matrix[0]!.map((x) => 2n * x), matrix[1]!.map((x) => (half * x) % ORDER)];
    const setup = await mapped(matrix);
    await refused(setup, await proveLiterally(setup, { matrix }), ['t1']);
  });

  it('that sums two rows into one, or repeats one, is refused', async () => {
    const sums = permutation();
    sums[0] = sums[0]!.map((x, k) => x + sums[1]![k]!);
    const repeats = permutation();
    repeats[1] = repeats[0]!;
    for (const matrix of [sums, repeats]) {
      const setup = await mapped(matrix);
      await refused(setup, await proveLiterally(setup, { matrix }), ['t1', 't2', 't3']);
    }
  });
});

describe('a proof', () => {
  it('of another holder, bureau, scheme, epoch, key or stream 1 is refused', async () => {
    const { statement } = honest;
    const others = [
      { ...statement, context: { ...CONTEXT, holder: 'beta' } },
      { ...statement, context: { ...CONTEXT, bureau: 'other' } },
      { ...statement, context: { ...CONTEXT, scheme: 'e164' } },
      { ...statement, context: { ...CONTEXT, epoch: 2 } },
      { ...statement, context: { ...CONTEXT, federation: 'other' } },
      { ...statement, inputRoot: new Uint8Array(32) },
    ];
    for (const other of others) await refused({ ...honest, statement: other }, proof, ['t1']);
    const other = await setUp({ rows: ROWS, slots: SLOTS, seed: 'other' });
    await refused(other, proof, ['t1']);
    await refused({ ...honest, statement: { ...statement, joinKey: other.statement.joinKey } }, proof, ['t1']);
    await refused({ ...honest, statement: { ...statement, jointKeys: other.statement.jointKeys } }, proof, ['t1']);
  });

  it('over generators whose logarithms the prover knows is refused', async () => {
    const scalars = concatBytes(...Array.from({ length: ROWS + 1 }, (_, i) => toScalar(i + 1))) as never;
    const generators = await group.multiplyBase(GENERATOR, scalars);
    await refused(honest, await proveLiterally(honest, { generators }), ['t1', 't2', 't3']);
    const shifted = await proveLiterally(honest, {
      generators: concatBytes(generators.subarray(32), generators.subarray(0, 32)) as never,
    });
    await refused(honest, shifted, ['t1', 't2', 't3']);
  });

  it('with any bit flipped is refused, 500 of them', async () => {
    const setup = await setUp({ rows: 2, slots: 1, seed: 'flips' });
    const whole = await prove(setup);
    expect(await verify(setup, whole)).toEqual(E.right(undefined));
    const rng = seededRng('flips');
    const sizes = SHUFFLE_PARTS.map((part) => whole[part].length);
    const starts = sizes.map((_, i) => sizes.slice(0, i).reduce((a, b) => a + b, 0));
    const total = sizes.reduce((a, b) => a + b);
    const verdicts = new Map<string, number>();
    for (let i = 0; i < 500; i++) {
      const draw = rng(5);
      const byte = (draw[0]! * 2 ** 24 + draw[1]! * 65_536 + draw[2]! * 256 + draw[3]!) % total;
      const index = starts.findLastIndex((start) => start <= byte);
      const part = SHUFFLE_PARTS[index]!;
      const at = byte - starts[index]!;
      const bytes = whole[part].slice();
      bytes[at]! ^= 1 << (draw[4]! & 7);
      const received = await receiveProof({ place: { part, from: 0 }, chunk: bytes, rows: 2, slots: 1 }, group);
      const verdict: E.Either<{ readonly _tag: string }, unknown> = E.isLeft(received)
        ? received
        : await verify(setup, { ...whole, [part]: received.right });
      expect(E.isLeft(verdict)).toBe(true);
      if (E.isLeft(verdict)) {
        const { _tag, check } = verdict.left as { readonly _tag: string; readonly check?: ShuffleCheck };
        const name = check ?? _tag;
        verdicts.set(name, (verdicts.get(name) ?? 0) + 1);
      }
    }
    // Not every flip is caught by its form: the equations have their share.
    for (const check of ['BadElement', 't1', 'chain']) expect(verdicts.get(check), check).toBeGreaterThan(0);
  });

  it('whose entries are moved or left out is refused', async () => {
    const swapped = (part: ShufflePart, size: number): Proof => {
      const bytes = proof[part].slice();
      bytes.set(proof[part].subarray(0, size), size);
      bytes.set(proof[part].subarray(size, 2 * size), 0);
      return { ...proof, [part]: bytes };
    };
    await refused(honest, swapped('commitments', 32), ['t1', 't2', 't3']);
    await refused(honest, swapped('chain', 64), ['t1']);
    await refused(honest, swapped('responses', 64), ['t3']);
  });

  it('that is too short or too long is refused by its form', async () => {
    for (const part of SHUFFLE_PARTS)
      for (const change of [-32, -1, 1, 32, 64, -proof[part].length]) {
        const chunk = new Uint8Array(proof[part].length + change);
        chunk.set(proof[part].subarray(0, chunk.length));
        const received = await receiveProof({ place: { part, from: 0 }, chunk, rows: ROWS, slots: SLOTS }, group);
        expect(received).toMatchObject({ left: { _tag: 'BadProofChunk' } });
      }
  });

  it('with the identity, a bad element or a bad scalar in it is refused where it comes in', async () => {
    const bad = async (part: ShufflePart, at: number, bytes: Uint8Array): Promise<unknown> => {
      const chunk = proof[part].slice();
      chunk.set(bytes, at);
      const received = await receiveProof({ place: { part, from: 0 }, chunk, rows: ROWS, slots: SLOTS }, group);
      return E.isLeft(received) ? received.left._tag : 'accepted';
    };
    const [identity, none] = [new Uint8Array(32), new Uint8Array(32).fill(255)];
    for (const part of ['commitments', 'chain', 'head'] as const)
      for (const bytes of [identity, none]) expect(await bad(part, 32, bytes)).toBe('BadElement');
    for (const bytes of [identity, none]) {
      expect(await bad('head', proof.head.length - 32, bytes)).toBe('BadScalar');
      expect(await bad('responses', 32, bytes)).toBe('BadScalar');
    }
  });

  it('of no rows is refused', async () => {
    const empty = { ...honest, statement: { ...honest.statement, rows: 0 } };
    expect(await verify(empty, proof)).toMatchObject({ left: { check: 'form' } });
  });

  it('that cheats in the chain is caught by random weights, as it would not be by equal ones', async () => {
    const forged = await proveLiterally(honest, { bend: await group.multiplyBase(GENERATOR, toScalar(5n)) });
    await refused(honest, forged, ['chain']);
    const equal = (length: number): Uint8Array => new Uint8Array(length).fill(1);
    expect(await verify(honest, forged, { rng: equal })).toEqual(E.right(undefined));
  });
});
