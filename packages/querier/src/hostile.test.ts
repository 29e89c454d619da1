import { decodeCanonical, decodeShape, E, encodeCanonical } from '@vouchsafe/core';
import { createGroup, GENERATOR } from '@vouchsafe/group';
import { federationHash, HolderManifest, readProblem, writeFrame } from '@vouchsafe/protocol';
import { describe, expect, it } from 'vitest';
import { generous, openFederation, type Person, PURPOSE, raw, SCHEME, unwrap } from './federation.test.fixture.ts';
import { resigned } from './resigned.test.fixture.ts';

const people = (from: number, to: number): readonly Person[] =>
  Array.from({ length: to - from }, (_, i) => ({ id: from + i, values: { loans: 1, net: 0, late: false, worst: 'none' } }));
const group = createGroup();
const SLOTS = 8; // present, loans, net and its squares, late, three buckets

const problemOf = async (
  response: Response,
): Promise<{ readonly status: number; readonly tag: string; readonly detail: string }> => {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const problem = unwrap(readProblem(await response.text()));
  expect(problem.status).toBe(response.status);
  return { status: problem.status, tag: problem.type.split(':').at(-1)!, detail: problem.detail };
};

describe('a holder’s edge', async () => {
  const federation = await openFederation({ tables: { ant: people(0, 30), bee: people(10, 40) }, cohortCap: 50 });
  const { querier, send } = federation;
  unwrap(await querier.sync()());
  const post = (path: string, body: Uint8Array, member = 'bureau'): Promise<Response> =>
    send('ant', path, { method: 'POST', body: body as Uint8Array<ArrayBuffer>, member });
  const scalars = Uint8Array.from({ length: 96 }, (_, i) => (i % 32 === 0 ? 1 + i / 32 : 0));
  const elements = await group.multiplyBase(GENERATOR, scalars as never);
  const matchFrame = (rows: Uint8Array, envelope: unknown = { epoch: 7, scheme: SCHEME }): Uint8Array<ArrayBuffer> =>
    writeFrame({ envelope, rows, rowBytes: 32 }) as Uint8Array<ArrayBuffer>;

  it('knows no stranger, and takes no holder or auditor for a bureau', async () => {
    expect(await problemOf(await send('ant', '/v1/manifest', { member: 'stranger' }))).toMatchObject({
      status: 401,
      tag: 'UnknownKey',
    });
    for (const member of ['ant', 'bee', 'auditor'])
      for (const [path, init] of [
        ['/v1/manifest', {}],
        ['/v1/match', { method: 'POST', body: matchFrame(elements) }],
      ] as const)
        expect(await problemOf(await send('ant', path, { member, ...init }))).toMatchObject({ status: 403, tag: 'NotGranted' });
    for (const member of ['bureau', 'bee'])
      expect(await problemOf(await send('ant', '/v1/log/entries?from=0&count=1', { member }))).toMatchObject({
        tag: 'NotGranted',
      });
  });

  it('gives a bureau without grants nothing, on any route', async () => {
    const member = 'other-bureau';
    const manifest = await send('ant', '/v1/manifest', { member });
    expect(manifest.status).toBe(200);
    const [segment] = federation.exchanges.flatMap(({ route }) => /index\/([0-9a-f]{64})/.exec(route) ?? []);
    expect(segment).toBeDefined();
    expect(await problemOf(await send('ant', `/v1/${segment}`, { member }))).toMatchObject({ tag: 'NotGranted' });
    expect(await problemOf(await post('/v1/match', matchFrame(elements), member))).toMatchObject({
      status: 403,
      tag: 'NotGranted',
    });
    expect(await problemOf(await send('ant', `/v1/seal/rows?scheme=${SCHEME}&epoch=7&from=0&count=1`, { member }))).toMatchObject(
      { tag: 'NotGranted' },
    );
  });

  it.each(['/v1/match', '/v1/seal/keys', '/v1/seal/rows', '/v1/seal/finish', '/v1/query', '/v1/quote'])(
    '%s refuses what is no message: empty, garbage, cut off, longer, nested, another version',
    async (path) => {
      const frame = matchFrame(elements);
      const bodies = [
        new Uint8Array(0),
        new Uint8Array(1000).fill(0x81),
        frame.subarray(0, frame.length - 1),
        Buffer.concat([frame, Uint8Array.of(0)]),
        Uint8Array.from(frame, (byte, i) => (i === 3 ? 9 : byte)),
        encodeCanonical({ epoch: 7, scheme: SCHEME, extra: 1 }),
        encodeCanonical('text'),
      ];
      for (const body of bodies) {
        const problem = await problemOf(await post(path, body));
        expect(problem.status).toBe(400);
        expect(['BadFrame', 'BadEncoding', 'BadShape']).toContain(problem.tag);
      }
    },
  );

  it('stops reading a body over the limit, whatever length it states', async () => {
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        sent += 1 << 20;
        controller.enqueue(new Uint8Array(1 << 20));
      },
    });
    // The headers are genuine, so that the holder begins to read.
    expect(await problemOf(await send('ant', '/v1/match', { method: 'POST', sent: endless }))).toMatchObject({
      status: 413,
      tag: 'BodyTooLarge',
    });
    expect(sent).toBeLessThan(16 << 20);
  });

  it('match: refuses an empty or oversized batch, the identity, bad elements, another epoch or scheme', async () => {
    const tooMany = Buffer.concat(Array.from({ length: 1001 }, () => elements.subarray(0, 32)));
    const cases: readonly (readonly [Uint8Array, object])[] = [
      [matchFrame(new Uint8Array(0)), { status: 400, tag: 'EmptyBatch' }],
      [matchFrame(tooMany), { status: 413, tag: 'BatchTooLarge', detail: expect.stringContaining('1000') }],
      [matchFrame(new Uint8Array(32)), { status: 400, tag: 'BadElement', detail: expect.stringContaining('element 0') }],
      [
        matchFrame(Buffer.concat([elements, new Uint8Array(32).fill(255)])),
        { tag: 'BadElement', detail: expect.stringContaining('element 3') },
      ],
      [
        matchFrame(Buffer.concat([elements, elements.subarray(32, 64)])),
        { status: 400, tag: 'DuplicateElement', detail: expect.stringContaining('element 3') },
      ],
      [
        matchFrame(elements, { epoch: 8, scheme: SCHEME }),
        { status: 409, tag: 'OutOfStep', detail: expect.stringContaining('epoch 7') },
      ],
      [
        matchFrame(elements, { epoch: 7, scheme: 'e164' }),
        { status: 404, tag: 'UnknownScheme', detail: expect.stringContaining(SCHEME) },
      ],
    ];
    for (const [body, expected] of cases) expect(await problemOf(await post('/v1/match', body))).toMatchObject(expected);
  });

  it('unknown routes and methods say so', async () => {
    expect(await problemOf(await send('ant', '/v1/records'))).toMatchObject({ status: 404, tag: 'NotFound' });
    expect(await problemOf(await send('ant', '/v1/query'))).toMatchObject({ status: 404, tag: 'NotFound' });
  });

  it('seal: refuses keys without knowledge, other keys than before, rows out of turn, wrong roots', async () => {
    const offer = (rows: Uint8Array, hash: Uint8Array = new Uint8Array(32), proof = new Uint8Array(64).fill(1)): Uint8Array =>
      writeFrame({ envelope: { epoch: 7, scheme: SCHEME, federation: hash, proof }, rows, rowBytes: 32 });
    expect(await problemOf(await post('/v1/seal/keys', offer(elements)))).toMatchObject({ status: 409, tag: 'OutOfStep' });
    const own = federationHash(federation.document);
    for (const rows of [new Uint8Array(0), elements])
      expect(await problemOf(await post('/v1/seal/keys', offer(rows, own)))).toMatchObject({ status: 400, tag: 'WrongKeyCount' });
    const nine = Buffer.concat([elements, elements, elements]);
    expect(await problemOf(await post('/v1/seal/keys', offer(nine, own)))).toMatchObject({ status: 400, tag: 'BadKeyProof' });
    expect(
      await problemOf(await post('/v1/seal/finish', encodeCanonical({ epoch: 7, scheme: SCHEME, root: new Uint8Array(32) }))),
    ).toMatchObject({
      status: 409,
      tag: 'RootMismatch',
    });
    const rows = writeFrame({
      envelope: { epoch: 7, scheme: SCHEME, from: 0 },
      rows: new Uint8Array(32 * (SLOTS + 2)),
      rowBytes: 32 * (SLOTS + 2),
    });
    expect(await problemOf(await post('/v1/seal/rows', rows))).toMatchObject({ status: 409, tag: 'OutOfTurn' });
    for (const query of ['', 'from=0', 'from=-1&epoch=7&count=1', 'from=1e3&epoch=7&count=1', 'from=0&epoch=7&count=1'])
      expect((await problemOf(await send('ant', `/v1/seal/rows?${query}`))).status).toBeGreaterThanOrEqual(400);
    // A second bureau process with fresh seeds: rows are not sealed twice under one join scalar.
    const again = await (await federation.openQuerier()).sync()();
    expect(again).toMatchObject({
      left: { _tag: 'HoldersFailed', holders: [{ fault: { problem: 'OtherKeys' } }, { fault: { problem: 'OtherKeys' } }] },
    });
  });

  it('query: an oversized cohort, and whatever the terms say that the holder knows otherwise', async () => {
    const subjects = Array.from({ length: 51 }, (_, i) => raw(i));
    const result = await querier.aggregate({
      scheme: SCHEME,
      purpose: PURPOSE,
      cohort: subjects,
      columns: ['loans'],
      epsilon: 1,
    })();
    expect(result).toMatchObject({
      left: { holders: [{ fault: { problem: 'BadCohort', message: expect.stringContaining('50') } }, {}] },
    });
  });
});

