import { openSync } from 'node:fs';
import { devNull } from 'node:os';
import { E, type Either, Secret } from '@vouchsafe/core';
import { createGroup, openBackend } from '@vouchsafe/group';
import { createHolder, createHolderStore, fromIterable } from '@vouchsafe/holder';
import { memberSecretsFromHex } from '@vouchsafe/protocol';
import { createLog, createService, type Serving, serve } from '@vouchsafe/service';
import { openStore } from '@vouchsafe/store-lmdb';
import { syntheticRid } from '@vouchsafe/testkit';
import { policyOf } from '../seal/federation.ts';
import type { Figures } from '../seal/messages.ts';
import type { Order } from './messages.ts';
import { obeying } from './processes.ts';

// A holder as it stands alone: durable store, figures, a log of every answer, all limits.

const right = <A>(result: Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(result)) throw new Error(result.left.message);
  return result.right;
};
let serving: Serving | undefined;

const start = async ({ id, port, founded, folder, rows, slots }: Extract<Order, { tag: 'serve' }>): Promise<Figures> => {
  const store = right(await openStore({ folder, use: 'holder', unlock: { key: new Secret(new Uint8Array(32).fill(1)) } })());
  function* records() {
    for (let i = 0; i < rows; i++) {
      const values = Object.fromEntries(Array.from({ length: slots - 1 }, (_, j) => [`column${j + 1}`, (i * (j + 3)) % 1000]));
      yield { row: i + 1, identifier: { national_id: syntheticRid(i) }, values };
    }
  }
  const holder = right(
    await createHolder({
      federation: founded.file,
      auditorKey: founded.auditorKey,
      id,
      secrets: right(memberSecretsFromHex(founded.secrets[id]!)),
      policy: policyOf(slots),
      source: fromIterable(records),
      store: createHolderStore(store),
      group: createGroup(),
      padTo: 1000,
      onError: (error) => console.error(error),
    })(),
  );
  const out = openSync(devNull, 'w');
  const { writeSync } = await import('node:fs');
  const log = createLog({ stream: { write: (line) => void writeSync(out, line) } });
  serving = right(await serve(createService({ holder, log }), { port, metricsPort: 0 })());
  right(await holder.load()());
  return {};
};

const heap = (): Figures => {
  globalThis.gc?.();
  const { heapUsed, rss, external } = process.memoryUsage();
  return { heapUsed, rss, external };
};

obeying(async (order) => {
  if (order.tag === 'serve') return start(order);
  if (order.tag === 'heap') return heap();
  throw new Error(`a holder does not ${order.tag}`);
}, openBackend()?.name ?? 'noble');
// Not `exit`: a profile is written when the loop is empty.
process.on('disconnect', () => void serving?.close().then(() => process.exit(0)));
