import { readLeaf } from '@vouchsafe/audit';
import type { Column } from '@vouchsafe/core';
import { type HolderStore, memoryStore as holderMemory } from '@vouchsafe/holder';
import { LogEntries, ROUTES, readEnvelope } from '@vouchsafe/protocol';
import { generous, openFederation, type Person, type TestFederation, unwrap } from '../federation.test.fixture.ts';
import { type Auditor, createAuditor, type Fetch, type Querier } from '../index.ts';
import { masked, rowsOfBody, shapeOf, shapeOfBody } from './shapes.test.fixture.ts';

/** One message and its answer, as anybody on either side sees them without a key. */
interface Message {
  readonly holder: string;
  readonly by: string;
  readonly request: unknown;
  readonly response: unknown;
  /** Elements of the request that came before in this epoch: pseudonyms stay the same, blinded elements do not. */
  readonly seenBefore: number;
}

/** A federation of two lenders whose every message is written down. */
export interface World {
  readonly federation: TestFederation;
  readonly querier: Querier;
  readonly auditor: Auditor;
  /** Forgets what was written down so far: what comes is looked at. */
  readonly begin: () => void;
  /** All that a lender sees: the messages to it in their order, the entries of its log, and how many of each cohort it knew. */
  readonly lender: (id: string) => Promise<unknown>;
  /** All that a bureau or auditor sees: the messages that it sent, by lender, and what its call gave. */
  readonly asker: (result: unknown) => unknown;
}

/** A column of some kinds: less to seal than in the other tests, and there are many worlds here. */
const COLUMNS: readonly Column[] = [
  { kind: 'count', name: 'loans', max: 20 },
  { kind: 'flag', name: 'late' },
  { kind: 'bucket', name: 'worst', buckets: ['none', '1+'] },
];

const answered: ReadonlySet<string> = new Set([ROUTES.query, ROUTES.match]);

const headersOf = (headers: Headers): unknown =>
  [...headers].map(([name, value]) => [name, masked(value)]).sort(([a], [b]) => (a! < b! ? -1 : 1));

/** @param ant, bee who is known to whom, with their values */
export const openWorld = async ({
  ant,
  bee,
  policy = generous(COLUMNS),
}: {
  readonly ant: readonly Person[];
  readonly bee: readonly Person[];
  readonly policy?: unknown;
}): Promise<World> => {
  const stores: Record<string, HolderStore> = { ant: await holderMemory(), bee: await holderMemory() };
  const federation = await openFederation({
    tables: { ant, bee },
    columns: COLUMNS,
    policies: { ant: policy, bee: policy },
    stores,
  });
  let messages: Message[] = [];
  const seen = new Set<string>();
  const recorder =
    (by: string) =>
    async (request: Request, deliver: Fetch): Promise<Response> => {
      const { hostname, pathname, search } = new URL(request.url);
      const holder = hostname.split('.')[0]!;
      const route = pathname.replace('/vouchsafe', '');
      const sent = new Uint8Array(await request.clone().arrayBuffer());
      const rows = answered.has(route) ? rowsOfBody(sent).map((row) => `${holder} ${row}`) : [];
      const seenBefore = rows.filter((row) => seen.has(row)).length;
      for (const row of rows) seen.add(row);
      const response = await deliver(request);
      const received = new Uint8Array(await response.clone().arrayBuffer());
      const isIndex = route.startsWith('/v1/index/');
      // Delivered beside other work, several at once or not, as time has it.
      if (route !== ROUTES.acknowledgements)
        messages.push({
          holder,
          by,
          seenBefore,
          request: [
            request.method,
            masked(route + search),
            headersOf(request.headers),
            shapeOfBody(request.headers.get('content-type'), sent),
          ],
          // How many bytes a tag index takes varies a little with its key; how many tags it has stands in its manifest.
          response: isIndex
            ? [response.status]
            : [response.status, headersOf(response.headers), shapeOfBody(response.headers.get('content-type'), received)],
        });
      return response;
    };
  const entriesOf = async (id: string): Promise<readonly Uint8Array[]> => {
    const page = await federation.send(id, `${ROUTES.logEntries}?from=0&count=500`, { member: 'auditor' });
    return unwrap(readEnvelope(LogEntries, new Uint8Array(await page.arrayBuffer()))).entries;
  };
  const deliver: Fetch = (request) => federation.holders.get(new URL(request.url).hostname.split('.')[0]!)!.fetch(request);
  return {
    federation,
    querier: await federation.openQuerier({ fetch: recorder('bureau') }),
    auditor: unwrap(
      createAuditor({
        federation: federation.signed(federation.document),
        auditorKey: federation.auditorKey,
        secrets: federation.secretsOf('auditor'),
        fetch: (request) => recorder('auditor')(request, deliver),
      }),
    ),
    begin: () => {
      messages = [];
    },
    lender: async (id) => {
      const entries = await entriesOf(id);
      const matched = await Promise.all(entries.map(async (_, i) => (await stores[id]!.opening(i))?.matched));
      return {
        messages: messages.filter(({ holder }) => holder === id),
        log: entries.map((entry) => [entry.length, shapeOf(unwrap(readLeaf(entry)))]),
        matched,
      };
    },
    asker: (result) => ({
      messages: [...messages].sort((a, b) => (a.holder < b.holder ? -1 : a.holder > b.holder ? 1 : 0)),
      result: shapeOf(result),
    }),
  };
};
