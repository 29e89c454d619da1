import { E } from '@vouchsafe/core';
import { type Holder, type HolderStore, memoryStore } from '@vouchsafe/holder';
import { afterAll, describe, expect, it } from 'vitest';
import { createLog, createService, type Serving, serve } from './index.ts';
import { found, freePort, HOLDERS, openHolder, openQuerier, PURPOSE, raw, SCHEME, unwrap } from './parties.test.fixture.ts';

/** The status is read at most once a second. */
const nextStatus = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1100));

describe('a holder as a service', async () => {
  const ports = [await freePort(), await freePort()];
  const founded = found(ports);
  const lines: string[] = [];
  const store: HolderStore = await memoryStore();
  let unreadable = false;
  const failing: HolderStore = {
    ...store,
    spent: (account) => (unreadable ? Promise.reject(new Error('the disk is gone')) : store.spent(account)),
  };
  const holders: Holder[] = [];
  const servings: Serving[] = [];
  for (const [i, id] of HOLDERS.entries()) {
    const holder = await openHolder(founded, id, { signals: 3, ...(i === 0 ? { store: failing } : {}) });
    const log = createLog({ level: 'debug', stream: { write: (line: string) => void lines.push(line) } });
    const service = createService({ holder, log: i === 0 ? log : undefined });
    servings.push(unwrap(await serve(service, { port: ports[i]!, metricsPort: 0 })()));
    holders.push(holder);
    if (i === 1) unwrap(await holder.load()());
  }
  afterAll(async () => {
    for (const serving of servings) await serving.close();
  });
  const get = async (path: string): Promise<{ readonly status: number; readonly body: unknown }> => {
    const response = await fetch(`http://127.0.0.1:${ports[0]}${path}`);
    return { status: response.status, body: await response.json() };
  };
  const figures = async (): Promise<string> => (await fetch(`http://127.0.0.1:${servings[0]!.metricsPort}/metrics`)).text();

  it('is alive at once, and ready when its records are loaded', async () => {
    expect(await get('/healthz')).toEqual({ status: 200, body: { alive: true } });
    expect(await get('/readyz')).toEqual({ status: 503, body: { ready: false, missing: ['records'] } });
    expect(await figures()).toContain('vouchsafe_epoch_loaded{epoch="3"} 0');
  });

  it('answers queries, and counts them by kind and querier, what is left of budgets, and how far tables are', async () => {
    // `ant` was opened without its records: a restart with the same store would find them; here it is loaded late.
    unwrap(await holders[0]!.load()());
    await nextStatus();
    expect(await get('/readyz')).toEqual({ status: 200, body: { ready: true, missing: [] } });
    expect(await figures()).toContain('vouchsafe_table_sealed{querier="bureau",scheme="cn-rid",epoch="3"} 0');

    const querier = await openQuerier(founded);
    unwrap(await querier.sync()());
    const question = { scheme: SCHEME, purpose: PURPOSE, columns: ['loans'] };
    for (const id of [4, 9]) {
      const { columns } = unwrap(await querier.signal({ ...question, subject: raw(id) })());
      expect(columns.find(({ column }) => column === 'loans')).toMatchObject({ total: 2 * (id % 5) });
    }
    unwrap(await querier.aggregate({ ...question, cohort: Array.from({ length: 30 }, (_, i) => raw(i)), epsilon: 2 })());
    unwrap(await querier.match({ scheme: SCHEME, subjects: [raw(1), raw(77)] })());
    unwrap(await querier.signal({ ...question, subject: raw(5) })());
    const refused = await querier.signal({ ...question, subject: raw(6) })();
    expect(E.isLeft(refused)).toBe(true);
    await querier.close();

    await nextStatus();
    const text = await figures();
    for (const line of [
      'vouchsafe_queries_total{kind="signal",querier="bureau"} 3',
      'vouchsafe_queries_total{kind="aggregate",querier="bureau"} 1',
      'vouchsafe_queries_total{kind="match",querier="bureau"} 1',
      'vouchsafe_refusals_total{code="BudgetSpent",querier="bureau"} 1',
      'vouchsafe_budget_left{querier="bureau",epoch="3",budget="signals"} 0',
      'vouchsafe_budget_left{querier="bureau",epoch="3",budget="epsilon"} 18',
      'vouchsafe_budget{querier="bureau",epoch="3",budget="epsilon"} 20',
      'vouchsafe_budget_left{querier="bureau",epoch="3",budget="elementsOfDay"} 9998',
      'vouchsafe_table_sealed{querier="bureau",scheme="cn-rid",epoch="3"} 1',
      'vouchsafe_table_rows{querier="bureau",scheme="cn-rid",epoch="3",part="returned"} 32',
      'vouchsafe_request_duration_seconds_count{kind="signal"} 4',
      'vouchsafe_store_readable 1',
    ])
      expect(text).toContain(line);
    expect(text).toMatch(/nodejs_eventloop_lag_p99_seconds \d/);
  });

  it('refuses strangers, and says so in its figures', async () => {
    const unsigned = await fetch(`http://127.0.0.1:${ports[0]}/v1/query`, { method: 'POST', body: 'hello' });
    expect(unsigned.status).toBe(401);
    expect((await fetch(`http://127.0.0.1:${ports[0]}/elsewhere`)).status).toBe(404);
    const text = await figures();
    expect(text).toContain('vouchsafe_refusals_total{code="Unsigned",querier="none"} 1');
    expect(text).toContain('vouchsafe_requests_total{kind="none",status="404"} 1');
  });

  it('logs one JSON object a line: what was answered to whom, never about whom', async () => {
    const entries = lines.map((line) => JSON.parse(line));
    expect(entries.find(({ kind, code }) => kind === 'signal' && code === undefined)).toMatchObject({
      level: 'info',
      member: 'bureau',
      status: 200,
      msg: 'answered',
      ms: expect.any(Number),
    });
    expect(entries.find(({ code }) => code === 'BudgetSpent')).toMatchObject({ level: 'warn', kind: 'signal', status: 429 });
    const allowed = new Set(['level', 'time', 'msg', 'kind', 'member', 'status', 'code', 'ms', 'port', 'metricsPort']);
    for (const entry of entries) expect(Object.keys(entry).filter((key) => !allowed.has(key))).toEqual([]);
  });

  it('shows no identifier, key or digest in figures or log', async () => {
    const shown = (await figures()) + lines.join('');
    for (let i = 0; i < 100; i++) expect(shown).not.toContain(raw(i).national_id);
    expect(shown).not.toMatch(/[0-9a-f]{32}/);
  });

  it('is alive, and not ready, while its store cannot be read', async () => {
    unreadable = true;
    await nextStatus();
    expect(await get('/readyz')).toEqual({ status: 503, body: { ready: false, missing: ['store'] } });
    expect(await get('/healthz')).toEqual({ status: 200, body: { alive: true } });
    expect(await figures()).toContain('vouchsafe_store_readable 0');
    unreadable = false;
    await nextStatus();
    expect((await get('/readyz')).status).toBe(200);
  });

  it('gives its figures on a port of their own only', async () => {
    expect((await fetch(`http://127.0.0.1:${ports[0]}/metrics`)).status).toBe(404);
    expect((await fetch(`http://127.0.0.1:${servings[0]!.metricsPort}/healthz`)).status).toBe(404);
  });
});
