import { writeSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { encodeLeaf } from '@vouchsafe/audit';
import { bytesToHex, createSigner, csprng, E, rational, Secret } from '@vouchsafe/core';
import { openKeyring } from '@vouchsafe/core/at-rest';
import { createHolderStore, type TableStore } from '@vouchsafe/holder';
import { openLmdbKv } from './index.ts';

/**
 * A bureau with eight connections and the rows behind them: `node rows.test.child.js <folder> <rows> <cap>`. Each query takes one unit from random rows, and its stored answer says which; it goes on until
 * no row has anything left, and says each answer that leaves.
 */
const [, , folder, rowsGiven, capGiven] = process.argv;
const [rows, cap] = [Number(rowsGiven), Number(capGiven)];
const opened = await openLmdbKv({ folder: folder!, format: { name: 'test', version: 1 } })();
if (E.isLeft(opened)) throw new Error(opened.left.message);
const kv = opened.right;
const keyring = await openKeyring({ kv, unlock: { key: new Secret(new Uint8Array(32).fill(3)) } })();
if (E.isLeft(keyring)) throw new Error(keyring.left.message);
const store = createHolderStore({ kv, keyring: keyring.right });
const log = { origin: 'test/ant', signer: createSigner(new Secret(new Uint8Array(32).fill(7))) };
const say = (line: string): void => void writeSync(1, `${line}\n`);

const keyOf = (row: number): Uint8Array => {
  const key = new Uint8Array(32);
  new DataView(key.buffer).setUint32(0, row + 1);
  return key;
};
const packed = (parts: readonly Uint8Array[]): never => new Uint8Array(Buffer.concat(parts)) as never;

/** Rows as a sealing leaves them. */
const seal = async (table: TableStore): Promise<void> => {
  const keys = Array.from({ length: rows }, (_, row) => keyOf(row));
  await table.begin();
  await table.add(
    { pseudonyms: packed(keys), values: new Uint32Array(rows) },
    keys.map((_, i) => i),
  );
  await table.complete(async () => ({ pseudonyms: packed([]), values: new Uint32Array(0) }));
  const sealed = packed(keys.flatMap((key) => [key, new Uint8Array(64).fill(1)]));
  await table.accept(sealed, { rows, taken: rows, last: keys.at(-1)! });
};

const table = await store.table({ bureau: 'bureau', scheme: 'cn-rid', epoch: 7 }, 1);
if ((await table.state())?.accepted.taken !== rows) await seal(table);

/** @returns did any row pay? */
const query = (asked: readonly number[]): Promise<number> =>
  table.ledger.turn({ charge: 1, cap }, async (priced) => {
    const { matched } = await priced.gather(packed(asked.map(keyOf)), [0]);
    await setImmediate();
    const debit = priced.debit();
    const digest = csprng(64);
    const answer = new Uint8Array(debit.rows.buffer);
    const entry = encodeLeaf({
      leaf: 'query',
      version: 1,
      time: 1_800_000_000,
      querier: 'bureau',
      scheme: 'cn-rid',
      epoch: 7,
      kind: 'aggregate',
      digest,
      cohortRoot: csprng(32),
      cohortSize: asked.length,
      purpose: 'test',
      columns: ['present'],
      matched: csprng(32),
      charge: rational(1),
      policy: new Uint8Array(32),
      answer: csprng(32),
    });
    const committed = await store.commit(
      {
        bureau: 'bureau',
        epoch: 7,
        digest,
        charge: { epsilon: rational(1), signals: 0 },
        cap: { epsilon: rational(1e9), signals: 0 },
        rows: debit,
        answer: { rows: answer, suppressed: false },
        entry,
        opening: csprng(36),
      },
      log,
    );
    if (E.isLeft(committed)) throw new Error(committed.left.message);
    say(`ack ${bytesToHex(digest)}`);
    return matched;
  });

const ask = async (): Promise<void> => {
  for (let idle = 0; idle < 8; ) {
    const asked = Array.from({ length: rows + 8 }, (_, row) => row).filter(() => csprng(1)[0]! < 64);
    idle = (await query(asked)) === 0 ? idle + 1 : 0;
  }
};
say('open');
await Promise.all(Array.from({ length: 8 }, ask));
await query(Array.from({ length: rows }, (_, row) => row));
say('spent');
await store.close();
