import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { E } from '@vouchsafe/core';
import type { Holder } from '@vouchsafe/holder';
import { readProblem, tagOf } from '@vouchsafe/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createService, type Limits, type Serving, serve } from './index.ts';
import { unwrap } from './parties.test.fixture.ts';

// A stand-in for the holder: what is tested here happens before and after it.

const opened: Serving[] = [];
let atEnd: { readonly open: () => void; readonly passed: Promise<void> };
beforeEach(() => {
  atEnd = gate();
});
afterEach(async () => {
  atEnd.open();
  for (const serving of opened.splice(0)) await serving.close();
});

interface Stand {
  readonly port: number;
  readonly serving: Serving;
  readonly figures: () => Promise<string>;
  readonly closed: () => boolean;
}

const stand = async (fetch: (request: Request) => Promise<Response>, limits: Partial<Limits> = {}): Promise<Stand> => {
  let closed = false;
  const holder = {
    fetch,
    observe: () => () => undefined,
    status: () => async () => E.right({ federation: 'f', serial: 1, policyHash: new Uint8Array(32), epochs: [] }),
    close: async () => {
      closed = true;
    },
  } as unknown as Holder;
  const service = createService({ holder });
  const serving = unwrap(await serve(service, { port: 0, limits })());
  opened.push(serving);
  return { port: serving.port, serving, figures: service.metrics.text, closed: () => closed };
};

const hello = async (): Promise<Response> => new Response('hello');
const echo = async (request: Request): Promise<Response> => new Response(await request.arrayBuffer());

/** Writes to a socket, and gives all that comes until the other side closes it. */
const talk = async (port: number, text: string): Promise<string> => {
  const socket = connect(port, '127.0.0.1');
  let got = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    got += chunk;
  });
  socket.on('error', () => undefined);
  socket.write(text);
  await once(socket, 'close');
  return got;
};

/** Answers when the test is over. */
const never = (): Promise<Response> => atEnd.passed.then(() => new Response(null));

const gate = (): { readonly open: () => void; readonly passed: Promise<void> } => {
  let open = (): void => undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open: () => open(), passed };
};

describe('shutting down', () => {
  it('finishes running answers, refuses new ones, and closes the holder last', async () => {
    const [begun, finish] = [gate(), gate()];
    const { port, serving, closed } = await stand(async () => {
      begun.open();
      await finish.passed;
      return new Response('late, but whole');
    });
    // A connection that is open before: its next request comes after the shutdown has begun.
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = (path: string): Promise<number> =>
      new Promise((resolve, reject) => {
        httpRequest({ port, path, agent, host: '127.0.0.1' }, (response) => {
          response.resume().on('end', () => resolve(response.statusCode!));
        })
          .on('error', reject)
          .end();
      });
    expect(await ask('/healthz')).toBe(200);
    const slow = fetch(`http://127.0.0.1:${port}/slow`);
    await begun.passed;
    const second = new Promise<string>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        // Half a request: the connection is busy, so that it outlives the beginning of the shutdown.
        socket.write('POST /x HTTP/1.1\r\nhost: a.test\r\n');
        resolve(
          new Promise<string>((done) => {
            let got = '';
            socket.on('data', (chunk) => {
              got += String(chunk);
            });
            socket.on('close', () => done(got));
            socket.on('error', () => undefined);
            setTimeout(() => socket.write('content-length: 0\r\n\r\n'), 300);
          }),
        );
      });
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    const closing = serving.close();
    expect(await second).toMatch(/^HTTP\/1\.1 503 [\s\S]*connection: close[\s\S]*ShuttingDown/i);
    await expect(fetch(`http://127.0.0.1:${port}/new`)).rejects.toThrow();
    expect(closed()).toBe(false);
    finish.open();
    const response = await slow;
    expect(await response.text()).toBe('late, but whole');
    expect(await closing).toBe(0);
    expect(closed()).toBe(true);
    agent.destroy();
  });

  it('does not wait for ever: what is not done in time is cut off, and counted', async () => {
    const begun = gate();
    let release = (): void => undefined;
    const { port, serving } = await stand(
      () => {
        begun.open();
        return new Promise((resolve) => {
          release = () => resolve(new Response('too late'));
        });
      },
      { graceMs: 100 },
    );
    const slow = fetch(`http://127.0.0.1:${port}/slow`);
    slow.catch(() => undefined);
    await begun.passed;
    const closing = serving.close();
    await expect(slow).rejects.toThrow();
    // The work itself goes on, and the store stays open under it.
    release();
    expect(await closing).toBe(1);
  });

  it('is the same however often it is asked for', async () => {
    const { serving } = await stand(hello);
    expect(await Promise.all([serving.close(), serving.close()])).toEqual([0, 0]);
  });
});