describe('budgets', () => {
  it('hold exactly, for one after the other and for many at once; a repetition of the same bytes is free', async () => {
    const policy = generous() as { queriers: [{ totals: { aggregate: { epsilonPerQuery: number; epsilonPerEpoch: number } } }] };
    policy.queriers[0].totals.aggregate = { epsilonPerQuery: 1, epsilonPerEpoch: 3 };
    const { querier } = await openFederation({ tables: { ant: people(0, 25), bee: people(0, 25) }, policies: { ant: policy } });
    unwrap(await querier.sync()());
    const cohort = people(0, 25).map(({ id }) => raw(id));
    const ask = (repeat: number) =>
      querier.aggregate({ scheme: SCHEME, purpose: PURPOSE, cohort, columns: ['loans'], epsilon: 1, repeat })();
    const many = await Promise.all([0, 1, 2, 3, 4, 5, 0, 1].map(ask));
    const answered = new Set(many.flatMap((one) => (E.isRight(one) ? [one.right.digest] : [])));
    expect(answered.size).toBe(3);
    for (const one of many)
      if (E.isLeft(one)) expect(one.left).toMatchObject({ holders: [{ holder: 'ant', fault: { problem: 'BudgetSpent' } }] });
    expect(await ask(9)).toMatchObject({ left: { holders: [{ fault: { problem: 'BudgetSpent', status: 429 } }] } });
    // What was paid for stays answerable.
    const paid = many.findIndex(E.isRight);
    expect(await ask([0, 1, 2, 3, 4, 5, 0, 1][paid]!)).toEqual(many[paid]);
  });

  it('a query over the price limit, a column or kind that is not granted: each its own refusal', async () => {
    const policy = {
      version: 1,
      minimumCohort: 20,
      queriers: [
        {
          bureau: 'bureau',
          totals: { purposes: [PURPOSE], columns: ['loans'], aggregate: { epsilonPerQuery: '1/2', epsilonPerEpoch: 3 } },
        },
      ],
    };
    const { querier } = await openFederation({
      tables: { ant: people(0, 25), bee: people(0, 25) },
      policies: { ant: policy, bee: policy },
    });
    unwrap(await querier.sync()());
    const cohort = people(0, 25).map(({ id }) => raw(id));
    const refused = async (change: object): Promise<unknown> => {
      const result = await querier.aggregate({
        scheme: SCHEME,
        purpose: PURPOSE,
        cohort,
        columns: ['loans'],
        epsilon: 0.5,
        ...change,
      })();
      return E.isLeft(result) ? result.left : 'answered';
    };
    expect(await refused({ epsilon: 1 })).toMatchObject({ holders: [{ fault: { problem: 'NotGranted' } }, {}] });
    expect(await refused({ columns: ['late'] })).toMatchObject({ holders: [{ fault: { problem: 'NotGranted' } }, {}] });
    expect(await refused({ cohort: cohort.slice(0, 5) })).toMatchObject({
      holders: [{ fault: { problem: 'CohortTooSmall' } }, {}],
    });
    expect(await querier.signal({ scheme: SCHEME, purpose: PURPOSE, subject: cohort[0]!, columns: ['loans'] })()).toMatchObject({
      left: { holders: [{ fault: { problem: 'NotGranted' } }, {}] },
    });
    expect(await querier.match({ scheme: SCHEME, subjects: cohort })()).toMatchObject({ left: { _tag: 'NotSynced' } });
    expect(await refused({})).toBe('answered');
  });
});

