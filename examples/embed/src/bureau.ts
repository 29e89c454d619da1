import { readFile } from 'node:fs/promises';
import { E } from '@vouchsafe/core';
import { readKeyFile } from '@vouchsafe/core/at-rest';
import { createQuerier, createQuerierStore } from '@vouchsafe/querier';
import { openStore } from '@vouchsafe/store-lmdb';

const unlock = { passphrase: process.env['VOUCHSAFE_PASSPHRASE'] ?? '' };
const secrets = await readKeyFile({ path: 'member.key', unlock })();
if (E.isLeft(secrets)) throw new Error(secrets.left.message);
const store = await openStore({ folder: 'state', use: 'bureau', unlock })();
if (E.isLeft(store)) throw new Error(store.left.message);
const querier = await createQuerier({
  federation: JSON.parse(await readFile('federation.json', 'utf8')),
  auditorKey: process.env['AUDITOR_KEY'] ?? '',
  id: 'bureau',
  secrets: secrets.right,
  store: createQuerierStore(store.right),
})();
if (E.isLeft(querier)) throw new Error(querier.left.message);
const synced = await querier.right.sync({ onProgress: ({ task, done, total }) => console.error(task, done, total) })();
if (E.isLeft(synced)) throw new Error(synced.left.message);
const cohort = JSON.parse(await readFile('applicants.json', 'utf8'));
const request = { scheme: 'cn-rid', purpose: 'credit-application', cohort, columns: ['present', 'outstanding'], epsilon: 1 };
const totals = await querier.right.aggregate(request)();
console.log(E.isRight(totals) ? JSON.stringify(totals.right) : totals.left.message);
await querier.right.close();
