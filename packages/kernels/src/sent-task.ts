import type { CurveOperation, CurveTask } from './curve-task.ts';

/** A task as it travels to a thread: copies of its arrays, and messages packed into one array, since a thousand small ones take longer to send than to hash. */
export interface SentTask {
  readonly operation: CurveOperation;
  readonly args: readonly unknown[];
}

/** Messages behind each other, and where each of them ends. */
class PackedMessages {
  readonly packed: Uint8Array<ArrayBuffer>;
  readonly ends: Uint32Array<ArrayBuffer>;

  constructor(messages: readonly Uint8Array[]) {
    this.ends = new Uint32Array(messages.length);
    let end = 0;
    for (const [i, { length }] of messages.entries()) this.ends[i] = end += length;
    this.packed = new Uint8Array(end);
    for (const [i, message] of messages.entries()) this.packed.set(message, this.ends[i]! - message.length);
  }
}

/** A class does not survive the way to a thread; its fields do. */
const isPacked = (arg: unknown): arg is PackedMessages => typeof arg === 'object' && arg !== null && 'ends' in arg;

const unpack = ({ packed, ends }: PackedMessages): Uint8Array[] =>
  Array.from(ends, (end, i) => packed.subarray(i === 0 ? 0 : ends[i - 1], end));

/**
 * What to post, and the buffers to move with it. A view of the caller's would take the whole buffer behind it along, and a copy that stays here would leave
 * scalars lying about: so copies are made, and moved.
 */
export const sendTask = ({ operation, args }: CurveTask): { readonly sent: SentTask; readonly transferList: ArrayBuffer[] } => {
  const transferList: ArrayBuffer[] = [];
  const copies = args.map((arg: unknown) => {
    if (Array.isArray(arg)) {
      const messages = new PackedMessages(arg);
      transferList.push(messages.packed.buffer, messages.ends.buffer);
      return messages;
    }
    if (!(arg instanceof Uint8Array || arg instanceof Uint32Array)) return arg;
    const copy = new (arg instanceof Uint8Array ? Uint8Array : Uint32Array)(arg);
    transferList.push(copy.buffer);
    return copy;
  });
  return { sent: { operation, args: copies }, transferList };
};

/** The task again, over the arrays that came. */
export const receiveTask = ({ operation, args }: SentTask): CurveTask =>
  ({ operation, args: args.map((arg) => (isPacked(arg) ? unpack(arg) : arg)) }) as unknown as CurveTask;

/** Overwrites the arrays that came: they are this thread's copies, and some are scalars, values or messages. */
export const wipeTask = ({ args }: SentTask): void => {
  for (const arg of args) {
    const bytes = isPacked(arg) ? arg.packed : arg;
    if (bytes instanceof Uint8Array || bytes instanceof Uint32Array) bytes.fill(0);
  }
};
