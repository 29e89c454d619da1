/** RFC 9497 §3.3 `InvalidInputError`: an input that hashes to the identity (nobody knows one), or is longer than 65,535 bytes (§1.2). */
export interface InvalidInput {
  readonly _tag: 'InvalidInput';
  readonly message: string;
  /** Which input, from 0. The input itself is never in an error. */
  readonly index: number;
}

export const invalidInput = (index: number): InvalidInput => ({
  _tag: 'InvalidInput',
  index,
  message: `input ${index} cannot be evaluated: it is longer than 65,535 bytes or hashes to the identity; leave it out`,
});

/** More elements than one proof may cover. Nothing was parsed or evaluated. */
export interface BatchTooLarge {
  readonly _tag: 'BatchTooLarge';
  readonly message: string;
  readonly count: number;
  readonly limit: number;
}

export const batchTooLarge = (count: number, limit: number): BatchTooLarge => ({
  _tag: 'BatchTooLarge',
  count,
  limit,
  message: `${count} elements in one batch: send at most ${limit} and go on in the next`,
});

/** A batch of nothing: RFC 9497 has no proof for it. */
export interface EmptyBatch {
  readonly _tag: 'EmptyBatch';
  readonly message: string;
}

export const emptyBatch: EmptyBatch = { _tag: 'EmptyBatch', message: 'a batch has at least one element' };

/** The answer has more or fewer elements than were asked for. */
export interface WrongCount {
  readonly _tag: 'WrongCount';
  readonly message: string;
  readonly expected: number;
}

export const wrongCount = (expected: number): WrongCount => ({
  _tag: 'WrongCount',
  expected,
  message: `expected exactly ${expected} evaluated elements of 32 bytes, one for each blinded one`,
});

/** RFC 9497 §3.3 `VerifyError`: the proof does not show that this very batch was evaluated under the pinned key. Nothing was finalized. */
export interface BadProof {
  readonly _tag: 'BadProof';
  readonly message: string;
}

export const badProof: BadProof = {
  _tag: 'BadProof',
  message:
    'the holder evaluated under another key than the pinned pkS, or the answer was altered: nothing was finalized; fetch the manifest of the current epoch, and if the proof fails again, do not trust this holder',
};
