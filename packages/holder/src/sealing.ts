import { setImmediate } from 'node:timers/promises';
import type { SealLeaf } from '@vouchsafe/audit';
import { concatBytes, createMerkleRoot, createSerially, E, type Either, equalBytes, rowOf } from '@vouchsafe/core';
import { type BadElement, type BadScalar, ELEMENT_BYTES, type Elements, elementAt, type Group } from '@vouchsafe/group';
import {
  type BadKeyProof,
  type BadProofChunk,
  type BadRows,
  type BadShuffle,
  badShuffle,
  checkComplete,
  commitJoinKey,
  type HolderKeys,
  hashSealKeys,
  jointKeys,
  type KeyCancelled,
  proveKeys,
  type ReceivedRows,
  receiveRows,
  rowBytes,
  type SealedTable,
  sealRows,
  verificationSteps,
  verifyKeys,
} from '@vouchsafe/join';
import { createInOrder } from './in-order.ts';
import { type OutOfTurn, outOfTurn } from './out-of-turn.ts';
import { createProofIntake, type ProofIntake, type Verified } from './proof-intake.ts';
import type { LogIdentity, RowLedger, TableState, TableStore } from './store/index.ts';

/** The bureau came back with other keys in the same epoch: rows are never sealed twice under one join scalar. */
export interface OtherKeys {
  readonly _tag: 'OtherKeys';
  readonly message: string;
}

/** The bureau sent another number of public keys than KB and one a slot. */
export interface WrongKeyCount {
  readonly _tag: 'WrongKeyCount';
  readonly message: string;
}

/** The two sides saw different rows. The table is not taken into use. */
export interface RootMismatch {
  readonly _tag: 'RootMismatch';
  readonly message: string;
}

/** A table in use, with the keys that belong to it. */
export interface Sealed {
  readonly keys: HolderKeys;
  /** KB, 32 bytes. */
  readonly joinKey: Elements;
  /** B_j, V × 32 bytes. */
  readonly bureauKeys: Elements;
  readonly table: SealedTable;
  /** What its rows have spent. */
  readonly ledger: RowLedger;
  /** Merkle root over stream 1, 32 bytes. */
  readonly root: Uint8Array;
  /** The receipt of the log entry about the table. */
  readonly receipt: Uint8Array;
}

/** Why a proof is not taken, or a table not taken into use. */
export type ProofFault = OutOfTurn | BadRows | BadShuffle | RootMismatch;

/** What the log says about a step of the sealing. */
export type SealFacts = Pick<SealLeaf, 'stage' | 'rows' | 'root' | 'commitment' | 'keys' | 'proof'>;

/** The holder's side of sealing one table for one bureau, in steps that may be repeated after a lost answer, and go on after a restart. */
export interface Sealing {
  /** n, padding included. */
  readonly rows: number;
  /** The bureau's keys KB, B_1 … B_V as they came, with their proof; ours in return. */
  offer(
    received: Uint8Array,
    proof: Uint8Array,
  ): Promise<Either<BadElement | BadScalar | BadKeyProof | KeyCancelled | OtherKeys | WrongKeyCount, Accepted>>;
  /** Rows [from, from + k) of stream 1, at most {@link MAX_CHUNK_ROWS}. Rows may be asked for again, not skipped. */
  send(from: number, count: number): Promise<Either<OutOfTurn, Elements>>;
  /** The next chunk of stream 2. @returns rows accepted so far */
  accept(from: number, chunk: Uint8Array): Promise<Either<OutOfTurn | BadElement | BadRows, number>>;
  /** The next chunk of the shuffle proof, once stream 2 is complete. @returns chunks that are in */
  prove(chunk: number, bytes: Uint8Array): Promise<Either<ProofFault | BadElement | BadScalar | BadProofChunk, number>>;
  /** Verifies the proof for about a second. A proof that fails ends the epoch for this bureau. @param root the bureau's Merkle root over stream 1 */
  verify(root: Uint8Array): Promise<Either<ProofFault, Verified>>;
  /** Takes the table into use, once its proof is verified. @param root the bureau's Merkle root over stream 1 */
  finish(root: Uint8Array): Promise<Either<ProofFault, Sealed>>;
  /** The table, once it is in use. */
  readonly sealed: Sealed | undefined;
}

/** Our half of the key exchange. */
export interface Accepted {
  /** H_j, V × 32 bytes. */
  readonly slotKeys: Elements;
  readonly proof: Uint8Array;
  readonly commitment: Uint8Array;
  readonly accepted: number;
  /** Chunks of the shuffle proof that are in. */
  readonly proven: number;
}

/** At most this many rows are made in one step, so that a request never asks for minutes of work. */
export const MAX_CHUNK_ROWS = 1024;

/** What the two sides agreed on. */
interface Partner {
  readonly offered: Elements;
  /** PK_j, V × 32 bytes. */
  readonly joint: Elements;
}

/**
 * Opens the sealing of a table whose records are loaded, where the store says it stands.
 * @param record makes the log entry about a step
 */
