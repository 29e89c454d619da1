import { csprng, E, type Either, equalBytes, type Rng } from '@vouchsafe/core';
import { createGroup } from '@vouchsafe/group';
import type { Stream } from './aes.ts';
import { combinations } from './check.ts';
import { derive, sessionId } from './derive.ts';
import { type BulkSetSize, badLuck, badMessage, badSetSize, checkFailed } from './errors.ts';
import { type BulkIds, countIds } from './ids.ts';
import { borrowKernel, returnKernel } from './kernels.ts';
import {
  ANSWER_VALUES,
  blank,
  bodyBytes,
  greeting,
  groupBytes,
  hear,
  NONCE_BYTES,
  readGreeting,
  SEED_BYTES,
  say,
} from './messages.ts';
import { deltaGenerators, isMixing, mixingChoices, mixingColumns } from './mixing.ts';
import { type BulkParameters, bulkParameters, CHECK_ROWS, FIELD_BITS, MAX_BULK_SET } from './parameters.ts';
import { Party } from './party.ts';
import { type BulkInput, ownSet } from './receiver.ts';
import { type BulkSession, createSession, type Step } from './session.ts';
import { openStreams } from './streams.ts';
import { type Chooser, chosenKeys, startChooser } from './transfer.ts';
import { receiveTrees, treeChoices } from './trees.ts';

/** What the sender waits for. */
export type SenderState = 'hello' | 'open' | 'trees' | 'group' | 'answer' | 'done';

interface Work {
  readonly party: Party;
  readonly streams: readonly Stream[];
  /** Tables of L_Δ. */
  readonly tables: number;
  readonly correction: number;
  readonly honest: boolean;
  next: number;
}

/**
 * Opens the sender's session: it learns the receiver's number of identifiers, and nothing else. Masks leave in the last message, after the checks.
 * @param input `limit`: the receiver's identifiers at most; what a deviating one can bind is `bulkParameters(…).bound`
 * @returns the session in state `hello`, or why the set cannot be used
 * @throws RangeError where the kernel does not run
 */
