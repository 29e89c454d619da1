import { E } from '@vouchsafe/core';
import { startExpress } from './express.ts';
import { startFastify } from './fastify.ts';
import { found, openHolder, openQuerier, PURPOSE, raw, SCHEME, unwrap } from './federation.ts';
import { startHono } from './hono.ts';
import { startNodeHttp } from './node-http.ts';

// Two lenders and a bureau. The first lender's holder is mounted in each of the named servers in turn (all of them by default), and asked about one person.

const MOUNTS = { hono: startHono, express: startExpress, fastify: startFastify, 'node-http': startNodeHttp };
const given = process.argv.slice(2);
const mounts = Object.entries(MOUNTS).filter(([name]) => given.length === 0 || given.includes(name));
if (given.some((name) => !(name in MOUNTS))) {
  console.error(`usage: node dist/main.js [${Object.keys(MOUNTS).join(' | ')}]…`);
  process.exit(1);
}
const founded = await found();
const [first, second] = [await openHolder(founded, 'lender-a'), await openHolder(founded, 'lender-b')];
const beside = await startNodeHttp(second, founded.ports[1]);
const querier = await openQuerier(founded);
for (const [i, [mount, start]] of mounts.entries()) {
  const started = await start(first, founded.ports[0]);
  if (i === 0) unwrap(await querier.sync()());
  const question = { scheme: SCHEME, purpose: PURPOSE, subject: raw(7 + i), columns: ['loans'] };
  const asked = await querier.signal(question)();
  // The first try may meet a connection of the server before, which is closed. The same question again is answered, and paid for once.
  const signal = E.isRight(asked) ? asked.right : unwrap(await querier.signal(question)());
  const own = await (await fetch(`http://127.0.0.1:${founded.ports[0]}/`)).text();
  const loans = signal.columns.find(({ column }) => column === 'loans');
  console.log(JSON.stringify({ mount, own, loans }));
  await started.close();
}
await querier.close();
await beside.close();
for (const holder of [first, second]) await holder.close();
