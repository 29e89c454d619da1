import './engine.ts';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { E, hexToBytes, Secret } from '@vouchsafe/core';
import { createHolder, createHolderStore, type Holder, loansView, printRejected, printReport } from '@vouchsafe/holder';
import { memberSecretsFromHex } from '@vouchsafe/protocol';
import { openStore } from '@vouchsafe/store-lmdb';
import type { FromLender, StartLender } from './lender-messages.ts';

// A lender: its own process, its own file, one port on loopback. It is started with nothing and told everything by message.

let holder: Holder | undefined;
const say = (message: FromLender): void => void process.send?.(message);

const starting = (): Response => new Response('not started yet', { status: 503 });

const server = serve(
  { fetch: (request) => (holder ? holder.fetch(request) : starting()), port: 0, hostname: '127.0.0.1' },
  (address: AddressInfo) => say({ tag: 'listening', port: address.port }),
);

process.on('message', async (message: StartLender) => {
  const { file, asOf, currency, secrets: hex, state, ...options } = message;
  const secrets = memberSecretsFromHex(hex);
  if (E.isLeft(secrets)) return say({ tag: 'failed', message: secrets.left.message });
  const store = await openStore({ folder: state.folder, use: 'holder', unlock: { key: new Secret(hexToBytes(state.key)) } })();
  if (E.isLeft(store)) return say({ tag: 'failed', message: store.left.message });
  const created = await createHolder({
    ...options,
    secrets: secrets.right,
    store: createHolderStore(store.right),
    source: loansView({ file: { path: file, format: 'csv' }, asOf, currency }),
    onError: (error) => console.error(error),
  })();
  if (E.isLeft(created)) return say({ tag: 'failed', message: created.left.message });
  holder = created.right;
  const report = await holder.load({ onProgress: ({ done, total }) => say({ tag: 'progress', done, total }) })();
  if (E.isLeft(report)) return say({ tag: 'failed', message: report.left.message });
  const lines = report.right.schemes.flatMap((scheme) => [
    printReport(scheme),
    ...scheme.rejectedRows.slice(0, 5).map(printRejected),
  ]);
  say({ tag: 'ready', report: lines });
});

process.on('disconnect', () => {
  server.close();
  void holder?.close().then(() => process.exit(0));
});