describe('limits before parsing', () => {
  it('a body that says that it is too long is refused unread, with a reason', async () => {
    let called = false;
    const { port, figures } = await stand(
      async (request) => {
        called = true;
        return echo(request);
      },
      { bodyBytes: 1000 },
    );
    const got = await talk(port, 'POST /v1/query HTTP/1.1\r\nhost: a.test\r\ncontent-length: 1001\r\n\r\n');
    const [head, body] = got.split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 413 /);
    expect(head).toMatch(/content-type: application\/problem\+json/i);
    expect(tagOf(unwrap(readProblem(body!)))).toBe('BodyTooLarge');
    expect(called).toBe(false);
    const fine = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: new Uint8Array(1000) });
    expect((await fine.arrayBuffer()).byteLength).toBe(1000);
    expect(await figures()).toContain('vouchsafe_rejections_total{reason="BodyTooLarge"} 1');
  });

  it('a client that asks first whether it may send is told no before it sends', async () => {
    const { port } = await stand(echo, { bodyBytes: 1000 });
    const asking = (length: number): string =>
      `POST / HTTP/1.1\r\nhost: a.test\r\nconnection: close\r\nexpect: 100-continue\r\ncontent-length: ${length}\r\n\r\n`;
    expect(await talk(port, asking(1001))).toMatch(/^HTTP\/1\.1 413 /);
    expect(await talk(port, `${asking(2)}ok`)).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /);
  });

  it('headers that are too long, or slow, end the connection', async () => {
    const { port, figures } = await stand(hello, { headerBytes: 2048, headersMs: 300 });
    expect(await talk(port, `GET / HTTP/1.1\r\nhost: a.test\r\nx: ${'y'.repeat(3000)}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431 /);
    expect(await talk(port, 'GET / HTTP/1.1\r\nhost: a.te')).toMatch(/^HTTP\/1\.1 408 /);
    expect(await talk(port, 'what is this?\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    const text = await figures();
    for (const reason of ['HeaderTooLarge', 'TooSlow', 'BadHttp'])
      expect(text).toContain(`vouchsafe_rejections_total{reason="${reason}"} 1`);
  });

  it('a body that drips ends the connection, too', async () => {
    const { port } = await stand(echo, { requestMs: 300, headersMs: 200 });
    const began = performance.now();
    await talk(port, 'POST / HTTP/1.1\r\nhost: a.test\r\ncontent-length: 10\r\n\r\nabc');
    expect(performance.now() - began).toBeLessThan(5000);
  });

  it('whoever was answered already cannot go on sending', async () => {
    const { port } = await stand(hello, { drainBytes: 10_000, drainMs: 60_000 });
    const got = await talk(port, `POST / HTTP/1.1\r\nhost: a.test\r\ncontent-length: 8000000\r\n\r\n${'z'.repeat(200_000)}`);
    expect(got).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('more requests than are taken at once get 503, and when to come again', async () => {
    const [begun, finish] = [gate(), gate()];
    const { port } = await stand(
      async () => {
        begun.open();
        await finish.passed;
        return new Response('done');
      },
      { allRequestsAtOnce: 1 },
    );
    const first = fetch(`http://127.0.0.1:${port}/`);
    await begun.passed;
    const second = await fetch(`http://127.0.0.1:${port}/`);
    expect([second.status, second.headers.get('retry-after')]).toEqual([503, '1']);
    finish.open();
    expect((await first).status).toBe(200);
  });

  it('more bytes than are taken at once get 503, whoever sends them', async () => {
    const { port } = await stand(echo, { allBodyBytes: 1500, bodyBytes: 1000 });
    const slow = connect(port, '127.0.0.1');
    slow.write('POST / HTTP/1.1\r\nhost: a.test\r\ncontent-length: 1000\r\n\r\nabc');
    await new Promise((resolve) => setTimeout(resolve, 100));
    const send = (length: number): Promise<Response> =>
      fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: new Uint8Array(length) });
    expect((await send(501)).status).toBe(503);
    expect((await send(500)).status).toBe(200);
    slow.destroy();
  });

  it('a connection cannot begin more requests at once than it may', async () => {
    const { port, figures } = await stand(never, { requestsAtOnce: 2, graceMs: 10 });
    const one = 'GET / HTTP/1.1\r\nhost: a.test\r\n\r\n';
    expect(await talk(port, one.repeat(3))).toBe('');
    expect(await figures()).toContain('vouchsafe_rejections_total{reason="Pipelined"} 1');
  });

  it('a request without a host, or with an address that is none, gets 400', async () => {
    const { port } = await stand(hello);
    expect(await talk(port, 'GET / HTTP/1.1\r\nconnection: close\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    expect(await talk(port, 'GET / HTTP/1.1\r\nconnection: close\r\nhost: a:b:c\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe('connections', () => {
  const silent = async (port: number): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write('GET / HTTP/1.1\r\n');
    return socket;
  };

  it('that are silent make room for new ones, those silent longest first', async () => {
    const { port, figures } = await stand(hello, { connections: 3 });
    const sockets = [await silent(port), await silent(port), await silent(port)];
    const gone = sockets.map((socket) => once(socket, 'close'));
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
    await gone[0];
    expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true, false, false]);
    expect(await figures()).toContain('vouchsafe_rejections_total{reason="MadeRoom"} 1');
    for (const socket of sockets) socket.destroy();
  });

  it('that have a request under way do not', async () => {
    const { port, figures } = await stand(never, { connections: 2, graceMs: 10 });
    const busy = [await silent(port), await silent(port)];
    for (const socket of busy) socket.write('host: a.test\r\n\r\n');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await talk(port, 'GET /healthz HTTP/1.1\r\nhost: a.test\r\n\r\n')).toBe('');
    expect(busy.map(({ destroyed }) => destroyed)).toEqual([false, false]);
    expect(await figures()).toContain('vouchsafe_rejections_total{reason="TooManyConnections"} 1');
    for (const socket of busy) socket.destroy();
  });
});

describe('a port that cannot be opened', () => {
  it('is an error that says why', async () => {
    const { port } = await stand(hello);
    const holder = { observe: () => () => undefined } as unknown as Holder;
    const second = await serve(createService({ holder }), { port })();
    expect(second).toMatchObject({ left: { _tag: 'CannotListen', message: expect.stringContaining('another program') } });
    const third = await serve(createService({ holder }), { port: 0, metricsPort: port })();
    expect(third).toMatchObject({ left: { _tag: 'CannotListen' } });
  });
});
