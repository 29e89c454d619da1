import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createSigner, decodeCanonical, E, type Either, Secret } from '@vouchsafe/core';
import { newMemberSecrets } from '@vouchsafe/core/at-rest';
import { createHolder, createHolderStore, fromIterable, type Holder, NO_TICK } from '@vouchsafe/holder';
import { signRequest, writeFrame } from '@vouchsafe/protocol';
import { createQuerier, type Fetch } from '@vouchsafe/querier';
import { seededRng, syntheticRid } from '@vouchsafe/testkit';
import { openStore } from './index.ts';
import { auditorKey, federationAt, PURPOSE, SCHEME } from './seal.test.federation.ts';

/** The holder that is killed, and the key of its store. */
export const HOLDER = 'ant';
export const KEY: Uint8Array = new Uint8Array(32).fill(3);
export const EPOCH = 1;
/** ε of each query, and what each row has: rows are in every query, so that they have as much as the querier. */
const ROW_CAP = 1000;
const PEOPLE = 24;

/** @param cap how many queries the budget is for */
export const policyWithCap = (cap: number): unknown => ({
  version: 1,
  minimumCohort: 20,
  queriers: [
    {
      bureau: 'bureau',
      totals: {
        purposes: [PURPOSE],
        columns: ['loans'],
        aggregate: { epsilonPerQuery: 1, epsilonPerEpoch: cap, epsilonPerRow: ROW_CAP },
      },
      rateLimit: { queriesPerMinute: 1000 },
    },
  ],
});

const right = <A>(result: Either<{ readonly _tag: string; readonly message: string }, A>): A => {
  if (E.isLeft(result)) throw new Error(`${result.left._tag}: ${result.left.message}`);
  return result.right;
};

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { readonly port: number };
      server.close(() => resolve(port));
    });
  });

/** What a holder said. */
export interface Reply {
  readonly status: number;
  readonly body: Uint8Array;
}

/** A federation whose tables are sealed, and a bureau that knows how to ask. */
export interface SealedFederation {
  readonly file: string;
  readonly auditorKey: string;
  /** Where {@link HOLDER} will be. */
  readonly port: number;
  /** Its store, closed: for copies. */
  readonly store: string;
  /** Sends the query, each repetition a query of its own. Rejects when no answer comes. */
  readonly ask: (repeat: number) => Promise<Reply>;
}

/** Seals in this process, as a real bureau and real holders do, and keeps the query that the bureau sends. */
export const sealFederation = async (folder: string): Promise<SealedFederation> => {
  await mkdir(folder, { recursive: true });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const federation = federationAt([
    { id: HOLDER, url },
    { id: 'bee', url: 'http://bee.test' },
  ]);
  const file = join(folder, 'federation.json');
  await writeFile(file, JSON.stringify(federation));
  const store = join(folder, 'sealed');
  const state = right(await openStore({ folder: store, use: 'holder', unlock: { key: new Secret(KEY.slice()) } })());
  const people = () =>
    Array.from({ length: PEOPLE }, (_, i) => ({
      row: i + 1,
      identifier: { national_id: syntheticRid(i) },
      values: { loans: i % 7 },
    }));
  const holders = new Map<string, Holder>();
  for (const id of [HOLDER, 'bee']) {
    const holder = right(
      await createHolder({
        federation,
        auditorKey: auditorKey(),
        id,
        secrets: newMemberSecrets(seededRng(id)),
        policy: policyWithCap(1),
        source: fromIterable(people),
        padTo: 8,
        tick: NO_TICK,
        ...(id === HOLDER ? { store: createHolderStore(state) } : {}),
      })(),
    );
    right(await holder.load()());
    holders.set(id, holder);
  }
  let asked: Uint8Array | undefined;
  const deliver: Fetch = async (request) => {
    const { host, pathname } = new URL(request.url);
    if (!pathname.endsWith('/query')) return holders.get(host === 'bee.test' ? 'bee' : HOLDER)!.fetch(request);
    // Kept, not asked: the holder's budget stays whole.
    asked = new Uint8Array(await request.arrayBuffer());
    return new Response(null, { status: 503 });
  };
  const querier = right(
    await createQuerier({
      federation,
      auditorKey: auditorKey(),
      id: 'bureau',
      secrets: newMemberSecrets(seededRng('bureau')),
      fetch: deliver,
    })(),
  );
  right(await querier.sync()());
  const cohort = Array.from({ length: PEOPLE }, (_, i) => ({ national_id: syntheticRid(i) }));
  await querier.aggregate({ scheme: SCHEME, purpose: PURPOSE, cohort, columns: ['loans'], epsilon: 1 })();
  await querier.close();
  for (const holder of holders.values()) await holder.close();

  const { terms, rows } = takeApart(asked!);
  const signer = createSigner(newMemberSecrets(seededRng('bureau')).signSeed);
  return {
    file,
    auditorKey: auditorKey(),
    port,
    store,
    ask: async (repeat) => {
      const body = writeFrame({ envelope: { ...terms, repeat }, rows, rowBytes: 32 }) as Uint8Array<ArrayBuffer>;
      const { message } = signRequest({ signer }, { method: 'POST', url: `${url}/v1/query`, body });
      const answer = await fetch(`${url}/v1/query`, { method: 'POST', headers: { ...message }, body });
      return { status: answer.status, body: new Uint8Array(await answer.arrayBuffer()) };
    },
  };
};

/** The frame of a query: `"VSF" 1`, three lengths, the terms, the cohort. */
const takeApart = (frame: Uint8Array): { readonly terms: object; readonly rows: Uint8Array } => {
  const end = 16 + Buffer.from(frame).readUInt32BE(4);
  return { terms: right(decodeCanonical(frame.subarray(16, end))) as object, rows: frame.subarray(end) };
};
