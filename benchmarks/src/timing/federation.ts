import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Column, createSigner, Secret } from '@vouchsafe/core';
import { type MemberSecrets, memberKeys, newMemberSecrets } from '@vouchsafe/core/at-rest';
import type { Group } from '@vouchsafe/group';
import { createHolder, createHolderStore, fromIterable, type Holder, type ReleaseTick } from '@vouchsafe/holder';
import { type Federation, ROUTES, signFederation } from '@vouchsafe/protocol';
import { createQuerier, createQuerierStore, type Querier } from '@vouchsafe/querier';
import { openStore } from '@vouchsafe/store-lmdb';
import { seededRng, syntheticRid } from '@vouchsafe/testkit';
import { unwrap } from '../turns/in-process.ts';

export const SCHEME = 'cn-rid';
export const PURPOSE = 'benchmark';
/** The holder that is watched, and the one whose answers only have to be there. */
const NAMES = ['ant', 'bee'] as const;
const COLUMNS: readonly Column[] = [
  { kind: 'count', name: 'loans', max: 20 },
  { kind: 'flag', name: 'late' },
];

/** How the watched holder is built. */
export interface Build {
  readonly tick?: ReleaseTick | undefined;
  readonly group?: Group | undefined;
  /** Do rows have budgets of their own? */
  readonly rowBudgets: boolean;
}

/** A bureau and two holders in one process, over durable stores. */
export interface Watched {
  readonly querier: Querier;
  /** How long the watched holder took for its last answer, as the bureau sees it, in milliseconds. */
  readonly lastMs: () => number;
  /** Answers that missed their tick. */
  readonly late: () => number;
  readonly close: () => Promise<void>;
}

export interface Stored {
  /** Opens both holders and the bureau where their stores stand; seals at the first time. */
  readonly open: (build: Build) => Promise<Watched>;
  readonly tidy: () => Promise<void>;
}

/** @param rows people whom the watched holder knows: numbers below it. The other one knows as many again. */
export const makeStored = async (rows: number): Promise<Stored> => {
  const folder = await mkdtemp(join(tmpdir(), 'vouchsafe-timing-'));
  const secretsOf = (id: string): MemberSecrets => newMemberSecrets(seededRng(`timing ${id}`));
  const publicOf = (id: string) => memberKeys(secretsOf(id));
  const document: Federation = {
    version: 1,
    id: 'timing',
    serial: 1,
    schemes: [SCHEME],
    catalogue: { cohortCap: 10_000, columns: COLUMNS },
    members: [
      { id: 'auditor', role: 'auditor', signKey: publicOf('auditor').signKey },
      { id: 'bureau', role: 'bureau', signKey: publicOf('bureau').signKey },
      ...NAMES.map((id) => ({ id, role: 'holder' as const, url: `http://${id}.test`, ...publicOf(id) })),
    ],
    epochs: [{ number: 1, roster: NAMES.map((holder) => ({ holder, boxKey: publicOf(holder).boxKey })) }],
  };
  const auditorKey = publicOf('auditor').signKey;
  const federation = signFederation(document, createSigner(secretsOf('auditor').signSeed));
  const policyOf = (rowBudgets: boolean): unknown => ({
    version: 1,
    minimumCohort: 20,
    queriers: [
      {
        bureau: 'bureau',
        totals: {
          purposes: [PURPOSE],
          columns: ['present', 'loans', 'late'],
          aggregate: { epsilonPerQuery: 1, epsilonPerEpoch: 1e6, ...(rowBudgets ? { epsilonPerRow: 4000 } : {}) },
          signal: { consent: 'notRequired', queriesPerEpoch: 1e9 },
        },
      },
    ],
  });
  const storeOf = async (use: 'holder' | 'bureau', id: string) =>
    unwrap(await openStore({ folder: join(folder, id), use, unlock: { key: new Secret(new Uint8Array(32).fill(1)) } })());

  const open = async ({ tick, group, rowBudgets }: Build): Promise<Watched> => {
    let late = 0;
    let last = Number.NaN;
    const holders = new Map<string, Holder>();
    for (const [i, id] of NAMES.entries()) {
      const people = (i + 1) * rows;
      function* records() {
        for (let n = 0; n < people; n++)
          yield { row: n + 1, identifier: { national_id: syntheticRid(n) }, values: { loans: n % 20, late: n % 3 === 0 } };
      }
      const watched = id === 'ant';
      const holder = unwrap(
        await createHolder({
          federation,
          auditorKey,
          id,
          secrets: secretsOf(id),
          policy: policyOf(watched && rowBudgets),
          source: fromIterable(records),
          store: createHolderStore(await storeOf('holder', id)),
          tick: watched ? tick : { baseMs: 0, cellMs: 0 },
          group: watched ? group : undefined,
          onLate: () => late++,
        })(),
      );
      unwrap(await holder.load()());
      holders.set(id, holder);
    }
    let other: Promise<unknown> = Promise.resolve();
    const querier = unwrap(
      await createQuerier({
        federation,
        auditorKey,
        id: 'bureau',
        secrets: secretsOf('bureau'),
        store: createQuerierStore(await storeOf('bureau', 'bureau')),
        fetch: async (request) => {
          const { hostname, pathname } = new URL(request.url);
          const holder = holders.get(hostname.split('.')[0]!)!;
          if (pathname !== ROUTES.query) return holder.fetch(request);
          if (holder !== holders.get('ant')) {
            const answer = holder.fetch(request);
            other = answer.catch(() => undefined);
            return answer;
          }
          // One after the other, so that nothing else computes while it is watched.
          await new Promise((resolve) => setImmediate(resolve));
          await other;
          const start = performance.now();
          const response = await holder.fetch(request);
          const body = await response.arrayBuffer();
          last = performance.now() - start;
          return new Response(body, { status: response.status, headers: response.headers });
        },
      })(),
    );
    unwrap(await querier.sync()());
    return {
      querier,
      lastMs: () => last,
      late: () => late,
      close: async () => {
        await querier.close();
        for (const holder of holders.values()) await holder.close();
      },
    };
  };
  return { open, tidy: () => rm(folder, { recursive: true }) };
};
