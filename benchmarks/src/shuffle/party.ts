import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { E } from '@vouchsafe/core';
import { createGroup, type Elements, type Scalars } from '@vouchsafe/group';
import {
  entryBytes,
  proveShuffle,
  rowBytes,
  SHUFFLE_PARTS,
  type ShufflePart,
  sumsOfOwnRows,
  verifyShuffle,
} from '@vouchsafe/join';
import { watchMemory } from '../seal/metered.ts';
import { type RowsFile, rowsFile } from './rows-file.ts';
import { benchKeys, makeFiles, plainBytes, readStatement } from './setup.ts';

/** One side of the shuffle proof in a process of its own: `party.js make|prove|verify FOLDER ROWS SLOTS`. Sends what it measured to its parent. */
const [role, folder, rowsText, slotsText] = process.argv.slice(2) as [string, string, string, string];
const [rows, slots] = [Number(rowsText), Number(slotsText)];
const group = createGroup();
const memory = watchMemory();
const width = rowBytes(slots);

const files = async (flags: 'r' | 'w'): Promise<Readonly<Record<ShufflePart, RowsFile>>> =>
  Object.fromEntries(
    await Promise.all(SHUFFLE_PARTS.map(async (part) => [part, await rowsFile(folder, part, entryBytes(part, slots), flags)])),
  );

/** Rows of stream 2 with their randomness behind them, taken apart. */
const outputs = async (): Promise<(from: number, count: number) => Promise<{ rows: Elements; randomness: Scalars }>> => {
  const file = await rowsFile(folder, 'outputs', width + 32, 'r');
  return async (from, count) => {
    const packed = await file.read(from, count);
    const [own, randomness] = [new Uint8Array(count * width), new Uint8Array(count * 32)];
    for (let i = 0; i < count; i++) {
      own.set(packed.subarray(i * (width + 32), i * (width + 32) + width), i * width);
      randomness.set(packed.subarray(i * (width + 32) + width, (i + 1) * (width + 32)), i * 32);
    }
    return { rows: own as Elements, randomness: randomness as Scalars };
  };
};

const prove = async (): Promise<number> => {
  const keys = await benchKeys(slots, group);
  const statement = await readStatement(folder, keys);
  const permutation = new Uint32Array(new Uint8Array(await readFile(join(folder, 'permutation'))).buffer);
  const { joinScalar, seed } = keys.bureau;
  const witness = { joinScalar, seed, permutation, made: await outputs() };
  const parts = await files('w');
  let bytes = 0;
  for await (const chunk of proveShuffle({ statement, witness }, group)) {
    await parts[chunk.place.part].append(chunk.bytes);
    bytes += chunk.bytes.length;
  }
  return bytes;
};

const verify = async (): Promise<void> => {
  const keys = await benchKeys(slots, group);
  const statement = await readStatement(folder, keys);
  const parts = await files('r');
  const rowsOf = await outputs();
  const plainFile = await rowsFile(folder, 'plain', plainBytes(slots), 'r');
  const inputs = sumsOfOwnRows(
    {
      keys: keys.holder,
      jointKeys: keys.joint,
      plain: async (from, count) => {
        const packed = await plainFile.read(from, count);
        const [pseudonyms, values] = [new Uint8Array(count * 32), new Uint8Array(count * 4 * slots)];
        for (let i = 0; i < count; i++) {
          const row = packed.subarray(i * plainBytes(slots), (i + 1) * plainBytes(slots));
          pseudonyms.set(row.subarray(0, 32), i * 32);
          values.set(row.subarray(32), i * 4 * slots);
        }
        return { pseudonyms: pseudonyms as Elements, values: new Uint32Array(values.buffer) };
      },
    },
    group,
  );
  const evidence = {
    outputs: async (from: number, count: number) => (await rowsOf(from, count)).rows,
    proof: (part: ShufflePart, from: number, count: number) => parts[part].read(from, count),
    inputs,
  };
  const steps = verifyShuffle({ statement, evidence }, group);
  for (;;) {
    const step = await steps.next();
    if (!step.done) continue;
    if (E.isLeft(step.value)) throw new Error(step.value.left.message);
    return;
  }
};

const start = performance.now();
const bytes = role === 'make' ? await makeFiles(folder, rows, slots, group) : role === 'prove' ? await prove() : await verify();
const seconds = (performance.now() - start) / 1000;
process.send!({ seconds, bytes: bytes ?? 0, rss: memory.peak(), backend: group.backend });
process.disconnect();
