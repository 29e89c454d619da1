import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createInterface } from 'node:readline';
import { E, type Either, Secret } from '@vouchsafe/core';
import { newMemberSecrets } from '@vouchsafe/core/at-rest';
import { createHolder, createHolderStore, fromIterable, NO_TICK } from '@vouchsafe/holder';
import { seededRng } from '@vouchsafe/testkit';
import { failpointsOf, failpointsOfKv, type Hit } from './answer.test.failpoints.ts';
import { HOLDER, KEY, policyWithCap } from './answer.test.federation.ts';
import { openStore } from './index.ts';

/**
 * A holder that answers, to be killed: `node answer.test.child.js`. Lines that it is told: `go <folder> <federation file> <auditor key> <port> <cap>` opens its store and the port, `cap N` changes the
 * querier's budget, `drop on|off` cuts the connection in the place of an answer, `trace` says each step of the next request, `fail N <point>` ends the process, as `kill -9` does, when the next request
 * is at that point for the Nth time.
 */
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const [, folder, file, auditorKey, port, cap] = ((await lines.next()).value as string).split(' ');
const begun = performance.now();
const say = (line: string): void => void writeSync(1, `${line}\n`);
const right = <A>(result: Either<{ readonly _tag: string; readonly message: string }, A>): A => {
  if (E.isLeft(result)) throw new Error(`${result.left._tag}: ${result.left.message}`);
  return result.right;
};

/** The request that was armed is on its way. */
let watching = false;
let fatal: { readonly point: string; times: number } | undefined;
let tracing = false;
let armed = false;
let dropping = false;

const hit: Hit = (point) => {
  if (!watching) return;
  if (tracing) say(`point ${point}`);
  if (fatal?.point === point && --fatal.times === 0) process.kill(process.pid, 'SIGKILL');
};

const federation: unknown = JSON.parse(await readFile(file!, 'utf8'));
const opened = right(await openStore({ folder: folder!, use: 'holder', unlock: { key: new Secret(KEY.slice()) } })());
const store = failpointsOf('store', createHolderStore({ ...opened, kv: failpointsOfKv(opened.kv, hit) }), hit);
const holder = right(
  await createHolder({
    federation,
    auditorKey: auditorKey!,
    id: HOLDER,
    secrets: newMemberSecrets(seededRng(HOLDER)),
    policy: policyWithCap(Number(cap)),
    // Everything is loaded and sealed already.
    source: fromIterable(() => []),
    store,
    tick: NO_TICK,
    onError: (error) => say(`error ${error instanceof Error ? error.stack : error}`),
  })(),
);

const handle = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
  const parts: Uint8Array[] = [];
  for await (const part of message) parts.push(part as Uint8Array);
  if (armed) [armed, watching] = [false, true];
  hit('request here');
  const headers = Object.entries(message.headers).map(([name, value]): [string, string] => [name, String(value)]);
  const url = `http://127.0.0.1:${port}${message.url}`;
  const answer = await holder.fetch(new Request(url, { method: message.method!, headers, body: Buffer.concat(parts) }));
  const body = new Uint8Array(await answer.arrayBuffer());
  hit('answer made');
  if (dropping) {
    say(`dropped ${answer.status} ${createHash('sha256').update(body).digest('hex')}`);
    response.destroy();
    return;
  }
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  hit('answer begun');
  response.end(body, () => {
    hit('answer sent');
    if (tracing) say('traced');
    watching = false;
  });
};

createServer((message, response) => void handle(message, response)).listen(Number(port), '127.0.0.1', () =>
  say(`ready ${Math.ceil(performance.now() - begun)}`),
);

for (let next = await lines.next(); !next.done; next = await lines.next()) {
  const [what, value, ...point] = next.value.split(' ');
  if (what === 'cap') right(await holder.adopt({ federation, policy: policyWithCap(Number(value)) })());
  if (what === 'drop') dropping = value === 'on';
  if (what === 'trace') [armed, tracing] = [true, true];
  if (what === 'fail') [armed, fatal] = [true, { point: point.join(' '), times: Number(value) }];
  say(`done ${next.value}`);
}
