import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import { E, type KvEntry, KvFailure, type KvWriter } from '@vouchsafe/core';
import { type LmdbKv, openLmdbKv } from './index.ts';
import { contentOf, keyOf, numberOf } from './store.test.rows.ts';

/**
 * What tests do to a store in a process of its own, to kill it or to give it little room: `node store.test.child.js <what> <folder>`. It reports a line at a time, straight
 * to the pipe, so that nothing that was reported is lost with the process. It also runs as a thread.
 */
const say = (line: string): void => {
  if (parentPort) parentPort.postMessage(line);
  else writeSync(1, `${line}\n`);
};

/** Counts on by one: a row for the number, and the same number in two tables. */
const step = (writer: KvWriter): number => {
  const next = numberOf(writer.get('left', keyOf(0))) + 1;
  writer.put('left', keyOf(0), keyOf(next));
  writer.put('log', keyOf(next), contentOf(next));
  // An old row goes, so that pages become free and are used again.
  if (next > 500) writer.delete('log', keyOf(next - 500));
  writer.put('right', keyOf(0), keyOf(next));
  return next;
};

function* rowsFrom(start: number): Generator<KvEntry, void, undefined> {
  for (let i = start; i < start + 1500; i++) yield { key: keyOf(i), value: contentOf(i) };
}

const lastOf = (kv: LmdbKv, table: string): number => {
  const [last] = kv.read((reader) => [...reader.range(table, { reverse: true, limit: 1 })]);
  return last === undefined ? 0 : numberOf(last.key);
};

/** Commits without end, eight at a time, and says each that was acknowledged; beside it loads a table, and drops it when it has grown long. */
const commits = async (kv: LmdbKv): Promise<void> => {
  const loading = async (): Promise<void> => {
    for (;;) {
      if (lastOf(kv, 'rows') > 10_000) await kv.drop('rows');
      await kv.load('rows', rowsFrom(lastOf(kv, 'rows') + 1));
      await sleep(20);
    }
  };
  const counting = async (): Promise<void> => {
    for (;;) say(`ack ${await kv.commit(step)}`);
  };
  await Promise.all([loading(), ...Array.from({ length: 8 }, counting)]);
};

/** Commits until there is no room, and then tries on: first a large one, then small ones. Before, a transaction that makes a table and never fits. */
const fill = async (kv: LmdbKv): Promise<void> => {
  const large = kv.commit((writer) => writer.put('fresh', keyOf(1), new Uint8Array(6_000_000)));
  say(
    await large.then(
      () => 'made',
      (error: unknown) => `not made ${(error as KvFailure)._tag}`,
    ),
  );
  await kv.commit((writer) => writer.put('fresh', keyOf(2), keyOf(2)));
  say(`fresh ${kv.read((reader) => [...reader.range('fresh')].map(({ key }) => numberOf(key)))}`);
  for (let tries = 0; tries < 20; ) {
    try {
      await kv.commit((writer) => {
        const next = step(writer);
        writer.put('bulk', keyOf(next), new Uint8Array(tries === 0 ? 300_000 : 100).fill(1));
      });
      say(`done ${lastOf(kv, 'bulk')}`);
      if (tries > 0) tries++;
    } catch (error) {
      if (!(error instanceof KvFailure)) throw error;
      tries++;
      say(`failed ${error._tag}`);
    }
  }
  // There is room again once something large is gone.
  await kv.drop('bulk').catch((error: unknown) => say(`failed ${(error as KvFailure)._tag}`));
  say(`read ${lastOf(kv, 'log')} ${numberOf(kv.read((reader) => reader.get('left', keyOf(0))))}`);
};

const [, , what, folder] = process.argv;
const opened = await openLmdbKv({ folder: folder!, format: { name: 'test', version: 1 } })();
if (E.isLeft(opened)) {
  say(`refused ${JSON.stringify(opened.left)}`);
} else {
  say('open');
  if (what === 'commits') await commits(opened.right);
  if (what === 'fill') await fill(opened.right);
  // Until the other side closes the pipe, or kills it.
  if (what === 'hold') for await (const _ of process.stdin);
  await opened.right.close();
  say('closed');
}
