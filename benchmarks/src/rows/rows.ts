import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSigner, csprng, rational, Secret, utf8ToBytes } from '@vouchsafe/core';
import { createGroup, ELEMENT_BYTES, type Elements, GENERATOR, randomScalars } from '@vouchsafe/group';
import { createHolderStore, type HolderStore, type PricedTable, type TableStore } from '@vouchsafe/holder';
import { openStore } from '@vouchsafe/store-lmdb';
import type { Case } from '../report.ts';
import { median } from '../rounds.ts';
import { unwrap } from '../turns/in-process.ts';

const ID = { bureau: 'bureau', scheme: 'cn-rid', epoch: 1 };
const CHUNK = 8192;
const COHORTS = [100, 1000, 10_000];

/** Keys that rise: a row's number, spread over the range of all keys. */
const keyOf = (row: number, rows: number): Uint8Array => {
  const key = new Uint8Array(ELEMENT_BYTES);
  const view = new DataView(key.buffer);
  view.setUint32(0, Math.floor((row / rows) * 2 ** 32));
  view.setUint32(4, row);
  return key;
};

/** A table as a sealing leaves it, whose rows all hold the same few elements. @param width elements behind a key */
const fill = async (table: TableStore, { rows, width }: { readonly rows: number; readonly width: number }): Promise<void> => {
  const elements = await createGroup().multiplyBase(GENERATOR, randomScalars(width));
  await table.begin();
  for (let from = 0; from < rows; from += CHUNK) {
    const keys = Array.from({ length: Math.min(CHUNK, rows - from) }, (_, i) => keyOf(from + i, rows));
    const packed = new Uint8Array(Buffer.concat(keys)) as Elements;
    await table.add(
      { pseudonyms: packed, values: new Uint32Array(keys.length * (width - 1)) },
      keys.map((_, i) => from + i),
    );
  }
  await table.complete(async () => ({ pseudonyms: new Uint8Array(0) as Elements, values: new Uint32Array(0) }));
  for (let from = 0; from < rows; from += CHUNK) {
    const keys = Array.from({ length: Math.min(CHUNK, rows - from) }, (_, i) => keyOf(from + i, rows));
    const packed = new Uint8Array(Buffer.concat(keys.flatMap((key) => [key, elements]))) as Elements;
    await table.accept(packed, { rows, taken: from + keys.length, last: keys.at(-1)! });
  }
};

/**
 * What budgets of rows add to a query over a large table: the arithmetic, look-ups and commit of an answer over so many subjects, all known, with and without, in turn. The rows are made up, since sealing a
 * million takes hours and would not change what is measured.
 */
export const rows: Case = async ({ rows: count = 1_000_000, slots = 8, rounds }) => {
  const folder = await mkdtemp(join(tmpdir(), 'vouchsafe-rows-'));
  const group = createGroup();
  const opened = unwrap(await openStore({ folder, use: 'holder', unlock: { key: new Secret(new Uint8Array(32).fill(1)) } })());
  const store: HolderStore = createHolderStore(opened);
  const log = { origin: 'bench/ant', signer: createSigner(new Secret(new Uint8Array(32).fill(7))) };
  const figures: Record<string, number> = { rows: count, slots };
  try {
    const table = await store.table(ID, slots);
    const start = performance.now();
    await fill(table, { rows: count, width: slots + 1 });
    figures['fillSeconds'] = (performance.now() - start) / 1000;
    const asked = Array.from({ length: slots }, (_, j) => j);
    const [scalar] = [randomScalars(1)];
    for (const size of COHORTS) {
      const cohort = await group.multiplyBase(GENERATOR, randomScalars(size));
      const answer = async (over: Pick<PricedTable, 'gather'>, debit?: PricedTable['debit']): Promise<void> => {
        await group.multiply(cohort, scalar);
        const numbers = Array.from({ length: size }, () => Buffer.from(csprng(4)).readUInt32BE() % count);
        const keys = new Uint8Array(Buffer.concat(numbers.map((row) => keyOf(row, count)))) as Elements;
        const { rows: found } = await over.gather(keys, asked);
        await group.sumRows(found, slots + 1);
        const digest = csprng(64);
        unwrap(
          await store.commit(
            {
              bureau: ID.bureau,
              epoch: ID.epoch,
              digest,
              charge: { epsilon: rational(1), signals: 0 },
              cap: { epsilon: rational(1e9), signals: 0 },
              rows: debit?.(),
              answer: { rows: new Uint8Array(32 * (slots + 1)), suppressed: false },
              entry: utf8ToBytes('an entry of the length that an entry about a query has'.repeat(8)),
              opening: csprng(36),
            },
            log,
          ),
        );
      };
      const [plain, priced]: [number[], number[]] = [[], []];
      for (let round = 0; round <= rounds; round++)
        for (const [times, run] of [
          [plain, () => answer(table.table)],
          [priced, () => table.ledger.turn({ charge: 1, cap: 2 ** 31 }, (own) => answer(own, own.debit))],
        ] as const) {
          const from = performance.now();
          await run();
          if (round > 0) times.push(performance.now() - from);
        }
      figures[`plainMs${size}`] = median(plain);
      figures[`pricedMs${size}`] = median(priced);
      figures[`addedPercent${size}`] = (median(priced) / median(plain) - 1) * 100;
    }
  } finally {
    await store.close();
    await rm(folder, { recursive: true });
  }
  return { backend: group.backend, figures, ratios: {} };
};
