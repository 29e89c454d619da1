import { createHash } from 'node:crypto';
import { domain, i2osp, lengthPrefixed } from '@vouchsafe/core';
import { ELEMENT_BYTES, type ElementBytes, type Elements } from '@vouchsafe/group';
import { type JoinContext, pairTranscript } from '../context.ts';

/**
 * What is proven (SHUFFLE.md §1): there are π, kB and s_i with KB = kB·G, Q_i = kB·P_π(i), C'_i = 2C_π(i) + s_i·G and D'_ij = 2D_π(i)j + s_i·PK_j for all i, where (P, C, D) are the rows of stream 1 and
 * (Q, C', D') those of stream 2.
 */
export interface ShuffleStatement {
  readonly context: JoinContext;
  /** KB, 32 bytes. */
  readonly joinKey: ElementBytes;
  /** PK_j, V × 32 bytes. */
  readonly jointKeys: Elements;
  /** n. */
  readonly rows: number;
  /** RFC 6962 root over the rows of stream 1, 32 bytes: it stands for all inputs in the hashes. */
  readonly inputRoot: Uint8Array;
}

/** The proof does not show that stream 2 is a shuffle of stream 1: it is refused, and so is the table. */
export interface BadShuffle {
  readonly _tag: 'BadShuffle';
  readonly message: string;
  /** Which check failed: the form, an element of stream 2 that is none, or an equation by the name that SHUFFLE.md §3 gives it. */
  readonly check: ShuffleCheck;
}

/** What is checked of a proof: its form, that elements are some, and the equations by the names that SHUFFLE.md §3 gives them. */
export type ShuffleCheck = 'form' | 'element' | 't1' | 't2' | 't3' | 'tC' | 'tD' | 'tQ' | 'tK' | 'chain';

/** The fault of a proof whose check fails. @param why in words, for the form */
export const badShuffle = (check: ShuffleCheck, why = 'the equation does not hold'): BadShuffle => ({
  _tag: 'BadShuffle',
  check,
  message: `the shuffle proof fails at ${check} (${why}): rows were changed, or the proof is for other rows. The table is not used; ask the bureau to explain, and seal again in the next epoch`,
});

/** Rows that prover and verifier work on at once, and that a chunk of a proof has (the last one fewer). */
export const SHUFFLE_CHUNK = 4096;

export const slotsOf = ({ jointKeys }: ShuffleStatement): number => jointKeys.length / ELEMENT_BYTES;

/** The generator H_i, i = 0 … n, is the hash to the group of i under a tag of its own: nobody knows a discrete logarithm between two of them, or to G. */
export const GENERATOR_DST: Uint8Array = domain('shuffleGenerator');
export const generatorMessage = (i: number): Uint8Array => i2osp(i, 6);
export const generatorMessages = (from: number, count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, k) => generatorMessage(from + k));

/** SHA-512 over everything that is fixed before the proof begins. @param outputs SHA-512 over the rows of stream 2 in their order */
export const statementHash = (
  { context, joinKey, jointKeys, rows, inputRoot }: ShuffleStatement,
  outputs: Uint8Array,
): Uint8Array =>
  new Uint8Array(
    createHash('sha512')
      .update(lengthPrefixed(domain('shuffle'), pairTranscript(context, joinKey, jointKeys, i2osp(rows, 6), inputRoot, outputs)))
      .digest(),
  );
