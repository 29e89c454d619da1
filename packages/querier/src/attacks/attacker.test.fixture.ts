import { type Column, E } from '@vouchsafe/core';
import { createGroup, ELEMENT_BYTES, type Elements, type Group } from '@vouchsafe/group';
import { combine, deriveBureauKeys, QueryTerms } from '@vouchsafe/join';
import { Answer, readFrame, readProblem, writeFrame } from '@vouchsafe/protocol';
import { binomialBounds, seededRng } from '@vouchsafe/testkit';
import { openFederation, type Person, PURPOSE, raw, SCHEME, type TestFederation, unwrap } from '../federation.test.fixture.ts';
import { memoryStore, type Querier, type Totals } from '../index.ts';

export const COLUMNS: readonly Column[] = [{ kind: 'flag', name: 'late' }];
/** Slots of a row: `present` and `late`. */
const SLOTS = 2;

export const group: Group = createGroup();
export const range = (from: number, to: number): readonly number[] => Array.from({ length: to - from }, (_, i) => from + i);
export const person = (id: number, late = false): Person => ({ id, values: { late } });

/** What a bureau is granted at both holders, unless a test says otherwise. */
export const granted = ({
  epsilonPerQuery = 1e12,
  epsilonPerEpoch = 1e15,
  bureaus = ['bureau'],
}: {
  readonly epsilonPerQuery?: number;
  readonly epsilonPerEpoch?: number;
  readonly bureaus?: readonly string[];
} = {}): unknown => ({
  version: 1,
  minimumCohort: 20,
  queriers: bureaus.map((bureau) => ({
    bureau,
    totals: { purposes: [PURPOSE], columns: ['present', 'late'], aggregate: { epsilonPerQuery, epsilonPerEpoch } },
  })),
});

/** A query's body, taken apart: what an attacker changes and sends again. */
export interface Asked {
  readonly envelope: QueryTerms;
  readonly rows: Uint8Array;
}

/** A holder's reply as an attacker sees it. */
export type Reply =
  | { readonly status: 200; readonly body: Uint8Array; readonly answer: Answer; readonly rows: Uint8Array }
  | { readonly status: number; readonly problem: string; readonly text: string };

/** A bureau that knows the protocol and keeps to nothing: it has its own keys, and the bodies of everything that its querier sends. */
export interface Attacker {
  readonly federation: TestFederation;
  readonly querier: Querier;
  /** The last query that went out. */
  readonly asked: () => Asked;
  /** Sends a query to one holder, signed by a member, with a new nonce. */
  readonly send: (holder: string, query: Asked, member?: string) => Promise<Reply>;
  /** Sends any body to any route. */
  readonly post: (holder: string, path: string, body: Uint8Array, member?: string) => Promise<Reply>;
  /** Adds answers up with the bureau's own keys, as its querier would. */
  readonly open: (answers: Readonly<Record<string, Uint8Array>>) => Promise<Awaited<ReturnType<typeof combine>>>;
}

export const openAttacker = async (options: {
  readonly tables: Readonly<Record<string, readonly Person[]>>;
  readonly policy?: unknown;
}): Promise<Attacker> => {
  const names = Object.keys(options.tables);
  const policy = options.policy ?? granted();
  const federation = await openFederation({
    tables: options.tables,
    columns: COLUMNS,
    policies: Object.fromEntries(names.map((name) => [name, policy])),
    padTo: 64,
  });
  let last: Uint8Array | undefined;
  const store = await memoryStore();
  const querier = await federation.openQuerier({
    store,
    fetch: async (request, deliver) => {
      if (request.url.endsWith('/v1/query')) last = new Uint8Array(await request.clone().arrayBuffer());
      return deliver(request);
    },
  });
  unwrap(await querier.sync()());
  const post: Attacker['post'] = async (holder, path, body, member = 'bureau') =>
    replyOf(await federation.send(holder, path, { method: 'POST', body: body as Uint8Array<ArrayBuffer>, member }));
  return {
    federation,
    querier,
    asked: () => unwrap(readFrame(QueryTerms, ELEMENT_BYTES, last!)),
    post,
    send: (holder, { envelope, rows }, member) =>
      post(holder, '/v1/query', writeFrame({ envelope: QueryTerms.encode(envelope), rows, rowBytes: ELEMENT_BYTES }), member),
    open: async (answers) => {
      const seeds = await store.epochSeeds(7);
      const opened = Object.entries(answers).map(async ([holder, received]) => ({
        keys: await deriveBureauKeys(
          { context: { federation: 'test', bureau: 'bureau', scheme: SCHEME, epoch: 7, holder }, seeds, slots: SLOTS },
          group,
        ),
        received,
      }));
      return combine({ answers: await Promise.all(opened), slots: [0], bounds: [100_000] }, group);
    },
  };
};