export const openSealing = async (
  {
    keys,
    store,
    state: opened,
    entryOf,
    log,
  }: {
    readonly keys: HolderKeys;
    readonly store: TableStore;
    readonly state: TableState;
    readonly entryOf: (facts: SealFacts) => Uint8Array;
    readonly log: LogIdentity;
  },
  group: Group,
): Promise<Sealing> => {
  const { rows } = opened;
  const { context, slotKeys } = keys;
  const slots = slotKeys.length / ELEMENT_BYTES;
  const { commitment } = await commitJoinKey(keys, group);
  const merkle = createMerkleRoot(opened.sent);
  const inOrder = createInOrder();
  const serially = createSerially();
  let sent = opened.sent.size;
  let durable = sent;
  let place = opened.accepted;
  let partner = opened.bureauKeys ? await partnerOf(opened.bureauKeys) : undefined;
  let root = opened.root;
  let refused: BadShuffle | RootMismatch | undefined =
    opened.stage === 'refused' ? (opened.failed ? badShuffle(opened.failed) : rootMismatch) : undefined;
  let intake: ProofIntake | undefined;
  // P and leaf hash of the rows that are in the tree and not yet on disk.
  const fixed: Uint8Array[] = [];
  let sealed = opened.stage === 'sealed' ? sealedWith(opened.receipt!) : undefined;

  async function partnerOf(offered: Elements): Promise<Partner> {
    const joint = await jointKeys({ holder: slotKeys, bureau: offered.subarray(ELEMENT_BYTES) as Elements }, group);
    if (E.isLeft(joint)) throw new RangeError('keys that were accepted once cancel out');
    return { offered, joint: joint.right };
  }

  function sealedWith(receipt: Uint8Array): Sealed {
    const { offered } = partner!;
    const bureauKeys = offered.subarray(ELEMENT_BYTES) as Elements;
    return { keys, joinKey: elementAt(offered, 0), bureauKeys, table: store.table, ledger: store.ledger, root: root!, receipt };
  }

  /** What every leaf about this table says. */
  const facts = (whole: Uint8Array): Omit<SealFacts, 'stage'> => ({
    rows,
    root: whole,
    commitment,
    keys: hashSealKeys(context, { bureau: partner!.offered, holder: slotKeys }),
  });

  const offer: Sealing['offer'] = async (received, proof) => {
    if (received.length !== (1 + slots) * ELEMENT_BYTES) return E.left(wrongKeyCount(1 + slots));
    const offered = await verifyKeys({ context, role: 'bureau', received, proof }, group);
    if (E.isLeft(offered)) return offered;
    if (partner && !equalBytes(partner.offered, offered.right)) return E.left(otherKeys);
    const joint = await jointKeys({ holder: slotKeys, bureau: offered.right.subarray(ELEMENT_BYTES) as Elements }, group);
    if (E.isLeft(joint)) return joint;
    if (!partner) {
      await store.exchange({ bureau: offered.right, holder: slotKeys });
      partner = { offered: offered.right, joint: joint.right };
    }
    const own = await proveKeys({ context, role: 'holder', publicKeys: slotKeys, secrets: [keys.slotSecrets] }, group);
    return E.right({ slotKeys, proof: own, commitment, accepted: place.taken, proven: intake?.proven ?? opened.proven });
  };

  const send: Sealing['send'] = async (from, count) => {
    if (!partner) return E.left(outOfTurn('exchange keys before asking for rows'));
    const turn = from < rows && (await inOrder.until(() => from <= sent));
    if (!turn) return E.left(outOfTurn(`rows up to ${sent} of ${rows} were sent so far: go on from there`));
    const to = Math.min(rows, from + Math.min(count, MAX_CHUNK_ROWS));
    // Reserved, so that the next chunk is made while this one is. What became of it is settled below.
    const reserved = sent;
    sent = Math.max(sent, to);
    inOrder.wake();
    try {
      const plain = await store.plainRows(from, to - from);
      const chunk = await sealRows({ keys, jointKeys: partner.joint, rows: plain }, group);
      plain.values.fill(0);
      if (to > reserved) await settle(from, chunk);
      else await inOrder.until(() => durable >= to);
      return E.right(chunk);
    } catch (error) {
      sent = Math.min(sent, merkle.state().size);
      throw error;
    }
  };

  /** Makes a chunk part of the tree, in its turn, durably: what the bureau has is never more than what the tree covers. */
  const settle = async (from: number, chunk: Elements): Promise<void> => {
    const width = rowBytes(slots);
    await setImmediate();
    const turn = await inOrder.until(() => merkle.state().size >= from);
    if (!turn) throw new Error('a chunk before this one was not made');
    for (let i = merkle.state().size - from; i < chunk.length / width; i++) {
      const row = rowOf(chunk, width, i);
      fixed.push(concatBytes(row.subarray(0, ELEMENT_BYTES), merkle.append(row)));
    }
    const state = merkle.state();
    const unfixed = concatBytes(...fixed);
    inOrder.wake();
    // What was sent is fixed in the log before anything comes back: no row can be changed or added once Q is known.
    const whole = state.size === rows ? merkle.root() : undefined;
    await store.sent(state, unfixed, whole && { root: whole, entry: entryOf({ stage: 'sent', ...facts(whole) }), log });
    root = whole ?? root;
    fixed.splice(0, state.size - durable);
    durable = Math.max(durable, state.size);
    inOrder.wake();
  };

  const accept: Sealing['accept'] = async (from, chunk) => {
    if (root === undefined)
      return E.left(outOfTurn(`stream 2 begins when stream 1 is complete: ${sent} of ${rows} rows were sent`));
    const turn = !refused && !sealed && (await inOrder.until(() => place.taken >= from));
    if (!turn) return E.left(outOfTurn(`${place.taken} rows were accepted so far: go on from there`));
    const checked = await serially(async (): Promise<Either<OutOfTurn | BadElement | BadRows, ReceivedRows>> => {
      if (place.taken !== from) return E.left(outOfTurn(`${place.taken} rows were accepted so far: go on from there`));
      const received = await receiveRows({ place, chunk, slots }, group);
      if (E.isRight(received)) place = received.right.place;
      return received;
    });
    inOrder.wake();
    if (E.isLeft(checked)) return checked;
    // The next chunk is checked while this one is written; they are written in their order.
    await store.accept(checked.right.rows, checked.right.place).catch(async (error) => {
      place = (await store.state())?.accepted ?? opened.accepted;
      throw error;
    });
    return E.right(checked.right.place.taken);
  };

  /** What takes the proof in, once stream 2 is complete. */
  const intakeNow = (): Either<ProofFault, ProofIntake> => {
    if (!partner || root === undefined) return E.left(outOfTurn('both streams come before the proof'));
    if (refused) return E.left(refused);
    const complete = checkComplete(place);
    if (E.isLeft(complete)) return complete;
    const statement = { context, joinKey: elementAt(partner.offered, 0), jointKeys: partner.joint, rows, inputRoot: root };
    intake ??= createProofIntake({ statement, keys, store, proven: opened.proven }, group);
    return E.right(intake);
  };

  const prove: Sealing['prove'] = async (chunk, bytes) => {
    if (sealed) return E.left(outOfTurn('the table is in use already'));
    const own = intakeNow();
    return E.isLeft(own) ? own : own.right.take(chunk, bytes);
  };

  /** The two sides saw different rows: nothing that comes after can be right. */
  const refuseRoot = async (): Promise<Either<RootMismatch, never>> => {
    await store.refuse({ entry: entryOf({ stage: 'refused', ...facts(root!) }), log });
    refused = rootMismatch;
    return E.left(rootMismatch);
  };

  const verify: Sealing['verify'] = async (theirs) => {
    if (sealed) return E.right({ done: verificationSteps(rows), total: verificationSteps(rows) });
    const own = intakeNow();
    if (E.isLeft(own)) return own;
    if (!equalBytes(theirs, root!)) return refuseRoot();
    const verdict = await own.right.verify();
    if (E.isLeft(verdict) && verdict.left._tag === 'BadShuffle') {
      const { check: proof } = verdict.left;
      await store.refuse({ entry: entryOf({ stage: 'refused', proof, ...facts(root!) }), log }, proof);
      // Not before it is durable: a store that cannot write is asked again.
      refused = verdict.left;
    }
    return verdict;
  };

  const finish: Sealing['finish'] = async (theirs) => {
    if (!partner || root === undefined) return E.left(outOfTurn('both streams come before the end'));
    if (sealed) return equalBytes(theirs, sealed.root) ? E.right(sealed) : E.left(rootMismatch);
    if (refused) return E.left(refused);
    if (!equalBytes(theirs, root)) return refuseRoot();
    const complete = checkComplete(place);
    if (E.isLeft(complete)) return complete;
    if (!intake?.verified)
      return E.left(outOfTurn('the shuffle proof is not verified yet: send it, and have it verified, first'));
    sealed = sealedWith(await store.seal({ entry: entryOf({ stage: 'sealed', proof: 'valid', ...facts(root) }), log }));
    return E.right(sealed);
  };

  return {
    rows,
    offer: (received, proof) => serially(() => offer(received, proof)),
    send,
    accept,
    prove: (chunk, bytes) => serially(() => prove(chunk, bytes)),
    verify: (theirs) => serially(() => verify(theirs)),
    finish: (theirs) => serially(() => finish(theirs)),
    get sealed() {
      return sealed;
    },
  };
};

const wrongKeyCount = (expected: number): WrongKeyCount => ({
  _tag: 'WrongKeyCount',
  message: `expected ${expected} public keys, KB and one for each slot of the catalogue: compare the catalogues`,
});

const otherKeys: OtherKeys = {
  _tag: 'OtherKeys',
  message: 'this epoch’s table is sealed under other keys of this bureau: use its stored keys, or wait for the next epoch',
};

const rootMismatch: RootMismatch = {
  _tag: 'RootMismatch',
  message:
    'the Merkle root over the rows differs from ours: some row was changed on its way. The table is not used; seal again in the next epoch',
};