describe('a wire that breaks', () => {
  it('a holder that is down is named; the sealing goes on where it stopped; nothing is sealed or paid twice', async () => {
    const { openQuerier, holders } = await openFederation({ tables: { ant: people(0, 25), bee: people(0, 25) }, padTo: 150 });
    let down = true;
    let rowsAsked = 0;
    const querier = await openQuerier({
      chunkRows: 64,
      fetch: (request, deliver) => {
        const { hostname, searchParams, pathname } = new URL(request.url);
        if (pathname.endsWith('/seal/rows') && request.method === 'GET') rowsAsked++;
        if (down && hostname === 'bee.test' && Number(searchParams.get('from')) > 0) throw new TypeError('fetch failed');
        return deliver(request);
      },
    });
    const failed = await querier.sync()();
    expect(failed).toMatchObject({
      left: { _tag: 'HoldersFailed', holders: [{ holder: 'bee', fault: { _tag: 'HolderDown' } }] },
    });
    down = false;
    rowsAsked = 0;
    unwrap(await querier.sync()());
    // 150 rows in chunks of 64: bee's second and third chunk only.
    expect(rowsAsked).toBe(2);
    const cohort = people(0, 25).map(({ id }) => raw(id));
    const ask = () => querier.aggregate({ scheme: SCHEME, purpose: PURPOSE, cohort, columns: ['present'], epsilon: 1e9 })();
    expect(unwrap(await ask()).columns).toMatchObject([{ total: 50 }]);
    expect(holders.size).toBe(2);
  });

  it('of rows that come while a bad chunk is found nothing takes its place; a later call goes on before it', async () => {
    const { openQuerier, secretsOf } = await openFederation({ tables: { ant: people(0, 25), bee: people(0, 25) }, padTo: 300 });
    let hostile = true;
    const asked: number[] = [];
    const querier = await openQuerier({
      chunkRows: 32,
      fetch: async (request, deliver) => {
        const { hostname, searchParams, pathname } = new URL(request.url);
        const from = Number(searchParams.get('from'));
        const isRows = hostname === 'bee.test' && pathname.endsWith('/seal/rows') && request.method === 'GET';
        if (isRows) asked.push(from);
        const copy = request.clone();
        const response = await deliver(request);
        if (!isRows || from !== 64 || !hostile) return response;
        // Its last element is none, which shows only when it is blinded. The holder signs that.
        const body = new Uint8Array(await response.arrayBuffer());
        body.fill(0xff, body.length - 32);
        return resigned(new Response(body, { headers: response.headers }), copy, secretsOf('bee'));
      },
    });
    expect(await querier.sync()()).toMatchObject({
      left: { _tag: 'HoldersFailed', holders: [{ holder: 'bee', fault: { _tag: 'BadElement' } }] },
    });
    // Chunks behind it were there already.
    expect(Math.max(...asked)).toBeGreaterThan(64);
    hostile = false;
    asked.length = 0;
    unwrap(await querier.sync()());
    expect(Math.min(...asked)).toBe(64);
    const cohort = people(0, 25).map(({ id }) => raw(id));
    const ask = { scheme: SCHEME, purpose: PURPOSE, cohort, columns: ['present'], epsilon: 1e9 };
    expect(unwrap(await querier.aggregate(ask)()).columns).toMatchObject([{ total: 50 }]);
  });

  it('an abort in the middle of sealing gives a value, and a later call goes on', async () => {
    const { querier } = await openFederation({ tables: { ant: people(0, 25), bee: people(0, 25) }, padTo: 100 });
    const controller = new AbortController();
    const stopped = await querier.sync({
      signal: controller.signal,
      onProgress: ({ task, done }) => task.startsWith('seal') && done > 0 && controller.abort(),
    })();
    expect(stopped).toMatchObject({ left: { _tag: 'Aborted' } });
    unwrap(await querier.sync()());
  });

  it('answers that were altered, cut off, mixed up or are no answers give an error that names the holder', async () => {
    const { openQuerier, document, secretsOf } = await openFederation({ tables: { ant: people(0, 25), bee: people(0, 25) } });
    let tamper: (response: Response, request: Request) => Promise<Response> = async (response) => response;
    const querier = await openQuerier({
      fetch: async (request, deliver) => {
        const { hostname } = new URL(request.url);
        const copy = request.clone();
        const response = await deliver(request);
        return hostname === 'bee.test' ? tamper(response, copy) : response;
      },
    });
    const altered = (change: (bytes: Uint8Array) => Uint8Array) => async (response: Response) =>
      new Response(change(new Uint8Array(await response.arrayBuffer())) as Uint8Array<ArrayBuffer>, response);
    const bodies = {
      cut: altered((bytes) => bytes.subarray(0, -1)),
      longer: altered((bytes) => Buffer.concat([bytes, Uint8Array.of(0)])),
      garbage: altered((bytes) => new Uint8Array(bytes.length).fill(7)),
      empty: altered(() => new Uint8Array(0)),
      page: async () => new Response('<html>login</html>', { status: 200, headers: { 'content-type': 'text/html' } }),
      broken: async () => new Response('oops', { status: 502 }),
    };
    for (const [what, change] of Object.entries(bodies)) {
      tamper = change;
      const failed = await querier.sync()();
      expect([what, failed]).toMatchObject([what, { left: { _tag: 'HoldersFailed', holders: [{ holder: 'bee' }] } }]);
    }
    tamper = async (response) => response;
    unwrap(await querier.sync()());
    const cohort = people(0, 25).map(({ id }) => raw(id));
    const otherElement = (bytes: Uint8Array): Uint8Array => {
      bytes.set(GENERATOR, bytes.length - 32);
      return bytes;
    };
    const ask = () => querier.aggregate({ scheme: SCHEME, purpose: PURPOSE, cohort, columns: ['present'], epsilon: 1 })();
    // On the way: one element flipped to another valid one. The holder did not sign that.
    tamper = altered(otherElement);
    expect(await ask()).toMatchObject({
      left: { _tag: 'HoldersFailed', holders: [{ holder: 'bee', fault: { _tag: 'BadResponse', problem: 'DigestMismatch' } }] },
    });
    // By the holder itself, which signs anything: its own log entry says another answer.
    tamper = async (response, request) => resigned(await altered(otherElement)(response), request, secretsOf('bee'));
    expect(await ask()).toMatchObject({
      left: { _tag: 'HoldersFailed', holders: [{ holder: 'bee', fault: { _tag: 'WrongLeaf', field: 'answer' } }] },
    });
    // Match: the last evaluated element replaced, so the proof fails before anything is finalized.
    const matched = unwrap(await querier.match({ scheme: SCHEME, subjects: cohort })());
    expect(matched).toMatchObject({ holders: ['ant'], failures: [{ holder: 'bee', fault: { _tag: 'BadProof' } }] });
    // The manifest commits the holder to the rows that were sealed: another root in it is noticed at the next sync.
    tamper = async (response, request) => {
      if (!request.url.includes('/manifest')) return response;
      const otherRoot = (bytes: Uint8Array): Uint8Array => {
        const manifest = unwrap(decodeShape(HolderManifest, unwrap(decodeCanonical(bytes))));
        const schemes = manifest.schemes.map((scheme) => ({ ...scheme, root: new Uint8Array(32).fill(5) }));
        return encodeCanonical(HolderManifest.encode({ ...manifest, schemes }));
      };
      return resigned(await altered(otherRoot)(response), request, secretsOf('bee'));
    };
    expect(await querier.sync()()).toMatchObject({ left: { holders: [{ holder: 'bee', fault: { _tag: 'RootMismatch' } }] } });
    tamper = async (response) => response;
    unwrap(await querier.sync()());
    const other = { ...document, serial: 2, epochs: [{ ...document.epochs[0]!, number: 8 }] };
    const elsewhere = await (await openQuerier({ document: other })).sync()();
    const outOfStep = { fault: { _tag: 'HolderRefused', problem: 'OutOfStep' } };
    expect(elsewhere).toMatchObject({ left: { holders: [outOfStep, outOfStep] } });
  });
});
