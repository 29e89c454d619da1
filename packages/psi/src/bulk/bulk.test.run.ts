import { createHash } from 'node:crypto';
import { concatBytes, E, type Either, equalBytes, type Rng, rowOf, utf8ToBytes } from '@vouchsafe/core';
import { createGroup, type Elements, GENERATOR, type Group, ORDER, type Scalars, toBigint, toScalar } from '@vouchsafe/group';
import type { BulkError } from './errors.ts';
import {
  type BulkIds,
  type BulkSession,
  openBulkReceiver,
  openBulkSender,
  packIds,
  type ReceiverState,
  type SenderState,
} from './index.ts';
import { type BulkMessageName, TAGS } from './messages.ts';

export const right = <A>(result: Either<unknown, A>): A => {
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left));
  return result.right;
};

export const CONTEXT: Uint8Array = utf8ToBytes('a bureau, a lender, a purpose');
export const idsOf = (names: readonly string[]): BulkIds => packIds(names.map((name) => utf8ToBytes(name)));
/** id-from … id-(to − 1). */
export const range = (from: number, to: number): BulkIds => idsOf(Array.from({ length: to - from }, (_, i) => `id-${from + i}`));

const add = (p: Uint8Array, q: Uint8Array, sign: bigint): Uint8Array =>
  toScalar((toBigint(p as Scalars) + sign * toBigint(q as Scalars) + ORDER) % ORDER);
const rows = (count: number, row: (i: number) => Uint8Array): Promise<Elements> =>
  Promise.resolve(concatBytes(...Array.from({ length: count }, (_, i) => row(i))) as Elements);
const at = (packed: Uint8Array, i: number): Scalars => rowOf(packed, 32, i) as Scalars;
const one = toScalar(1);

/**
 * Integers modulo q in the place of the group: the same algebra, no security at all, a hundred times faster. For tests that run the whole protocol hundreds of times; the
 * base transfers have tests of their own over the real group, and so have whole runs.
 */
export const toyGroup: Group = {
  ...createGroup({ backend: 'noble', pool: null }),
  backend: 'toy',
  receive: (received) => Promise.resolve(E.right(received.slice() as Elements)),
  hashToGroup: (messages, dst) =>
    rows(messages.length, (i) => toScalar(BigInt(`0x${createHash('sha512').update(dst).update(messages[i]!).digest('hex')}`))),
  multiplyBase: (base, scalars) =>
    rows(scalars.length / 32, (i) =>
      toScalar((equalBytes(base, GENERATOR) ? toBigint(one) : toBigint(at(base, 0))) * toBigint(at(scalars, i))),
    ),
  multiply: (elements, scalar) => rows(elements.length / 32, (i) => toScalar(toBigint(at(elements, i)) * toBigint(scalar))),
  add: (p, q) => rows(p.length / 32, (i) => add(at(p, i), at(q, i), 1n)),
  subtract: (p, q) => rows(p.length / 32, (i) => add(at(p, i), at(q, i), -1n)),
};

/** One message on its way. */
export interface Sent {
  readonly by: 'receiver' | 'sender';
  readonly name: BulkMessageName;
  readonly message: Uint8Array;
}

/** How a run ended: the receiver's matches, or the error and whose it was; and all that was sent, as it was sent. */
export interface Ended {
  readonly matches?: readonly number[];
  readonly error?: BulkError;
  readonly of?: 'receiver' | 'sender';
  readonly sent: readonly Sent[];
  readonly receiver: BulkSession<ReceiverState>;
  readonly sender: BulkSession<SenderState>;
}

const nameOf = (message: Uint8Array): BulkMessageName =>
  (Object.keys(TAGS) as BulkMessageName[]).find((name) => TAGS[name] === message[0])!;

export interface RunOptions {
  readonly x: BulkIds;
  readonly y: BulkIds;
  readonly group?: Group;
  readonly rng?: Rng;
  readonly padTo?: number;
  readonly contexts?: readonly [Uint8Array, Uint8Array];
  /** Changes a message on its way. */
  readonly tamper?: (sent: Sent) => Uint8Array;
}

/** Both sessions in one process, a message at a time. */
export const runBulk = async ({
  x,
  y,
  group = toyGroup,
  rng,
  padTo,
  contexts = [CONTEXT, CONTEXT],
  tamper = ({ message }) => message,
}: RunOptions): Promise<Ended> => {
  const receiver = right(await openBulkReceiver({ ids: x, context: contexts[0], group, padTo }, rng));
  const sender = right(await openBulkSender({ ids: y, context: contexts[1], group, padTo }, rng));
  const sent: Sent[] = [];
  const carry = (by: Sent['by'], message: Uint8Array): Uint8Array => {
    const sending = { by, name: nameOf(message), message };
    sent.push(sending);
    return tamper(sending);
  };
  const end = (rest: Partial<Ended>): Ended => ({ ...rest, sent, receiver, sender });
  let forReceiver: Uint8Array | undefined;
  for (;;) {
    const turn = await receiver.step(forReceiver);
    if (E.isLeft(turn)) {
      sender.close();
      return end({ error: turn.left, of: 'receiver' });
    }
    if (turn.right.matches !== undefined) return end({ matches: [...turn.right.matches] });
    const answer = await sender.step(carry('receiver', turn.right.message!));
    if (E.isLeft(answer)) {
      receiver.close();
      return end({ error: answer.left, of: 'sender' });
    }
    forReceiver = answer.right.message === undefined ? undefined : carry('sender', answer.right.message);
  }
};
