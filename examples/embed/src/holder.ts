import { readFile } from 'node:fs/promises';
import { serve } from '@hono/node-server';
import { E } from '@vouchsafe/core';
import { readKeyFile } from '@vouchsafe/core/at-rest';
import { createHolder, createHolderStore, loansView, printReport } from '@vouchsafe/holder';
import { openStore } from '@vouchsafe/store-lmdb';

const unlock = { passphrase: process.env['VOUCHSAFE_PASSPHRASE'] ?? '' };
const secrets = await readKeyFile({ path: 'member.key', unlock })();
if (E.isLeft(secrets)) throw new Error(secrets.left.message);
const store = await openStore({ folder: 'state', use: 'holder', unlock })();
if (E.isLeft(store)) throw new Error(store.left.message);
const holder = await createHolder({
  federation: JSON.parse(await readFile('federation.json', 'utf8')),
  auditorKey: process.env['AUDITOR_KEY'] ?? '',
  id: process.env['HOLDER'] ?? 'lender-a',
  secrets: secrets.right,
  policy: JSON.parse(await readFile('policy.json', 'utf8')),
  source: loansView({ file: { path: 'loans.csv', format: 'csv' }, asOf: '2026-06-30', currency: 'CNY' }),
  store: createHolderStore(store.right),
})();
if (E.isLeft(holder)) throw new Error(holder.left.message);
serve({ fetch: holder.right.fetch, port: Number(process.env['PORT'] ?? 8787) });
const loaded = await holder.right.load()();
if (E.isLeft(loaded)) throw new Error(loaded.left.message);
for (const report of loaded.right.schemes) console.log(printReport(report));
