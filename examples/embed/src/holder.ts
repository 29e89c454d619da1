import { readFile } from 'node:fs/promises';
import { serve } from '@hono/node-server';
import { E } from '@vouchsafe/core';
import { createHolder, loansView, printReport } from '@vouchsafe/holder';
import { trustMemberHeader } from '@vouchsafe/protocol';

const holder = createHolder({
  federation: JSON.parse(await readFile('federation.json', 'utf8')),
  id: process.env['HOLDER'] ?? 'lender-a',
  boxSecret: process.env['BOX_SECRET'] ?? '',
  policy: JSON.parse(await readFile('policy.json', 'utf8')),
  source: loansView({ file: { path: 'loans.csv', format: 'csv' }, asOf: '2026-06-30', currency: 'CNY' }),
  authenticate: trustMemberHeader,
});
if (E.isLeft(holder)) throw new Error(holder.left.message);
serve({ fetch: holder.right.fetch, port: Number(process.env['PORT'] ?? 8787) });
const loaded = await holder.right.load()();
if (E.isLeft(loaded)) throw new Error(loaded.left.message);
for (const report of loaded.right.schemes) console.log(printReport(report));
