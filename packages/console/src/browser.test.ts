import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, launch } from './browser.test.fixture.ts';
import { type ServingConsole, serveConsole } from './index.ts';
import { openParties, type Parties, raw, SCHEME, unwrap } from './parties.test.fixture.ts';

const path = chromiumPath();
if (path === undefined)
  process.stderr.write(
    '\nSKIPPED: the console in a browser. There is no Chromium in the usual places: install it (apt-get install chromium), or say where it is with CHROMIUM_PATH.\n\n',
  );

describe.skipIf(path === undefined)('the console in Chromium', () => {
  let parties: Parties;
  let serving: ServingConsole;
  let browser: Browser;
  const complaints: string[] = [];

  beforeAll(async () => {
    parties = await openParties();
    serving = unwrap(await serveConsole({ holder: parties.holder, name: 'ant', port: 0 })());
    await parties.live();
    browser = await launch(path!);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await serving?.close();
    await parties?.close();
  });

  const open = async (options: Parameters<Browser['newPage']>[0] = {}): Promise<Page> => {
    const page = await browser.newPage(options);
    // A violation of the content security policy is told here, too.
    page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => {
      if (!request.url().startsWith(serving.url) && request.url() !== 'data:,') complaints.push(`asked for ${request.url()}`);
    });
    expect((await page.goto(serving.url))?.status()).toBe(200);
    return page;
  };

  it('shows its charts and tables, on a screen and on a phone, light and dark, and nothing is cut or pushes the page wide', async () => {
    const page = await open();
    for (const colorScheme of ['light', 'dark'] as const)
      for (const width of [1280, 360]) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 800 });
        expect(await page.locator('svg').count()).toBe(4);
        for (const svg of await page.locator('svg').all()) {
          const box = (await svg.boundingBox())!;
          expect(box.width).toBeGreaterThan(200);
          expect(box.x + box.width).toBeLessThanOrEqual(width);
        }
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
        // Style sheet and rules for dark pages are in force: paper, and the blue of the bars.
        const paper = await page.evaluate('getComputedStyle(document.body).backgroundColor');
        expect(paper).toBe(colorScheme === 'dark' ? 'rgb(13, 17, 23)' : 'rgb(246, 248, 250)');
        const bar = await page.evaluate(`getComputedStyle(document.querySelector('svg [fill="#0072b2"]')).fill`);
        expect(bar).toBe(colorScheme === 'dark' ? 'rgb(86, 180, 233)' : 'rgb(0, 114, 178)');
      }
    await page.close();
  });

  it('verifies the log at the press of a button', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Verify the log' }).click();
    await page.waitForURL(`${serving.url}#log`);
    await page.getByText('The log holds').waitFor({ timeout: 20_000 });
    expect(await page.locator('#log').textContent()).toContain('8 entries');
    await page.close();
  });

  it('shows new answers by itself, and holds still when it is told to', async () => {
    const page = await open();
    const answered = page.locator('.tile', { hasText: 'Answered' }).locator('strong');
    expect(await answered.textContent()).toBe('6');
    const question = { scheme: SCHEME, purpose: 'credit-application', columns: ['loans'], epsilon: 1 };
    const cohort = Array.from({ length: 25 }, (_, i) => raw(i));
    unwrap(await parties.querier.aggregate({ ...question, cohort })());
    await answered.filter({ hasText: /^7$/ }).waitFor({ timeout: 20_000 });
    await page.getByLabel('every 5 seconds').uncheck();
    unwrap(await parties.querier.aggregate({ ...question, cohort: cohort.slice(1) })());
    await new Promise((resolve) => setTimeout(resolve, 6000));
    expect(await answered.textContent()).toBe('7');
    await page.getByRole('link', { name: 'Refresh' }).click();
    await answered.filter({ hasText: /^8$/ }).waitFor({ timeout: 20_000 });
    await page.close();
  });

  it('chooses the month of the statement, and has it alone for print', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Show' }).click();
    await page.waitForURL(/\?month=\d{4}-\d{2}#statement$/);
    await page.getByRole('link', { name: 'To print' }).click();
    await page.waitForURL(/\/statement\?month=/);
    expect(await page.locator('h1').textContent()).toContain('statement of');
    expect(await page.locator('form').count()).toBe(0);
    await page.close();
  });

  it('is operated by the keyboard alone, and every control has a name', async () => {
    const page = await open();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('To the content');
    const names: string[] = [];
    for (let i = 0; i < 30; i++) {
      await page.keyboard.press('Tab');
      names.push(
        String(
          await page.evaluate(
            `(document.activeElement.getAttribute('aria-label') ?? document.activeElement.labels?.[0]?.textContent ?? document.activeElement.textContent).trim()`,
          ),
        ),
      );
    }
    for (const name of ['Budgets', 'Refresh', 'every 5 seconds', 'Verify the log', 'Month', 'Show', 'To print'])
      expect(names).toContain(name);
    expect(names).not.toContain('');
    await page.close();
  });

  it('works without scripts', async () => {
    const page = await open({ javaScriptEnabled: false });
    expect(await page.getByLabel('every 5 seconds').isVisible()).toBe(false);
    expect(await page.locator('svg').count()).toBe(4);
    await page.getByRole('button', { name: 'Verify the log' }).click();
    await page.getByRole('link', { name: 'Refresh' }).click();
    await page.getByText('The log holds').waitFor({ timeout: 20_000 });
    await page.close();
  });

  it('is not read, posted to or framed by another page', async () => {
    // A page of another origin on the same machine: same site, and yet not ours.
    const elsewhere = async (script: string): Promise<Page> => {
      const page = await browser.newPage();
      await page.route('http://127.0.0.1:1/', (route) => route.fulfill({ contentType: 'text/html', body: '<p>elsewhere</p>' }));
      await page.goto('http://127.0.0.1:1/');
      await page.evaluate(script);
      return page;
    };
    const console = JSON.stringify(serving.url);
    const reads = await elsewhere(
      `fetch(${console}).then((r) => r.text(), () => 'refused').then((text) => { document.title = text; })`,
    );
    expect(await reads.title()).toBe('refused');
    await reads.close();

    const posts = await elsewhere(
      `{ const f = document.createElement('form'); f.method = 'post'; f.action = ${console} + 'verify'; document.body.append(f); setTimeout(() => f.submit(), 100); }`,
    );
    await posts.getByText('another page asked').waitFor({ timeout: 20_000 });
    await posts.close();

    const frames = await elsewhere(
      `new Promise((done) => { const f = document.createElement('iframe'); f.onload = done; f.src = ${console}; document.body.append(f); })`,
    );
    expect(frames.frames()).toHaveLength(2);
    expect(await frames.frames()[1]!.content()).not.toContain('Budgets left');
    await frames.close();
  });

  it('made the browser complain of nothing, and shows no identifier or key', async () => {
    expect(complaints).toEqual([]);
    const page = await open();
    const text = await page.content();
    for (const secret of parties.hidden) expect(text.includes(secret)).toBe(false);
    await page.close();
  });
});
