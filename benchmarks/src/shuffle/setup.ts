import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createMerkleRoot, E, rowOf, Secret } from '@vouchsafe/core';
import { type Elements, GENERATOR, type Group, randomScalars } from '@vouchsafe/group';
import {
  type BureauKeys,
  blindRows,
  deriveBureauKeys,
  deriveHolderKeys,
  type HolderKeys,
  jointKeys,
  rowBytes,
  type ShuffleStatement,
  type StreamPlace,
  sealRows,
} from '@vouchsafe/join';
import { seededRng } from '@vouchsafe/testkit';
import { rowsFile } from './rows-file.ts';

const CHUNK = 4096;
const CONTEXT = { federation: 'bench', bureau: 'bureau', holder: 'ant', scheme: 'cn-rid', epoch: 1 };

export interface BenchKeys {
  readonly holder: HolderKeys;
  readonly bureau: BureauKeys;
  readonly joint: Elements;
}

/** The keys of both sides, the same in every process. */
export const benchKeys = async (slots: number, group: Group): Promise<BenchKeys> => {
  const seeds = (party: string) => ({
    join: new Secret(seededRng(`${party} join`)(32)),
    value: new Secret(seededRng(`${party} value`)(32)),
  });
  const holder = await deriveHolderKeys({ context: CONTEXT, seeds: seeds('ant'), slots }, group);
  const bureau = await deriveBureauKeys({ context: CONTEXT, seeds: seeds('bureau'), slots }, group);
  const joint = await jointKeys({ holder: holder.slotKeys, bureau: bureau.slotKeys }, group);
  if (E.isLeft(joint)) throw new Error(joint.left.message);
  return { holder, bureau, joint: joint.right };
};

/** Bytes of a row before it is sealed: P and its values. */
export const plainBytes = (slots: number): number => 32 + 4 * slots;

/** The statement, as the files of {@link makeFiles} have it. */
export const readStatement = async (folder: string, { bureau, joint }: BenchKeys): Promise<ShuffleStatement> => {
  const { rows, root } = JSON.parse(await readFile(join(folder, 'statement.json'), 'utf8')) as { rows: number; root: string };
  const inputRoot = new Uint8Array(Buffer.from(root, 'hex'));
  return { context: CONTEXT, joinKey: bureau.joinKey, jointKeys: joint, rows, inputRoot };
};

/** A setup up to the end of stream 2, in files: what the holder knows of stream 1, stream 2, and what the bureau knows of it. */
export const makeFiles = async (folder: string, rows: number, slots: number, group: Group): Promise<void> => {
  const keys = await benchKeys(slots, group);
  const width = rowBytes(slots);
  const rng = seededRng('shuffle');
  const pseudonyms = sorted(await group.multiplyBase(GENERATOR, randomScalars(rows, rng)));
  const plain = await rowsFile(folder, 'plain', plainBytes(slots), 'w');
  const blinded = await rowsFile(folder, 'blinded', width + 32, 'w');
  const tree = createMerkleRoot();
  const q = new Uint8Array(rows * 32);
  let place: StreamPlace = { rows, taken: 0 };
  for (let from = 0; from < rows; from += CHUNK) {
    const own = pseudonyms.subarray(from * 32, (from + CHUNK) * 32) as Elements;
    const count = own.length / 32;
    const values = new Uint32Array(count * slots).map((_, i) => (from + i) % 1000);
    const chunk = await sealRows({ keys: keys.holder, jointKeys: keys.joint, rows: { pseudonyms: own, values } }, group);
    const made = await blindRows({ keys: keys.bureau, jointKeys: keys.joint, place, chunk }, group);
    if (E.isLeft(made)) throw new Error(made.left.message);
    place = made.right.place;
    const bytes = new Uint8Array(values.buffer);
    const [packedPlain, packedBlinded] = [new Uint8Array(count * plainBytes(slots)), new Uint8Array(count * (width + 32))];
    for (let i = 0; i < count; i++) {
      tree.append(rowOf(chunk, width, i));
      packedPlain.set(rowOf(own, 32, i), i * plainBytes(slots));
      packedPlain.set(rowOf(bytes, 4 * slots, i), i * plainBytes(slots) + 32);
      packedBlinded.set(rowOf(made.right.rows, width, i), i * (width + 32));
      packedBlinded.set(rowOf(made.right.randomness, 32, i), i * (width + 32) + width);
      q.set(made.right.rows.subarray(i * width, i * width + 32), (from + i) * 32);
    }
    await plain.append(packedPlain);
    await blinded.append(packedBlinded);
  }
  await Promise.all([plain.close(), blinded.close()]);
  const order = Uint32Array.from({ length: rows }, (_, i) => i).sort((i, j) => Buffer.compare(rowOf(q, 32, i), rowOf(q, 32, j)));
  const from = await rowsFile(folder, 'blinded', width + 32, 'r');
  const to = await rowsFile(folder, 'outputs', width + 32, 'w');
  for (let at = 0; at < rows; at += CHUNK) {
    const parts = await Promise.all(Array.from(order.subarray(at, at + CHUNK), (i) => from.read(i, 1)));
    await to.append(Buffer.concat(parts));
  }
  await Promise.all([from.close(), to.close()]);
  await writeFile(join(folder, 'permutation'), new Uint8Array(order.buffer));
  await writeFile(join(folder, 'statement.json'), JSON.stringify({ rows, root: Buffer.from(tree.root()).toString('hex') }));
};

const sorted = (elements: Elements): Elements => {
  const rows = Array.from({ length: elements.length / 32 }, (_, i) => rowOf(elements, 32, i)).sort(Buffer.compare);
  const out = new Uint8Array(elements.length);
  for (const [i, row] of rows.entries()) out.set(row, i * 32);
  return out as Elements;
};
