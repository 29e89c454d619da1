import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { Validator } from '@seriousme/openapi-schema-validator';
import { createSigner, E } from '@vouchsafe/core';
import { MAX_BODY_BYTES, ROUTES, signRequest } from '@vouchsafe/protocol';
import { createAuditor } from '@vouchsafe/querier';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createService, type Serving, serve } from './index.ts';
import { createChecker, type Recorded, type Verdict } from './openapi.test.check.ts';
import {
  found,
  freePort,
  HOLDERS,
  openHolder,
  openQuerier,
  PURPOSE,
  raw,
  SCHEME,
  secretsOf,
  unwrap,
} from './parties.test.fixture.ts';

const document = parse(await readFile(new URL('../../protocol/openapi.yaml', import.meta.url), 'utf8'));
const SLOTS = 2;

describe('the OpenAPI document', async () => {
  const ports = [await freePort(), await freePort()];
  const founded = found(ports);
  const recorded: Recorded[] = [];
  const servings: Serving[] = [];

  /** Sends a request, and keeps both ways of it. */
  const record = async (given: Request): Promise<Response> => {
    const body = new Uint8Array(await given.clone().arrayBuffer());
    const response = await fetch(given);
    const { pathname, search } = new URL(given.url);
    recorded.push({
      ...{ method: given.method, target: pathname + search, headers: given.headers, body },
      ...{ status: response.status, answerHeaders: response.headers },
      answer: new Uint8Array(await response.clone().arrayBuffer()),
    });
    return response;
  };
  /** As a member would send it, whatever it says. */
  const send = (
    path: string,
    {
      member = 'bureau',
      body,
      headers = {},
    }: {
      readonly member?: string;
      readonly body?: Uint8Array<ArrayBuffer>;
      readonly headers?: Readonly<Record<string, string>>;
    } = {},
  ): Request => {
    const url = `http://127.0.0.1:${ports[0]}${path}`;
    const method = body ? 'POST' : 'GET';
    const signer = createSigner(secretsOf(founded, member).signSeed);
    const { message } = signRequest({ signer }, { method, url, body: body ?? new Uint8Array(0) });
    return new Request(url, { method, headers: { ...headers, ...message }, ...(body ? { body } : {}) });
  };

  /** A request that somebody passes on from another holder; `fetch` sets `Host` itself. */
  const recordMisdirected = async (): Promise<void> => {
    const signer = createSigner(secretsOf(founded, 'bureau').signSeed);
    const url = `http://elsewhere.test${ROUTES.manifest}`;
    const { message } = signRequest({ signer }, { method: 'GET', url, body: new Uint8Array(0) });
    const headers = { ...message, host: 'elsewhere.test' };
    const outgoing = request({ host: '127.0.0.1', port: ports[0], path: ROUTES.manifest, headers }).end();
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    const answer = Buffer.concat(await response.toArray());
    recorded.push({
      ...{ method: 'GET', target: ROUTES.manifest, headers: new Headers(headers), body: new Uint8Array(0) },
      ...{ status: response.statusCode!, answerHeaders: new Headers(response.headers as Record<string, string>), answer },
    });
  };

  beforeAll(async () => {
    for (const [i, id] of HOLDERS.entries()) {
      const holder = await openHolder(founded, id, { signals: 1 });
      servings.push(unwrap(await serve(createService({ holder }), { port: ports[i]! })()));
      // Before its records are loaded.
      if (i === 0) for (const path of ['/healthz', '/readyz']) await record(new Request(`http://127.0.0.1:${ports[0]}${path}`));
      if (i === 0) await record(send(ROUTES.manifest));
      unwrap(await holder.load()());
    }
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await record(new Request(`http://127.0.0.1:${ports[0]}/readyz`));

    const querier = await openQuerier(founded, { fetch: record });
    unwrap(await querier.sync()());
    const question = { scheme: SCHEME, purpose: PURPOSE, columns: ['loans'] };
    const cohort = Array.from({ length: 30 }, (_, i) => raw(i));
    unwrap(await querier.aggregate({ ...question, cohort, epsilon: 2 })());
    unwrap(await querier.signal({ ...question, subject: raw(1) })());
    unwrap(await querier.quote({ ...question, kind: 'aggregate', epsilon: 1, cohortSize: 30 })());
    unwrap(await querier.match({ scheme: SCHEME, subjects: [raw(1), raw(99)] })());
    unwrap(await querier.match({ scheme: SCHEME, subjects: [raw(1), raw(99)], mode: 'bulk' })());
    // Refusals of a genuine querier.
    expect(E.isLeft(await querier.signal({ ...question, subject: raw(2) })())).toBe(true);
    expect(E.isLeft(await querier.aggregate({ ...question, cohort: cohort.slice(0, 3), epsilon: 1 })())).toBe(true);
    const now = Math.floor(Date.now() / 1000);
    const period = { from: now - 3600, to: now + 3600 };
    for (const holder of HOLDERS) unwrap(await querier.statement({ holder, ...period })());

    const auditor = unwrap(
      createAuditor({
        federation: founded.file,
        auditorKey: founded.auditorKey,
        secrets: secretsOf(founded, 'bank'),
        fetch: record,
      }),
    );
    const [verdict] = unwrap(await auditor.verifyLogs({ holders: ['ant'] })());
    unwrap(verdict!.result);
    unwrap(await auditor.sample({ holder: 'ant', querier: 'bureau', scheme: SCHEME, epoch: 3, rows: 4 })());
    const entries = [...Array(20).keys()];
    for (const entry of entries) if (E.isRight(await auditor.requestOpening({ holder: 'ant', entry })())) break;
    unwrap(await auditor.statement({ holder: 'ant', ...period })());
    await auditor.close();
    await querier.close();

    // The rest, by hand: proofs, parts of files, and whatever is not as it should be.
    await record(send(`${ROUTES.logInclusion}?index=0&size=1`));
    await record(send(`${ROUTES.logInclusion}?index=7&size=1`));
    await record(send(`${ROUTES.logConsistency}?from=1&to=2`));
    await record(send(`${ROUTES.statement}?from=0&to=${now}`));
    await record(send(`${ROUTES.acknowledgements}?from=0&count=10`, { member: 'bank' }));
    const segment = recorded.find(({ target }) => target.startsWith('/v1/index/'))!.target;
    for (const range of ['bytes=0-3', 'bytes=999999999-']) await record(send(segment, { headers: { range } }));
    await record(send(`/v1/index/${'0'.repeat(64)}`));
    await record(send(`${ROUTES.logEntries}?from=0&count=1`));
    await record(send(`${ROUTES.manifest}?epoch=9`));
    await record(new Request(`http://127.0.0.1:${ports[0]}${ROUTES.query}`, { method: 'POST', body: 'hello' }));
    await record(send(ROUTES.quote, { body: new TextEncoder().encode('no CBOR') }));
    await record(send(ROUTES.match, { body: new Uint8Array(40) }));
    await recordMisdirected();
    await record(send(ROUTES.sealRows, { body: new Uint8Array(MAX_BODY_BYTES + 1) }));
    const again = send(ROUTES.logCheckpoint);
    await record(again.clone());
    await record(again);
  });
  afterAll(async () => {
    for (const serving of servings) await serving.close();
  });

  it('is an OpenAPI 3.1 document', async () => {
    const validator = new Validator();
    expect(await validator.validate(structuredClone(document))).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
  });

  it('describes each request and each answer of the running service, and describes nothing that is not served', () => {
    const { check, operations } = createChecker(document, SLOTS);
    const verdicts = recorded.map((one): Verdict & { readonly target: string } => ({ ...check(one), target: one.target }));
    expect(verdicts.filter(({ faults }) => faults.length > 0)).toEqual([]);
    const served = new Set(verdicts.filter(({ status }) => status < 400).map(({ operation }) => operation));
    expect([...served].sort()).toEqual([...operations].sort());
    // Refusals, too, were seen.
    const statuses = new Set(verdicts.map(({ status }) => status));
    expect([...statuses].sort()).toEqual([200, 206, 400, 401, 403, 404, 409, 413, 416, 421, 429, 503]);
  });

  it('has each route of the protocol', () => {
    const described = Object.keys(document.paths).filter((path) => path.startsWith('/v1/'));
    expect(described.sort()).toEqual(
      Object.values(ROUTES)
        .map((route) => route.replace(/:(\w+)/g, '{$1}'))
        .sort(),
    );
  });

  it('would notice: another status, header, row size, envelope or reason', () => {
    const { check } = createChecker(document, SLOTS);
    const query = recorded.find(({ target, status }) => target === ROUTES.query && status === 200)!;
    const refused = recorded.find(({ target, status }) => target === ROUTES.query && status === 429)!;
    const text = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
    const problem = JSON.parse(new TextDecoder().decode(refused.answer));
    const cut = query.answer.slice();
    cut[20]! ^= 1;
    const strange: readonly Recorded[] = [
      { ...query, status: 201 },
      { ...query, method: 'GET' },
      { ...query, target: `${query.target}?x=1` },
      { ...query, answerHeaders: new Headers([...query.answerHeaders, ['x-powered-by', 'me']]) },
      { ...query, answerHeaders: new Headers([...query.answerHeaders].filter(([name]) => name !== 'signature')) },
      { ...query, headers: new Headers([...query.headers].filter(([name]) => name !== 'signature')) },
      { ...query, answer: cut },
      { ...query, body: query.answer },
      { ...refused, answer: text({ ...problem, type: 'urn:vouchsafe:problem:Whim' }) },
      { ...refused, answer: text({ ...problem, who: 'x' }) },
    ];
    for (const one of strange) expect(check(one).faults, JSON.stringify(one.target)).not.toEqual([]);
  });
});
