/** What is wrong with a message of the other party. */
export type BulkFault = 'tag' | 'version' | 'size' | 'commitment' | 'element' | 'value' | 'order';

/** A message that is not what comes next, or not of the size that the parameters say. Nothing of it was used; the session is over. */
export interface BadBulkMessage {
  readonly _tag: 'BadBulkMessage';
  readonly message: string;
  readonly fault: BulkFault;
}

const WHAT: Readonly<Record<BulkFault, string>> = {
  tag: 'is not the one that comes next',
  version: 'is of another version of the protocol: both parties need the same',
  size: 'has not the size that the agreed parameters give',
  commitment: 'opens another commitment than the one that was sent',
  element: 'holds an encoding that is no element of the group or is the identity',
  value: 'holds a value out of its range',
  order: 'holds masks that are not in ascending order',
};

export const badMessage = (fault: BulkFault): BadBulkMessage => ({
  _tag: 'BadBulkMessage',
  fault,
  message: `a message of the bulk match ${WHAT[fault]}; start again with a fresh session`,
});

/** The other party's set, or one's own, is empty or larger than was agreed. */
export interface BulkSetSize {
  readonly _tag: 'BulkSetSize';
  readonly message: string;
  readonly size: number;
  readonly limit: number;
}

export const badSetSize = (size: number, limit: number): BulkSetSize => ({
  _tag: 'BulkSetSize',
  size,
  limit,
  message: `a set of ${size} identifiers cannot be matched in bulk here: it takes 1 to ${limit}`,
});

/** The receiver's answers to the check, or its punctured trees, are not those of an honest one. No mask left; the session's secrets are gone. */
export interface BulkCheckFailed {
  readonly _tag: 'BulkCheckFailed';
  readonly message: string;
}

export const checkFailed: BulkCheckFailed = {
  _tag: 'BulkCheckFailed',
  message: 'the other party’s corrections fail the check: no mask was sent; find out why before another session',
};

/** The store of one's own set cannot be built, or the mixing matrix is degenerate: at most once in 2^40 sessions. Start again with a fresh session. */
export interface BulkBadLuck {
  readonly _tag: 'BulkBadLuck';
  readonly message: string;
}

export const badLuck: BulkBadLuck = {
  _tag: 'BulkBadLuck',
  message: 'the session’s random choices do not work for these sets: start again with a fresh session, never with this one',
};

/** The session ended before: by an error, by its result or by `close`. */
export interface BulkOver {
  readonly _tag: 'BulkOver';
  readonly message: string;
}

export const sessionOver: BulkOver = { _tag: 'BulkOver', message: 'this session is over: open another one' };

/** The thread of the session broke off, e.g. for want of memory. What it held is gone. */
export interface BulkBroken {
  readonly _tag: 'BulkBroken';
  readonly message: string;
}

export const broken: BulkBroken = {
  _tag: 'BulkBroken',
  message: 'the thread of this session broke off, most likely for want of memory: match smaller sets, or give the process more',
};

/** Whatever ends a session of the bulk match. */
export type BulkError = BadBulkMessage | BulkSetSize | BulkCheckFailed | BulkBadLuck | BulkBroken | BulkOver;
