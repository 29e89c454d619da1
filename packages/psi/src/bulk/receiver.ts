import { concatBytes, createPace, csprng, E, type Either, type Rng } from '@vouchsafe/core';
import { createGroup, type Group } from '@vouchsafe/group';
import type { BulkKernel } from '@vouchsafe/kernels/bulk';
import type { Stream } from './aes.ts';
import { combinations } from './check.ts';
import { parityRows } from './code.ts';
import { derive, sessionId } from './derive.ts';
import { type BulkSetSize, badLuck, badMessage, badSetSize } from './errors.ts';
import { type BulkIds, countIds, distinctIds, padIds } from './ids.ts';
import { borrowKernel, returnKernel } from './kernels.ts';
import { blank, bodyBytes, greeting, groupBytes, hear, NONCE_BYTES, readGreeting, say } from './messages.ts';
import { isMixing, mixingChoices, mixingColumns } from './mixing.ts';
import { type BulkGroup, type BulkParameters, bulkParameters, CHECK_ROWS, MAX_BULK_SET } from './parameters.ts';
import { Party } from './party.ts';
import { type BulkSession, createSession, type Step } from './session.ts';
import { openStreams } from './streams.ts';
import { type KeySender, sentKeys, startKeySender } from './transfer.ts';
import { growTrees } from './trees.ts';

/** What the receiver waits for; in `sending` it goes on by itself. */
export type ReceiverState = 'start' | 'welcome' | 'transfers' | 'sending' | 'challenge' | 'masks' | 'done';

/** One party's part of a bulk match. */
export interface BulkInput {
  readonly ids: BulkIds;
  /** What both parties say the match is about (federation, parties, scheme, purpose): up to 65,535 bytes. Different contexts never match. */
  readonly context: Uint8Array;
  /** The other party's set at most. */
  readonly limit?: number | undefined;
  /** The agreed size: the set is filled up to it. */
  readonly padTo?: number | undefined;
  /** Computes the base transfers; by default a group of its own. */
  readonly group?: Group | undefined;
}

/** A set as a session uses it. @returns the set without duplicates and padded, or why it cannot be used */
export const ownSet = async (
  kernel: BulkKernel,
  { ids, padTo }: BulkInput,
  rng: Rng,
): Promise<Either<BulkSetSize, { readonly ids: BulkIds; readonly numbers: Uint32Array | undefined; readonly real: number }>> => {
  const size = Math.max(countIds(ids), padTo ?? 0);
  if (size < 1 || size > MAX_BULK_SET) return E.left(badSetSize(size, MAX_BULK_SET));
  const distinct = await distinctIds({ kernel, pace: createPace() }, ids, rng);
  return E.right({ ...distinct, real: countIds(distinct.ids), ids: padIds(distinct.ids, padTo ?? 0, rng) });
};

/** Everything of the receiver that a step leaves for the next. */
interface Work {
  readonly party: Party;
  readonly streams: readonly Stream[];
  /** P of all rows, 8 bytes each. */
  readonly store: number;
  readonly parity: number;
  readonly corrections: number;
  next: number;
}

/**
 * Opens the receiver's session: it learns which of its identifiers the sender has, and the sender's number of identifiers. Steps hold the event loop some milliseconds at a time.
 * @returns the session in state `start`, or why the set cannot be used
 * @throws RangeError where the kernel does not run
 */