export const openBulkSender = async (
  input: BulkInput,
  rng: Rng = csprng,
): Promise<Either<BulkSetSize, BulkSession<SenderState>>> => {
  const kernel = borrowKernel();
  const own = await ownSet(kernel, input, rng);
  if (E.isLeft(own)) {
    returnKernel(kernel);
    return own;
  }
  const { context } = input;
  let ids: BulkIds | undefined = own.right.ids;
  const ny = countIds(ids);
  const group = input.group ?? createGroup();
  const limit = Math.min(input.limit ?? MAX_BULK_SET, MAX_BULK_SET);
  const nonce = rng(NONCE_BYTES);
  const seed = rng(SEED_BYTES);
  let parameters: BulkParameters;
  let commitment: Uint8Array;
  let sid: Uint8Array;
  let delta: Uint8Array = new Uint8Array(0);
  let chooser: Chooser | undefined;
  let keys: Uint8Array = new Uint8Array(0);
  let work: Work | undefined;

  const hello: Step<SenderState> = async (message) => {
    const read = readGreeting('hello', message);
    if (E.isLeft(read)) return read;
    const { size: nx, bytes } = read.right;
    if (nx < 1 || nx > limit) return E.left(badSetSize(nx, limit));
    commitment = bytes;
    parameters = bulkParameters({ nx, ny });
    return E.right({ state: 'open', message: say('welcome', greeting(ny, nonce)) });
  };

  const open: Step<SenderState> = async (message) => {
    const body = hear('open', message, bodyBytes('open', parameters));
    if (E.isLeft(body)) return body;
    const receiverNonce = body.right.slice(0, NONCE_BYTES);
    if (!equalBytes(derive('commit', receiverNonce), commitment)) return E.left(badMessage('commitment'));
    const B = await group.receive(body.right.subarray(NONCE_BYTES));
    if (E.isLeft(B)) return E.left(badMessage('element'));
    sid = sessionId({ context, nx: parameters.nx, ny, senderNonce: nonce, receiverNonce });
    if (!isMixing(mixingColumns(mixingChoices(sid, parameters.columns), parameters.columns))) return E.left(badLuck);
    delta = rng(parameters.columns).map((x) => x & 15);
    chooser = await startChooser(group, { sid, choices: treeChoices(delta) }, rng);
    keys = await chosenKeys({ group, kernel }, { sid, B: B.right, chooser });
    return E.right({ state: 'trees', message: say('transfers', chooser.pairs) });
  };

  const trees: Step<SenderState> = async (message) => {
    const body = hear('trees', message, bodyBytes('trees', parameters));
    if (E.isLeft(body)) return body;
    const received = receiveTrees(kernel, { sid, delta, chosen: keys, message: body.right });
    const streams = openStreams(sid, received.keys, delta);
    const party = new Party(kernel, { parameters, sid, n: ny, numbered: false });
    await party.digest(ids!);
    ids = undefined;
    const { columns, l } = parameters;
    const tables = kernel.allocate(8 * 4096);
    const generators = deltaGenerators(mixingColumns(mixingChoices(sid, columns), columns), delta, l);
    kernel.run.tables(kernel.place(generators), 8, tables);
    generators.fill(0);
    party.openWork();
    const widest = Math.max(...parameters.groups.map(({ rows }) => rows / 8));
    // u of a column, which is of no use here, then the receiver's correction.
    work = { party, streams, tables, correction: kernel.allocate(2 * widest), honest: received.honest, next: 0 };
    return E.right({ state: 'group' });
  };

  const corrections: Step<SenderState> = async (message) => {
    const { party, streams, tables, correction, next } = work!;
    const each = parameters.groups[next]!;
    const body = hear('group', message, groupBytes(each, parameters));
    if (E.isLeft(body)) return body;
    work!.next++;
    const bytes = each.rows / 8;
    for (let i = 0; i < parameters.columns; i++) {
      party.foldColumn(each, { i, streams, u: correction }, 1);
      kernel.bytes.set(body.right.subarray(i * bytes, (i + 1) * bytes), correction);
      for (let b = 0; b < FIELD_BITS; b++) kernel.run.xorMasked(party.columnAt(i, b), correction, bytes, -((delta[i]! >> b) & 1));
      if (party.pace.due()) await party.pace.rest();
    }
    await party.mix(each);
    await party.records(each);
    await party.evaluate(each, tables);
    if (work!.next < parameters.groups.length) return E.right({ state: 'group' });
    return E.right({ state: 'answer', message: say('challenge', seed) });
  };

  /** Σ r·K = ṽ ⊕ L_Δ(p̃) for all 64 combinations? */
  const passes = async (answer: Uint8Array): Promise<boolean> => {
    const { party, tables } = work!;
    const of = [{ at: party.rows, bytes: 16 }] as const;
    const [sums] = await combinations(party, { sid, seed, rows: parameters.rows, of });
    const mark = kernel.mark;
    const mapped = kernel.allocate(16 * CHECK_ROWS);
    kernel.run.map(kernel.place(answer.subarray(0, ANSWER_VALUES)), CHECK_ROWS, tables, mapped);
    kernel.run.xorInto(mapped, kernel.place(answer.subarray(ANSWER_VALUES)), 16 * CHECK_ROWS);
    const expected = kernel.view(mapped, 16 * CHECK_ROWS).slice();
    kernel.release(mark);
    return equalBytes(expected, sums!);
  };

  const answer: Step<SenderState> = async (message) => {
    const body = hear('answer', message, bodyBytes('answer', parameters));
    if (E.isLeft(body)) return body;
    const { party, honest } = work!;
    const values = body.right.slice(0, ANSWER_VALUES);
    if (new BigUint64Array(values.buffer).some((x) => x > party.mask)) return E.left(badMessage('value'));
    const passed = await passes(body.right);
    if (!passed || !honest) return E.left(checkFailed);
    party.closeWork();
    const sorted = await party.sorted();
    const { maskBytes } = parameters;
    const packed = kernel.allocate(maskBytes * ny + 64);
    kernel.run.pack(sorted, ny, packed, maskBytes);
    const masks = blank('masks', maskBytes * ny);
    masks.set(kernel.view(packed, maskBytes * ny), 1);
    return E.right({ state: 'done', message: masks });
  };

  return E.right(
    createSession<SenderState>('hello', { hello, open, trees, group: corrections, answer }, () => {
      delta.fill(0);
      keys.fill(0);
      chooser?.scalars.fill(0);
      chooser?.choices.fill(0);
      for (const each of work?.streams ?? []) each.end();
      work = undefined;
      returnKernel(kernel);
    }),
  );
};
