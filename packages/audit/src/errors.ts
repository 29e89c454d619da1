/** No checkpoint of this log: no signed note, not in its one form, of another origin, or not signed by its key. */
export interface BadCheckpoint {
  readonly _tag: 'BadCheckpoint';
  readonly message: string;
}

export const badCheckpoint = (why: string): BadCheckpoint => ({
  _tag: 'BadCheckpoint',
  message: `not a checkpoint of this log: ${why}`,
});

/** The hashes do not show what they should show. By itself no evidence against anybody: whoever passes it on can have broken it. */
export interface BadProof {
  readonly _tag: 'BadProof';
  readonly message: string;
}

export const badInclusion: BadProof = {
  _tag: 'BadProof',
  message:
    'the proof does not show that the entry is in the log of this checkpoint: fetch the receipt again, and if it fails again, do not trust this log',
};

export const badConsistency: BadProof = {
  _tag: 'BadProof',
  message:
    'the proof does not show that one checkpoint continues the other: fetch both again, and if it fails again, keep both signed checkpoints as evidence',
};

/** Bytes that are no receipt. */
export interface BadReceipt {
  readonly _tag: 'BadReceipt';
  readonly message: string;
}

export const badReceipt = (why: string): BadReceipt => ({ _tag: 'BadReceipt', message: `not a receipt: ${why}` });

/** Bytes that are no leaf of a log, or not one in the form of its version. */
export interface BadLeaf {
  readonly _tag: 'BadLeaf';
  readonly message: string;
}

export const badLeaf = (why: string): BadLeaf => ({ _tag: 'BadLeaf', message: `not a leaf of the log: ${why}` });

/** The leaf is in the log, but says something else than what was asked or answered. */
export interface WrongLeaf {
  readonly _tag: 'WrongLeaf';
  readonly message: string;
  /** The first field that differs. Its values are in neither the message nor the error. */
  readonly field: string;
}

export const wrongLeaf = (field: string): WrongLeaf => ({
  _tag: 'WrongLeaf',
  field,
  message: `the leaf's "${field}" is another than that of the request or its answer: the holder logged something else; keep the receipt as evidence`,
});

/** Two signed checkpoints of the same size with different roots: the holder shows different logs. Both notes together are evidence that anybody can check. */
export interface LogForked {
  readonly _tag: 'LogForked';
  readonly message: string;
  /** The size at which the two differ. */
  readonly size: number;
}

export const logForked = (size: number): LogForked => ({
  _tag: 'LogForked',
  size,
  message: `the holder signed two different logs of ${size} entries: keep both checkpoints, they prove it`,
});

/** The log is shorter than it once was: entries are gone, or the holder runs on an old backup. */
export interface LogRolledBack {
  readonly _tag: 'LogRolledBack';
  readonly message: string;
  /** Entries in the checkpoint that was seen. */
  readonly seen: number;
  /** Entries now. */
  readonly size: number;
}

export const logRolledBack = ({ seen, size }: { readonly seen: number; readonly size: number }): LogRolledBack => ({
  _tag: 'LogRolledBack',
  seen,
  size,
  message: `the log has ${size} entries, but a checkpoint over ${seen} was seen: it lost entries, e.g. by an old backup`,
});

/** What is stored is not the log that was written. Nothing is appended to it, and no proof is made from it. */
export interface LogBroken {
  readonly _tag: 'LogBroken';
  readonly message: string;
  /** Where: the entry, from 0, at which what is stored stops being right. */
  readonly index: number;
}

export const logBroken = (index: number, what: string): LogBroken => ({
  _tag: 'LogBroken',
  index,
  message: `the stored log is damaged at entry ${index}: ${what}; restore it from a backup that is no older than the last checkpoint given out`,
});

/** Asked for an entry or a size that the log does not have. */
export interface NotInLog {
  readonly _tag: 'NotInLog';
  readonly message: string;
  /** Entries in the log. */
  readonly size: number;
}

export const notInLog = (size: number): NotInLog => ({
  _tag: 'NotInLog',
  size,
  message: `the log has ${size} entries: ask for whole numbers within it, the smaller before the larger`,
});

/** The exported entries are not those of the signed checkpoint. */
export interface BadExport {
  readonly _tag: 'BadExport';
  readonly message: string;
  /** The entries before it agree with the checkpoints given; the fault is at it or after it. */
  readonly index: number;
}

export const badExport = (index: number, what: string): BadExport => ({
  _tag: 'BadExport',
  index,
  message: `the exported log is not what its holder signed, from entry ${index} on: ${what}`,
});
