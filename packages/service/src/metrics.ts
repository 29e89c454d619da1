import type { Answered, HolderStatus } from '@vouchsafe/holder';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { TurnedAway } from './problem.ts';

/** Media type of the Prometheus text format. */
export const METRICS_TYPE: string = Registry.PROMETHEUS_CONTENT_TYPE;

/** Why a connection or request never came to the holder. */
export type Rejection =
  | TurnedAway['_tag']
  | 'BadHttp'
  | 'HeaderTooLarge'
  | 'TooSlow'
  | 'MadeRoom'
  | 'TooManyConnections'
  | 'Pipelined';

/** A service's figures: numbers by kind, querier and reason; nothing about rows or subjects, no identifier. */
export interface Metrics {
  readonly answered: (answer: Answered) => void;
  /** Something was turned away before the holder saw it. */
  readonly rejected: (reason: Rejection) => void;
  /** Connections that are open now. */
  readonly connections: (open: number) => void;
  /** The Prometheus text format. */
  readonly text: () => Promise<string>;
}

/** The three questions; everything else is on the way to them. */
const QUERIES: ReadonlySet<string> = new Set(['aggregate', 'signal', 'match']);
/** Seconds. A signal takes some milliseconds, a cohort of 10,000 some seconds. */
const BUCKETS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** A request that is not genuine has no member. */
const STRANGER = 'none';

/** @param status the holder's, read when the figures are asked for; none when its store cannot be read */
export const createMetrics = (status: () => Promise<HolderStatus | undefined>): Metrics => {
  const registers = [new Registry()];
  const [register] = registers as [Registry];
  collectDefaultMetrics({ register });
  const queries = new Counter({
    name: 'vouchsafe_queries_total',
    help: 'Answered queries by kind and querier.',
    labelNames: ['kind', 'querier'],
    registers,
  });
  const requests = new Counter({
    name: 'vouchsafe_requests_total',
    help: 'Requests by kind and HTTP status.',
    labelNames: ['kind', 'status'],
    registers,
  });
  const refusals = new Counter({
    name: 'vouchsafe_refusals_total',
    help: 'Refused requests by reason and querier.',
    labelNames: ['code', 'querier'],
    registers,
  });
  const duration = new Histogram({
    name: 'vouchsafe_request_duration_seconds',
    help: 'From the headers of a request to its answer, by kind.',
    labelNames: ['kind'],
    buckets: BUCKETS,
    registers,
  });
  const rejections = new Counter({
    name: 'vouchsafe_rejections_total',
    help: 'Connections and requests that were turned away before anything was parsed, by reason.',
    labelNames: ['reason'],
    registers,
  });
  const open = new Gauge({ name: 'vouchsafe_connections', help: 'Open connections.', registers });
  const left = new Gauge({
    name: 'vouchsafe_budget_left',
    help: 'What a querier has left of a budget: epsilon, rho, signals, elements (of matches), elementsOfDay.',
    labelNames: ['querier', 'epoch', 'budget'],
    registers,
  });
  const cap = new Gauge({
    name: 'vouchsafe_budget',
    help: 'The whole budget.',
    labelNames: ['querier', 'epoch', 'budget'],
    registers,
  });
  const loaded = new Gauge({
    name: 'vouchsafe_epoch_loaded',
    help: '1 when the records of a live epoch are loaded.',
    labelNames: ['epoch'],
    registers,
  });
  const rows = new Gauge({
    name: 'vouchsafe_table_rows',
    help: 'Rows of a table, padding included, and how many of them its bureau returned.',
    labelNames: ['querier', 'scheme', 'epoch', 'part'],
    registers,
  });
  const sealed = new Gauge({
    name: 'vouchsafe_table_sealed',
    help: '1 when a table is sealed and in use.',
    labelNames: ['querier', 'scheme', 'epoch'],
    registers,
  });
  const readable = new Gauge({ name: 'vouchsafe_store_readable', help: '1 when the store can be read.', registers });
  const serial = new Gauge({ name: 'vouchsafe_federation_serial', help: 'Serial of the federation file in use.', registers });

  /** What is not live any more is gone from the figures, too. */
  const show = (now: HolderStatus | undefined): void => {
    for (const gauge of [left, cap, loaded, rows, sealed]) gauge.reset();
    readable.set(now ? 1 : 0);
    if (now) serial.set(now.serial);
    for (const { epoch, loaded: is, budgets, tables } of now?.epochs ?? []) {
      loaded.set({ epoch }, is ? 1 : 0);
      for (const one of budgets) {
        left.set({ querier: one.bureau, epoch, budget: one.budget }, one.left);
        cap.set({ querier: one.bureau, epoch, budget: one.budget }, one.cap);
      }
      for (const { bureau: querier, scheme, ...table } of tables) {
        rows.set({ querier, scheme, epoch, part: 'all' }, table.rows);
        rows.set({ querier, scheme, epoch, part: 'returned' }, table.accepted);
        sealed.set({ querier, scheme, epoch }, table.stage === 'sealed' ? 1 : 0);
      }
    }
  };

  return {
    answered: ({ kind, member, status: http, code, ms }) => {
      const querier = member ?? STRANGER;
      requests.inc({ kind, status: http });
      duration.observe({ kind }, ms / 1000);
      if (code !== undefined) refusals.inc({ code, querier });
      else if (QUERIES.has(kind)) queries.inc({ kind, querier });
    },
    rejected: (reason) => rejections.inc({ reason }),
    connections: (count) => open.set(count),
    text: async () => {
      show(await status());
      return register.metrics();
    },
  };
};