const replyOf = async (response: Response): Promise<Reply> => {
  const body = new Uint8Array(await response.arrayBuffer());
  if (response.status === 200) {
    const frame = readFrame(Answer, ELEMENT_BYTES, body);
    const none = { digest: new Uint8Array(0), suppressed: false, receipt: new Uint8Array(0) };
    return E.isRight(frame)
      ? { status: 200, body, answer: frame.right.envelope, rows: frame.right.rows }
      : { status: 200, body, answer: none, rows: new Uint8Array(0) };
  }
  const text = new TextDecoder().decode(body);
  return { status: response.status, problem: unwrap(readProblem(text)).type.split(':').at(-1)!, text };
};

/** The rows of an answer; the test fails when there is none. */
export const rowsOf = (reply: Reply): Uint8Array => {
  if (!('rows' in reply)) throw new Error(`refused: ${reply.problem}`);
  return reply.rows;
};

/** Pseudonyms of a cohort, one by one. */
export const elementsOf = (rows: Uint8Array): readonly Elements[] =>
  range(0, rows.length / ELEMENT_BYTES).map((i) => rows.subarray(i * ELEMENT_BYTES, (i + 1) * ELEMENT_BYTES) as Elements);

export const aggregate = async (
  querier: Querier,
  {
    cohort,
    column = 'present',
    epsilon,
    repeat = 0,
  }: {
    readonly cohort: readonly number[];
    readonly column?: string;
    readonly epsilon: number;
    readonly repeat?: number;
  },
): Promise<Totals> =>
  unwrap(
    await querier.aggregate({ scheme: SCHEME, purpose: PURPOSE, cohort: cohort.map(raw), columns: [column], epsilon, repeat })(),
  );

export const totalOf = ({ columns: [column] }: Totals): number =>
  column && column.kind !== 'bucket' ? column.total : Number.NaN;

/** A game in which an attacker guesses a fair coin: how often it was right, and how often ε lets it be right at most. */
export interface Game {
  readonly right: number;
  readonly trials: number;
  /** Its chance of being right is at least this, with 99.9 % confidence. */
  readonly atLeast: number;
  /** e^ε/(1 + e^ε): what ε-differential privacy allows, whatever the attacker does with the answers. */
  readonly allowed: number;
  /** In words, with the advantage over guessing: 2·Pr[right] − 1. */
  readonly summary: string;
}

/** Plays `guess` against a coin for each trial. @param epsilon spent in one trial, all answers together */
export const play = async (
  name: string,
  {
    epsilon,
    coins,
    guess,
  }: { readonly epsilon: number; readonly coins: readonly boolean[]; readonly guess: (trial: number) => Promise<boolean> },
): Promise<Game> => {
  let right = 0;
  for (const [trial, coin] of coins.entries()) if ((await guess(trial)) === coin) right++;
  const trials = coins.length;
  const { below: atLeast } = binomialBounds({ hits: right, trials, risk: 0.001 });
  const allowed = 1 / (1 + Math.exp(-epsilon));
  const advantage = (chance: number): string => (2 * chance - 1).toFixed(3);
  const summary = `${name}: right in ${right} of ${trials}, advantage ${advantage(right / trials)}, allowed ${advantage(allowed)} at epsilon ${epsilon}`;
  return { right, trials, atLeast, allowed, summary };
};

/** Fair coins, the same in every run. */
export const fairCoins = (trials: number): readonly boolean[] => [...seededRng('coins')(trials)].map((byte) => byte % 2 === 1);
