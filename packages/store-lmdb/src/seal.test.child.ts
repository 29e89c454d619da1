import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { E, type Either, Secret } from '@vouchsafe/core';
import { newMemberSecrets } from '@vouchsafe/core/at-rest';
import { createHolder, createHolderStore, fromIterable, type Holder } from '@vouchsafe/holder';
import type { SignedFederation } from '@vouchsafe/protocol';
import { createQuerier, createQuerierStore, type Totals } from '@vouchsafe/querier';
import { seededRng, syntheticRid } from '@vouchsafe/testkit';
import { openStore } from './index.ts';
import { LOANS, PURPOSE, policy, ROWS, SCHEME } from './seal.test.federation.ts';

/**
 * The parties of a sealing, to be killed in the middle of it: `node seal.test.child.js holders|bureau <folder> <federation file> <auditor key>`. The holders load and answer; the bureau syncs until
 * it is done, tries a query whenever it is not, and says what came of it.
 */
const [, , role, folder, file, auditorKey] = process.argv as string[];
const say = (line: string): void => void writeSync(1, `${line}\n`);
const right = <A>(result: Either<{ readonly _tag: string; readonly message: string }, A>): A => {
  if (E.isLeft(result)) throw new Error(`${result.left._tag}: ${result.left.message}`);
  return result.right;
};
const federation: unknown = JSON.parse(await readFile(file!, 'utf8'));
const holdersOf = (file: unknown) =>
  (file as SignedFederation).federation.members.flatMap(({ id, url }) => (url === undefined ? [] : [{ id, url }]));
const storeOf = async (use: 'holder' | 'bureau', name: string) =>
  right(await openStore({ folder: join(folder!, name), use, unlock: { key: new Secret(new Uint8Array(32).fill(3)) } })());

function* records() {
  for (let i = 0; i < ROWS; i++) yield { row: i + 1, identifier: { national_id: syntheticRid(i) }, values: { loans: i % 7 } };
}

const serveHolder = async (id: string, url: URL): Promise<void> => {
  const holder = right(
    await createHolder({
      federation,
      auditorKey: auditorKey!,
      id,
      secrets: newMemberSecrets(seededRng(id)),
      policy,
      source: fromIterable(records),
      store: createHolderStore(await storeOf('holder', id)),
      padTo: 50,
    })(),
  );
  createServer((message, response) => void handle(holder, url, message, response)).listen(Number(url.port), '127.0.0.1');
  say(`listening ${id}`);
  right(await holder.load()());
  say(`loaded ${id}`);
};

const handle = async (holder: Holder, { origin }: URL, message: IncomingMessage, response: ServerResponse): Promise<void> => {
  const parts: Uint8Array[] = [];
  for await (const part of message) parts.push(part as Uint8Array);
  const body = message.method === 'GET' ? {} : { body: Buffer.concat(parts) };
  const headers = Object.entries(message.headers).map(([name, value]): [string, string] => [name, String(value)]);
  const answer = await holder.fetch(new Request(`${origin}${message.url}`, { method: message.method!, headers, ...body }));
  response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(new Uint8Array(await answer.arrayBuffer()));
};

const totalOf = ({ columns: [column] }: Totals): number => (column?.kind === 'count' ? column.total : Number.NaN);

const syncAndAsk = async (): Promise<void> => {
  const querier = right(
    await createQuerier({
      federation,
      auditorKey: auditorKey!,
      id: 'bureau',
      secrets: newMemberSecrets(seededRng('bureau')),
      store: createQuerierStore(await storeOf('bureau', 'bureau')),
      chunkRows: 50,
      fetch: async (request) => {
        const answer = await fetch(request);
        const { host, pathname, searchParams } = new URL(request.url);
        if (!pathname.endsWith('/seal/rows') || request.method !== 'GET' || !answer.ok) return answer;
        // Rows that were sent once are the same whenever they are sent: the parent compares.
        const digest = createHash('sha256')
          .update(new Uint8Array(await answer.clone().arrayBuffer()))
          .digest('hex');
        say(`rows ${host} ${searchParams.get('from')} ${digest}`);
        return answer;
      },
    })(),
  );
  say('open');
  const subjects = Array.from({ length: ROWS }, (_, i) => ({ national_id: syntheticRid(i) }));
  const ask = () => querier.aggregate({ scheme: SCHEME, purpose: PURPOSE, cohort: subjects, columns: ['loans'], epsilon: 1e9 })();
  for (;;) {
    const synced = await querier.sync({ onProgress: ({ done }) => say(`progress ${done}`) })();
    if (E.isRight(synced)) break;
    const asked = await ask();
    // Both tables may be sealed although the sync fails, e.g. when a holder goes away behind the last step. A figure that is wrong shows a table that is not whole.
    if (E.isRight(asked) && totalOf(asked.right) !== 2 * LOANS) say('answered from a table that is not whole');
    const faults = synced.left._tag === 'HoldersFailed' ? synced.left.holders.map(({ fault }) => fault) : [];
    const other = faults.find(
      (fault) => fault._tag !== 'HolderDown' && !(fault._tag === 'HolderRefused' && fault.problem === 'NotReady'),
    );
    if (other) say(`fault ${other._tag} ${other.message}`);
    await sleep(50);
  }
  say(`total ${totalOf(right(await ask()))}`);
};

if (role === 'bureau') await syncAndAsk();
else await Promise.all(holdersOf(federation).map(({ id, url }) => serveHolder(id, new URL(url))));
