import { concatBytes, createMerkleRoot, E, type Rng, rowOf, Secret } from '@vouchsafe/core';
import { createGroup, type Elements, GENERATOR, type Group, randomScalars } from '@vouchsafe/group';
import { seededRng } from '@vouchsafe/testkit';
import {
  type BadShuffle,
  blindRows,
  deriveBureauKeys,
  deriveHolderKeys,
  FIRST_PLACE,
  type JoinContext,
  jointKeys,
  nextPlace,
  type PlainRows,
  type ProofPlace,
  proveShuffle,
  receiveProof,
  rowBytes,
  type ShufflePart,
  type ShuffleStatement,
  sealRows,
  sumsOfOwnRows,
  sumsOfRows,
  verifyShuffle,
} from '../index.ts';
import { orderByKey, permuteRows } from '../rows.ts';

export const group: Group = createGroup();

export const unwrap = <A>(either: E.Either<unknown, A>): A => {
  if (E.isLeft(either)) throw new Error(JSON.stringify(either.left));
  return either.right;
};

export const CONTEXT: JoinContext = { federation: 'test', bureau: 'bureau', holder: 'alpha', scheme: 'cn-rid', epoch: 1 };

/** Both sides of a setup up to the end of stream 2, all in memory. */
export interface Setup {
  readonly slots: number;
  readonly statement: ShuffleStatement;
  readonly plain: PlainRows;
  /** Stream 1. */
  readonly inputs: Elements;
  /** Stream 2, and what its maker knows. */
  readonly outputs: Elements;
  readonly randomness: Uint8Array;
  readonly permutation: Uint32Array;
  readonly holder: Awaited<ReturnType<typeof deriveHolderKeys>>;
  readonly bureau: Awaited<ReturnType<typeof deriveBureauKeys>>;
}

export const setUp = async (
  { rows: n, slots, seed, context = CONTEXT }: { rows: number; slots: number; seed: string; context?: JoinContext },
  use: Group = group,
): Promise<Setup> => {
  const rng = seededRng(seed);
  const seeds = () => ({ join: new Secret(rng(32)), value: new Secret(rng(32)) });
  const holder = await deriveHolderKeys({ context, seeds: seeds(), slots }, use);
  const bureau = await deriveBureauKeys({ context, seeds: seeds(), slots }, use);
  const joint = unwrap(await jointKeys({ holder: holder.slotKeys, bureau: bureau.slotKeys }, use));
  const unsorted = await use.multiplyBase(GENERATOR, randomScalars(n, rng));
  const pseudonyms = await permuteRows(unsorted, 32, await orderByKey(unsorted, 32));
  const values = new Uint32Array(rng(4 * n * slots).buffer);
  const plain = { pseudonyms, values };
  const inputs = await sealRows({ keys: holder, jointKeys: joint, rows: plain }, use);
  const blinded = unwrap(await blindRows({ keys: bureau, jointKeys: joint, place: { rows: n, taken: 0 }, chunk: inputs }, use));
  const width = rowBytes(slots);
  const permutation = await orderByKey(blinded.rows, width);
  const outputs = await permuteRows(blinded.rows, width, permutation);
  const randomness = await permuteRows(blinded.randomness as Uint8Array as Elements, 32, permutation);
  const tree = createMerkleRoot();
  for (let i = 0; i < n; i++) tree.append(rowOf(inputs, width, i));
  const statement = { context, joinKey: bureau.joinKey, jointKeys: joint, rows: n, inputRoot: tree.root() };
  return { slots, statement, plain, inputs, outputs, randomness, permutation, holder, bureau };
};

/** Proofs by part, as the verifier keeps them. */
export type Proof = Readonly<Record<ShufflePart, Uint8Array>>;

/** What a prover says about its rows: the honest one by default. */
export const prove = async (setup: Setup, change: Partial<Setup> = {}, use: Group = group): Promise<Proof> => {
  const { statement, outputs, randomness, permutation, bureau, slots } = { ...setup, ...change };
  const width = rowBytes(slots);
  const parts: Record<ShufflePart, Uint8Array[]> = { commitments: [], chain: [], head: [], responses: [] };
  const witness = {
    joinScalar: bureau.joinScalar,
    seed: bureau.seed,
    permutation,
    made: async (from: number, count: number) => ({
      rows: outputs.slice(from * width, (from + count) * width) as Elements,
      randomness: randomness.slice(from * 32, (from + count) * 32) as never,
    }),
  };
  let place: ProofPlace | undefined = FIRST_PLACE;
  for await (const chunk of proveShuffle({ statement, witness }, use)) {
    if (JSON.stringify(chunk.place) !== JSON.stringify(place)) throw new Error('a chunk out of its place');
    unwrap(await receiveProof({ place: chunk.place, chunk: chunk.bytes, rows: statement.rows, slots }, use));
    parts[chunk.place.part].push(chunk.bytes);
    place = nextPlace(chunk.place, statement.rows);
  }
  if (place !== undefined) throw new Error('a proof that ends early');
  const all = Object.entries(parts).map(([part, list]) => [part, concatBytes(...list)]);
  return Object.fromEntries(all) as Proof;
};

/** @param by whether the verifier made stream 1 itself, or only has its rows */
export const verify = async (
  { statement, plain, inputs, outputs, holder, slots }: Setup,
  proof: Proof,
  { by = 'holder', use = group, rng }: { by?: 'holder' | 'anybody'; use?: Group; rng?: Rng } = {},
): Promise<E.Either<BadShuffle, void>> => {
  const width = rowBytes(slots);
  const entry = { commitments: 32, chain: 64, head: (slots + 11) * 32, responses: 64 };
  const sums =
    by === 'holder'
      ? sumsOfOwnRows(
          {
            keys: holder,
            jointKeys: statement.jointKeys,
            plain: async (from, count) => ({
              pseudonyms: plain.pseudonyms.slice(from * 32, (from + count) * 32) as Elements,
              values: plain.values.slice(from * slots, (from + count) * slots),
            }),
          },
          use,
        )
      : sumsOfRows({ slots, rows: async (from, count) => inputs.slice(from * width, (from + count) * width) as Elements }, use);
  const steps = verifyShuffle(
    {
      statement,
      evidence: {
        outputs: async (from, count) => outputs.slice(from * width, (from + count) * width) as Elements,
        proof: async (part, from, count) => proof[part].slice(from * entry[part], (from + count) * entry[part]),
        inputs: sums,
      },
    },
    use,
    ...(rng ? [rng] : []),
  );
  for (;;) {
    const step = await steps.next();
    if (step.done) return step.value;
  }
};