export const openBulkReceiver = async (
  input: BulkInput,
  rng: Rng = csprng,
): Promise<Either<BulkSetSize, BulkSession<ReceiverState>>> => {
  const kernel = borrowKernel();
  const own = await ownSet(kernel, input, rng);
  if (E.isLeft(own)) {
    returnKernel(kernel);
    return own;
  }
  const { numbers, real } = own.right;
  const { context } = input;
  let ids: BulkIds | undefined = own.right.ids;
  const nx = countIds(ids);
  const group = input.group ?? createGroup();
  const limit = Math.min(input.limit ?? MAX_BULK_SET, MAX_BULK_SET);
  const nonce = rng(NONCE_BYTES);
  let parameters: BulkParameters;
  let sid: Uint8Array;
  let keys: KeySender | undefined;
  let work: Work | undefined;
  let unfinished: BulkGroup | undefined;

  const start: Step<ReceiverState> = async () =>
    E.right({ state: 'welcome', message: say('hello', greeting(nx, derive('commit', nonce))) });

  const welcome: Step<ReceiverState> = async (message) => {
    const read = readGreeting('welcome', message);
    if (E.isLeft(read)) return read;
    const { size: ny, bytes: senderNonce } = read.right;
    if (ny < 1 || ny > limit) return E.left(badSetSize(ny, limit));
    parameters = bulkParameters({ nx, ny });
    sid = sessionId({ context, nx, ny, senderNonce, receiverNonce: nonce });
    if (!isMixing(mixingColumns(mixingChoices(sid, parameters.columns), parameters.columns))) return E.left(badLuck);
    keys = await startKeySender(group, rng);
    return E.right({ state: 'transfers', message: say('open', nonce, keys.B) });
  };

  const transfers: Step<ReceiverState> = async (message) => {
    const pairs = hear('transfers', message, bodyBytes('transfers', parameters));
    if (E.isLeft(pairs)) return pairs;
    const pads = await sentKeys({ group, kernel }, { sid, sender: keys!, pairs: pairs.right });
    if (E.isLeft(pads)) return pads;
    keys!.b.fill(0);
    const trees = growTrees(kernel, { sid, columns: parameters.columns, pads: pads.right }, rng);
    pads.right.fill(0);
    const streams = openStreams(sid, trees.keys);
    const party = new Party(kernel, { parameters, sid, n: nx, numbered: true });
    await party.digest(ids!);
    // The digests stand for them from now on.
    ids = undefined;
    const store = kernel.allocate(8 * parameters.rows);
    const generators = new Uint8Array(64 * 16);
    generators.set(parityRows().subarray(0, 16 * parameters.l));
    const parity = kernel.allocate(8 * 4096);
    kernel.run.tables(kernel.place(generators), 8, parity);
    party.openWork();
    const widest = Math.max(...parameters.groups.map((each) => groupBytes(each, parameters)));
    work = { party, streams, store, parity, corrections: kernel.allocate(widest), next: 0 };
    return E.right({ state: 'sending', message: say('trees', trees.message) });
  };

  /** P of a group: its bins' stores, zeros, and behind the last one the uniform rows that mask the check. @returns false when a store cannot be built */
  const encodeGroup = async ({ party, store }: Work, each: BulkGroup): Promise<boolean> => {
    const { places, dense, binCapacity } = parameters;
    const at = store + 8 * each.firstRow;
    await party.records(each);
    for (let b = 0; b < each.bins; b++) {
      const bin = each.firstBin + b;
      if (party.load(bin) > binCapacity) return false;
      const gap = kernel.run.encode(
        party.recordsOf(bin, each),
        party.load(bin),
        places,
        dense,
        at + 8 * b * (places + dense),
        party.mask,
      );
      if (gap < 0) return false;
      if (party.pace.due()) await party.pace.rest();
    }
    kernel.view(at + 8 * each.bins * (places + dense), 8 * (each.rows - each.bins * (places + dense))).fill(0);
    if (each.firstRow + each.rows === parameters.rows) {
      const masks = kernel.view64(at + 8 * (each.rows - CHECK_ROWS), CHECK_ROWS);
      masks.set(new BigUint64Array(Uint8Array.from(rng(8 * CHECK_ROWS)).buffer).map((x) => x & party.mask));
    }
    return true;
  };

  /** What the sender does not wait for: rows of the group that was sent, and the masks of its elements. */
  const finishGroup = async ({ party }: Work): Promise<void> => {
    if (unfinished === undefined) return;
    await party.mix(unfinished);
    await party.evaluate(unfinished, 0);
    unfinished = undefined;
  };

  const sending: Step<ReceiverState> = async () => {
    const own = work!;
    await finishGroup(own);
    const each = parameters.groups[own.next++]!;
    if (!(await encodeGroup(own, each))) return E.left(badLuck);
    const { party, streams, corrections } = own;
    const bytes = each.rows / 8;
    for (let i = 0; i < parameters.columns; i++) {
      party.foldColumn(each, { i, streams, u: corrections + i * bytes }, 0);
      if (party.pace.due()) await party.pace.rest();
    }
    const blocks = each.rows / 128;
    const step = 512;
    for (let block = 0; block < blocks; block += step) {
      const values = own.store + 8 * (each.firstRow + 128 * block);
      kernel.run.encodeColumns(values, Math.min(step, blocks - block), own.parity, parameters.l, corrections + 16 * block, bytes);
      if (party.pace.due()) await party.pace.rest();
    }
    const message = blank('group', groupBytes(each, parameters));
    message.set(kernel.view(corrections, message.length - 1), 1);
    unfinished = each;
    return E.right({ state: own.next < parameters.groups.length ? 'sending' : 'challenge', message });
  };

  const challenge: Step<ReceiverState> = async (message) => {
    const seed = hear('challenge', message, bodyBytes('challenge', parameters));
    if (E.isLeft(seed)) return seed;
    const { party, store } = work!;
    await finishGroup(work!);
    const [values, rows] = await combinations(party, {
      sid,
      seed: seed.right,
      rows: parameters.rows,
      of: [
        { at: store, bytes: 8 },
        { at: party.rows, bytes: 16 },
      ],
    });
    return E.right({ state: 'masks', message: say('answer', concatBytes(values!, rows!)) });
  };

  const masks: Step<ReceiverState> = async (message) => {
    const theirs = hear('masks', message, bodyBytes('masks', parameters));
    if (E.isLeft(theirs)) return theirs;
    const { party } = work!;
    const { ny, maskBytes } = parameters;
    party.closeWork();
    const sorted = await party.sorted();
    const rest = maskBytes === 8 ? 0 : maskBytes === 12 ? -1 : 2 ** (8 * (maskBytes - 8)) - 1;
    const found = kernel.allocate(4 * Math.min(nx, ny) + 64);
    const count = kernel.run.join(sorted, nx, kernel.place(theirs.right), ny, maskBytes, rest, found);
    if (count < 0) return E.left(badMessage('order'));
    // All in the kernel's memory: arrays of megabytes would wait for a collection, match after match.
    const marks = kernel.allocate(nx);
    const hits = kernel.view(marks, nx).fill(0);
    const list = kernel.view32(found, count);
    for (const i of list) hits[i] = 1;
    let known = 0;
    for (let i = 0; i < real; i++) if (hits[i] === 1) list[known++] = numbers?.[i] ?? i;
    return E.right({ state: 'done', matches: list.slice(0, known) });
  };

  const steps = { start, welcome, transfers, sending, challenge, masks };
  return E.right(
    createSession<ReceiverState>('start', steps, () => {
      keys?.b.fill(0);
      nonce.fill(0);
      for (const each of work?.streams ?? []) each.end();
      work = undefined;
      returnKernel(kernel);
    }),
  );
};
