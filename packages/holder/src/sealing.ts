import { createMerkleRoot, E, type Either, equalBytes, rowOf } from '@vouchsafe/core';
import { type BadElement, type BadScalar, ELEMENT_BYTES, type Elements, elementAt, type Group } from '@vouchsafe/group';
import {
  type BadKeyProof,
  type BadRows,
  commitJoinKey,
  createTableBuilder,
  deriveHolderKeys,
  type EpochSeeds,
  type HolderKeys,
  type JoinContext,
  jointKeys,
  type KeyCancelled,
  paddedRows,
  planSeal,
  proveKeys,
  rowBytes,
  type SealedTable,
  type SealPlan,
  type Subjects,
  sealRows,
  verifyKeys,
} from '@vouchsafe/join';
import { createSerially } from './serially.ts';

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

/** A step of the setup came out of turn. */
export interface OutOfTurn {
  readonly _tag: 'OutOfTurn';
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
  /** Merkle root over stream 1, 32 bytes. */
  readonly root: Uint8Array;
}

/** The holder's side of sealing one table for one bureau, in four steps that may be repeated after a lost answer. */
export interface Sealing {
  /** n, padding included. */
  readonly rows: number;
  /** The bureau's keys KB, B_1 … B_V as they came, with their proof; ours in return. */
  offer(
    received: Uint8Array,
    proof: Uint8Array,
  ): Promise<Either<BadElement | BadScalar | BadKeyProof | KeyCancelled | OtherKeys | WrongKeyCount, Accepted>>;
  /** Rows [from, from + k) of stream 1. Rows may be asked for again, not skipped. */
  send(from: number, count: number): Promise<Either<OutOfTurn, Elements>>;
  /** The next chunk of stream 2. @returns rows accepted so far */
  accept(from: number, chunk: Uint8Array): Promise<Either<OutOfTurn | BadElement | BadRows, number>>;
  /** Takes the table into use. @param root the bureau's Merkle root over stream 1 */
  finish(root: Uint8Array): Promise<Either<OutOfTurn | BadRows | RootMismatch, Sealed>>;
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
}

/** At most this many rows are made in one step, so that a request never asks for minutes of work. */
export const MAX_CHUNK_ROWS = 1024;

export const createSealing = (
  {
    context,
    seeds,
    subjects,
    slots,
    padTo,
  }: {
    readonly context: JoinContext;
    readonly seeds: EpochSeeds;
    readonly subjects: Subjects;
    readonly slots: number;
    readonly padTo: number;
  },
  group: Group,
): Sealing => {
  const rows = paddedRows(subjects.ids.length, padTo);
  const serially = createSerially();
  const merkle = createMerkleRoot();
  const builder = createTableBuilder({ rows, slots }, group);
  let partner: { readonly offered: Elements; readonly keys: HolderKeys; readonly joint: Elements } | undefined;
  let plan: Promise<SealPlan> | undefined;
  let sent = 0;
  let sealed: Sealed | undefined;

  const offer: Sealing['offer'] = async (received, proof) => {
    if (received.length !== (1 + slots) * ELEMENT_BYTES) return E.left(wrongKeyCount(1 + slots));
    const offered = await verifyKeys({ context, role: 'bureau', received, proof }, group);
    if (E.isLeft(offered)) return offered;
    if (partner && !equalBytes(partner.offered, offered.right)) return E.left(otherKeys);
    const keys = partner?.keys ?? (await deriveHolderKeys({ context, seeds, slots }, group));
    const joint = await jointKeys({ holder: keys.slotKeys, bureau: offered.right.subarray(ELEMENT_BYTES) as Elements }, group);
    if (E.isLeft(joint)) return joint;
    partner ??= { offered: offered.right, keys, joint: joint.right };
    const own = await proveKeys({ context, role: 'holder', publicKeys: keys.slotKeys, secrets: [keys.slotSecrets] }, group);
    const { commitment } = await commitJoinKey(keys, group);
    return E.right({ slotKeys: keys.slotKeys, proof: own, commitment, accepted: builder.accepted });
  };

  const send: Sealing['send'] = async (from, count) => {
    if (!partner) return E.left(outOfTurn('exchange keys before asking for rows'));
    if (from > sent || from >= rows) return E.left(outOfTurn(`rows up to ${sent} of ${rows} were sent so far: go on from there`));
    plan ??= planSeal({ keys: partner.keys, subjects, rows, slots }, group);
    const to = Math.min(rows, from + Math.min(count, MAX_CHUNK_ROWS));
    const chunk = await sealRows({ keys: partner.keys, jointKeys: partner.joint, plan: await plan, from, to }, group);
    for (; sent < to; sent++) merkle.append(rowOf(chunk, rowBytes(slots), sent - from));
    return E.right(chunk);
  };

  const accept: Sealing['accept'] = async (from, chunk) => {
    if (sent < rows) return E.left(outOfTurn(`stream 2 begins when stream 1 is complete: ${sent} of ${rows} rows were sent`));
    if (from !== builder.accepted) return E.left(outOfTurn(`${builder.accepted} rows were accepted so far: go on from there`));
    const accepted = await builder.accept(chunk);
    return E.isLeft(accepted) ? accepted : E.right(builder.accepted);
  };

  const finish: Sealing['finish'] = async (root) => {
    if (!partner) return E.left(outOfTurn('exchange keys first'));
    if (!equalBytes(root, merkle.root())) return E.left(rootMismatch);
    if (sealed) return E.right(sealed);
    const table = builder.finish();
    if (E.isLeft(table)) return table;
    const { keys, offered } = partner;
    sealed = {
      keys,
      joinKey: elementAt(offered, 0),
      bureauKeys: offered.subarray(ELEMENT_BYTES) as Elements,
      table: table.right,
      root: merkle.root(),
    };
    // The plain values are needed no more.
    (await plan)?.values.fill(0);
    plan = undefined;
    return E.right(sealed);
  };

  return {
    rows,
    // One step at a time: two chunks at once would both see the same place in the stream.
    offer: (received, proof) => serially(() => offer(received, proof)),
    send: (from, count) => serially(() => send(from, count)),
    accept: (from, chunk) => serially(() => accept(from, chunk)),
    finish: (root) => serially(() => finish(root)),
    get sealed() {
      return sealed;
    },
  };
};

const outOfTurn = (message: string): OutOfTurn => ({ _tag: 'OutOfTurn', message });

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
