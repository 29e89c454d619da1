import { request as httpRequest } from 'node:http';
import { networkInterfaces } from 'node:os';
import { E } from '@vouchsafe/core';
import { memoryStore } from '@vouchsafe/holder';
import { afterAll, describe, expect, it } from 'vitest';
import { type ServingConsole, serveConsole } from './index.ts';
import { openParties, unwrap } from './parties.test.fixture.ts';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** `fetch` sets Host and Origin by itself; an attacker's browser or program does not. */
const ask = (port: number, path: string, headers: Record<string, string> = {}, method = 'GET', host = '127.0.0.1') =>
  new Promise<Answer>((resolve, reject) => {
    const asked = httpRequest({ host, port, path, method, headers: { host: `127.0.0.1:${port}`, ...headers } }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body }));
    });
    asked.setTimeout(2000, () => asked.destroy(new Error('no connection')));
    asked.on('error', reject);
    asked.end();
  });

describe('a holder’s console', async () => {
  const store = await memoryStore();
  let spoilt = false;
  const entries: typeof store.log.entries = async (page) => {
    const read = await store.log.entries(page);
    // One bit of one entry, as a disk or a hand may change it.
    if (spoilt && E.isRight(read) && page.from === 0) read.right[2]![40]! ^= 1;
    return read;
  };
  const parties = await openParties({ ...store, log: { ...store.log, entries } });
  const serving: ServingConsole = unwrap(await serveConsole({ holder: parties.holder, name: 'ant', port: 0 })());
  afterAll(async () => {
    await serving.close();
    await parties.close();
  });
  const { port } = serving;
  const own = { origin: `http://127.0.0.1:${port}`, 'sec-fetch-site': 'same-origin' };
  const page = async (path = '/'): Promise<string> => {
    const { status, body } = await ask(port, path);
    expect(status).toBe(200);
    return body;
  };
  const verified = async (): Promise<string> => {
    expect(await ask(port, '/verify', own, 'POST')).toMatchObject({ status: 303, headers: { location: '/#log' } });
    for (let i = 0; i < 100; i++) {
      const text = await page();
      if (!text.includes('Being verified')) return text;
    }
    throw new Error('the check does not end');
  };
  const rowsOf = (text: string): readonly string[] =>
    [...text.matchAll(/<tr>(.*?)<\/tr>/g)].map(([, row]) =>
      row!
        .replace(/<[^>]*>/g, ' ')
        .replace(/\s+/g, ' ')
        .trim(),
    );

  it('is there before anything is loaded or asked', async () => {
    const text = await page();
    for (const shown of ['not ready: records are not loaded', 'Nothing was answered yet', 'Nothing was refused'])
      expect(text).toContain(shown);
    expect(rowsOf(text)).toContain('3 records are not loaded bureau cn-rid not begun 0 0 %');
  });

  it('an empty log holds', async () => {
    expect(await verified()).toMatch(/The log holds<\/strong>.*: 0 entries/);
  });

  it('shows budgets in ε and ρ, queries by purpose, refusals by reason, sealing and the statement', async () => {
    await parties.live();
    // Counter-signatures come behind the answers.
    await parties.querier.close();
    await new Promise((resolve) => setTimeout(resolve, 2100));
    const text = await page();
    const rows = rowsOf(text);
    for (const row of [
      'bureau ε of totals 15 20 75 %',
      'bureau ρ of totals 1.5 2 75 %',
      'bureau signals 0 3 used up',
      'bureau match, people 4,998 5,000 99 %',
      'slow-bureau signals 5 5 100 %',
      '3 answers bureau cn-rid sealed, in use 32 100 %',
      '3 answers slow-bureau cn-rid waits for the bureau 32 0 %',
      'bureau signal credit-application 3 3 6 0 0',
      'bureau totals account-review 1 30 1 0 0.5',
    ])
      expect(rows).toContain(row);
    for (const row of [
      /^credit-application signal bureau 3 3 /,
      /^credit-application totals bureau 1 30 /,
      /^account-review totals bureau 1 30 /,
      /^\(none stated\) match bureau 1 2 /,
      /^BudgetSpent .* bureau 1 /,
      /^NotGranted .* bureau 1 /,
      /^Unsigned .* strangers 1 /,
    ])
      expect(
        rows.filter((one) => row.test(one)),
        String(row),
      ).toHaveLength(1);
    // Budgets, purposes, days, refusals: each a chart.
    expect(text.match(/<svg /g)).toHaveLength(4);
    expect(text).toContain('<strong>ready</strong>');
  });

  it('counts an entry once, however often the page is loaded, and together', async () => {
    const texts = await Promise.all(Array.from({ length: 8 }, () => page()));
    for (const text of texts)
      expect(rowsOf(text).filter((row) => /^credit-application signal bureau 3 3 /.test(row))).toHaveLength(1);
  });

  it('shows no identifier, key, secret, pseudonym or digest', async () => {
    const shown = (await verified()) + (await page('/statement')) + (await page('/console.js')) + (await page('/console.css'));
    expect(parties.hidden).toHaveLength(100 + 5 * 4);
    for (const secret of parties.hidden) expect(shown.includes(secret)).toBe(false);
    expect(shown).not.toMatch(/[0-9a-f]{32}/i);
    // The one base64 text is the root of the log's head, which every checkpoint tells.
    const encoded = shown.match(/[A-Za-z0-9+/]{40,}={0,2}/g) ?? [];
    expect(encoded).toHaveLength(1);
    expect(Buffer.from(encoded[0]!, 'base64')).toHaveLength(32);
  });

  it('verifies the log when it is told to, and says when it does not hold', async () => {
    expect(await verified()).toMatch(/The log holds<\/strong>.*: 8 entries/);
    spoilt = true;
    const text = await verified();
    expect(text).toContain('The log does not hold.');
    expect(text).toContain('<code>BadExport</code>');
    spoilt = false;
    expect(await verified()).toContain('The log holds');
  });

  it('says how far a check is, and one that is stopped ends', async () => {
    const seen: number[] = [];
    const watch = { onProgress: ({ done, total }: { done: number; total: number }) => void seen.push(done / total) };
    expect(E.isRight(await parties.holder.log.verify(watch)())).toBe(true);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect([seen[0], seen.at(-1)]).toEqual([0.5, 1]);
    expect(await parties.holder.log.verify({ signal: AbortSignal.abort() })()).toMatchObject({ left: { _tag: 'Aborted' } });
  });

  it('tells the statement of the month that is asked for, and of no other text', async () => {
    expect(await page('/statement?month=2020-02')).toContain('2020-02-01 to before 2020-03-01 (UTC): nothing that a querier');
    const now = new Date().toISOString().slice(0, 7);
    for (const month of ['2020-13', '2020-00', '"><script>', '../', '9999-01'])
      expect(await page(`/statement?month=${encodeURIComponent(month)}`)).toContain(`statement of ${now}`);
  });

  it('is answered on loopback by a name of this machine only: a foreign name is a rebound one', async () => {
    for (const host of [`localhost:${port}`, 'localhost', '127.0.0.1:9', '[::1]:1', 'LOCALHOST:80'])
      expect((await ask(port, '/', { host })).status, host).toBe(200);
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      '127.0.0.1.evil.example',
      'localhost.evil.example',
      '0.0.0.0',
      'ant',
    ])
      expect((await ask(port, '/', { host })).status, host).toBe(421);
  });

  it('is not reachable by another address of this machine', async () => {
    const others = Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .filter(({ internal, family }) => !internal && family === 'IPv4')
      .map(({ address }) => address);
    // 127.0.0.2 is loopback, and yet not where it listens.
    for (const address of [...others, '127.0.0.2']) await expect(ask(port, '/', {}, 'GET', address)).rejects.toThrow();
  });

  it('answers no other page, no proxy and no CORS', async () => {
    for (const headers of [
      { origin: 'http://evil.example' },
      { origin: 'null' },
      { origin: `http://127.0.0.1:${port + 1}` },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' },
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
      { 'x-forwarded-for': '203.0.113.7' },
      { forwarded: 'for=203.0.113.7' },
      { via: '1.1 proxy' },
    ])
      expect((await ask(port, '/', headers as Record<string, string>)).status, JSON.stringify(headers)).toBe(403);
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    expect((await ask(port, '/', link)).status).toBe(200);
    // A check is begun by the console's own page only.
    for (const headers of [{}, link, { ...own, origin: 'http://evil.example' }, { ...own, 'sec-fetch-site': 'cross-site' }])
      expect((await ask(port, '/verify', headers, 'POST')).status).toBe(403);
    expect((await ask(port, '/verify', own)).status).toBe(404);
    expect((await ask(port, '/', own, 'PUT')).status).toBe(405);
    expect((await ask(port, '/', { ...own, 'content-length': '1025' }, 'POST').catch(() => ({ status: 413 }))).status).toBe(413);
    const { headers } = await ask(port, '/', { origin: own.origin });
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'x-frame-options': 'DENY',
    });
  });

  it('has no inline script or style, and refers to nothing outside of itself', async () => {
    const text = await page();
    expect(text.match(/<script/g)).toHaveLength(1);
    expect(text).toContain('<script type="module" src="/console.js"></script>');
    expect(text).not.toMatch(/<style| style=| on[a-z]+="/);
    const addresses = [...text.matchAll(/(?:src|href|action)="([^"]*)"/g)].map(([, address]) => address!);
    expect(addresses.filter((address) => !/^(\/|#|data:,$)/.test(address))).toEqual([]);
  });

  it('says what keeps its port from it', async () => {
    const second = await serveConsole({ holder: parties.holder, name: 'ant', port })();
    expect(second).toMatchObject({ left: { _tag: 'CannotOpenConsole', message: expect.stringContaining('another program') } });
  });

  it('tells that the holder’s store is gone, and stands', async () => {
    await parties.close();
    const text = await page();
    expect(text).toContain('store cannot be read');
    // Which says nothing about the log.
    expect(await verified()).toMatch(/The log could not be verified/);
  });
});
