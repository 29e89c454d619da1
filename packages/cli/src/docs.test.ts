import { execFile } from 'node:child_process';
import type * as Crypto from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { CodeBlock } from '@vouchsafe/testkit';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { createPlace, PASSPHRASE } from './command.test.fixture.ts';
import { checkCall, freePort, openPage, type Page, publicKeysOf } from './page.test.fixture.ts';
import { QUICK_SCRYPT_MODULE } from './quick-scrypt.test.fixture.ts';

// The call goes before all imports.
vi.mock('node:crypto', async (original) =>
  (await import('./quick-scrypt.test.fixture.ts')).quickScrypt(await original<typeof Crypto>()),
);

const DOCS = new URL('../../docs/', import.meta.url);
const LENDERS = ['lender-a', 'lender-b'] as const;
const place = await createPlace();
const ports = await Promise.all(LENDERS.map(freePort));
const replace = new Map(ports.map((port, i) => [`880${i + 1}`, String(port)]));
const paste = publicKeysOf(place);
const open = (name: string, own = replace, folders: readonly string[] = []): Promise<Page> =>
  openPage(new URL(name, DOCS), { place, paste, folders, replace: own });

/** Each page, as its reader follows it. The one for holders is followed by each of them. */
const pages: Readonly<Record<string, readonly Page[]>> = {
  'holders.md': await Promise.all(
    LENDERS.map((lender, i) =>
      open(
        'holders.md',
        new Map([
          ['lender-a', lender],
          ['8801', String(ports[i])],
        ]),
        [lender],
      ),
    ),
  ),
};
const names = (await readdir(DOCS)).filter((name) => name.endsWith('.md'));
const pageOf = new Map(await Promise.all(names.map(async (name) => [name, pages[name] ?? [await open(name)]] as const)));

/** The order in which the roles meet: the first page's table, and how a day goes on. */
const STEPS: readonly (readonly [page: string, heading: string])[] = [
  ['README.md', 'To try it'],
  ['auditor.md', 'A1 Found a federation'],
  ['holders.md', 'H1 Make your folder'],
  ['bureau.md', 'B1 Make your folder'],
  ['issuers.md', 'I1 Make your key'],
  ['auditor.md', 'A2 Add the members and sign'],
  ['holders.md', 'H2 Check the federation file'],
  ['holders.md', 'H3 Say what you answer'],
  ['holders.md', 'H4 Load your records'],
  ['holders.md', 'H4 With other columns'],
  ['bureau.md', 'B2 Check the federation file'],
  ['holders.md', 'H5 Seal'],
  ['bureau.md', 'B3 Seal with everybody'],
  ['holders.md', 'H6 Serve'],
  ['bureau.md', 'B4 Ask for totals over a list'],
  ['bureau.md', 'B5 See who knows whom'],
  ['bureau.md', 'B6 Ask about one person, who agreed'],
  ['bureau.md', 'B7 Fit a scorecard'],
  ['issuers.md', 'I3 Sign in your app'],
  ['bureau.md', 'B8 Score'],
  ['bureau.md', 'B9 See what you used'],
  ['auditor.md', 'A3 Check the logs'],
  ['auditor.md', 'A4 Open a question'],
  ['auditor.md', 'A5 Sample a table'],
  ['auditor.md', 'A6 Sign statements'],
  ['holders.md', 'H7 See what was asked'],
  ['operations.md', 'Back up'],
  ['operations.md', 'Restore'],
  ['operations.md', 'The next epoch'],
];
/** Between which of a heading's blocks somebody else has to do something: the issuer signs before the bureau goes on. */
const BETWEEN: Readonly<Record<string, readonly [page: string, heading: string]>> = {
  'B6 Ask about one person, who agreed': ['issuers.md', 'I2 Sign for a few'],
};

const done = new Set<CodeBlock>();

/** A program of a page, in Node, with the built packages. */
const runProgram = async (code: string): Promise<string> => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', QUICK_SCRYPT_MODULE, '--input-type=module', '-e', `process.chdir(${JSON.stringify(place.folder)});\n${code}`],
    { cwd: fileURLToPath(new URL('../', import.meta.url)), env: { ...process.env, VOUCHSAFE_PASSPHRASE: PASSPHRASE } },
  );
  return stdout;
};

const follow = async (name: string, heading: string): Promise<void> => {
  const readers = pageOf.get(name)!;
  const places = readers.map((page) => ({ page, own: page.blocks.filter((block) => block.heading === heading) }));
  expect(places[0]!.own.length, `${name}: ${heading}`).toBeGreaterThan(0);
  for (const { page, own } of places)
    for (const [i, block] of own.entries()) {
      if (i > 0 && BETWEEN[heading]) await follow(...BETWEEN[heading]);
      if (block.language === 'ts') expect(JSON.parse(await runProgram(block.text))).toMatchObject({ bureau: 'bureau' });
      else await page.run(block);
      done.add(block);
    }
};

/** Else each lender's table has a thousand rows. */
const smallTables = async (): Promise<void> => {
  for (const lender of LENDERS) {
    const path = place.path(`${lender}/holder.toml`);
    await writeFile(path, (await readFile(path, 'utf8')).replace('# pad-to = 1000', 'pad-to = 32'));
  }
};

/** The query reads what the page says that it reads: two people, nobody rejected. */
const otherColumns = async (tryIt: () => Promise<void>): Promise<void> => {
  const configs = LENDERS.map((lender) => place.path(`${lender}/holder.toml`));
  const before = await Promise.all(configs.map((path) => readFile(path, 'utf8')));
  await tryIt();
  const ended = await pageOf.get('holders.md')![0]!.vouchsafe(['holder', 'load', '--folder', 'lender-a', '--check', '--json']);
  expect(ended.json()).toMatchObject({ ok: true, schemes: [{ rows: 2, subjects: 2, rejected: 0, clamped: {}, empty: {} }] });
  await Promise.all(configs.map((path, i) => writeFile(path, before[i]!)));
};

const stop = async (): Promise<void> => {
  for (const readers of pageOf.values()) for (const page of readers) await page.stop();
};
afterAll(stop);

describe.sequential('the pages, as their readers follow them together', () => {
  it.each(STEPS)('%s: %s', async (name, heading) => {
    // Who tries it goes back to his loans.
    if (heading === 'H4 With other columns') return void (await otherColumns(() => follow(name, heading)));
    await follow(name, heading);
    if (heading.startsWith('H1 ')) await smallTables();
    if (heading.startsWith('B3 ')) for (const page of pageOf.get('holders.md')!) await page.terminals();
  });

  it('no block is left out, but those that only show a call: that call can be made', async () => {
    for (const [name, readers] of pageOf)
      for (const block of readers.flatMap((page) => page.blocks)) {
        const shown = block.info[0] === 'example';
        if (shown) await readers[0]!.run(block);
        expect(shown || done.has(block), `${name}, line ${block.line}`).toBe(true);
      }
    await expect(checkCall(['vouchsafe', 'holder', 'serve', '--nonsense'])).rejects.toThrow();
  });

  it('and what comes out is there', async () => {
    const lines = async (file: string): Promise<number> => (await readFile(place.path(file), 'utf8')).trim().split('\n').length;
    expect(await lines('known.csv')).toBe(121);
    expect(await lines('totals.csv')).toBeGreaterThan(2);
    expect(await lines('sample-totals.csv')).toBe(81);
    expect(await lines('sampled.jsonl')).toBe(20);
    expect((await readdir(place.path('statements'))).length).toBe(2);
    expect((await readdir(place.path('checkpoints'))).length).toBe(2);
  });

  it('a restored copy is the holder of then, with its table and what was spent; the holder itself has gone on', async () => {
    const statusOf = async (folder: string) => {
      const ended = await pageOf.get('holders.md')![0]!.vouchsafe(['holder', 'status', '--folder', folder, '--json']);
      expect(ended).toMatchObject({ code: 0 });
      return ended.json();
    };
    const spent = expect.arrayContaining([expect.objectContaining({ epoch: 1, what: 'aggregate', used: 1, left: 9 })]);
    expect(await statusOf('restored-a')).toMatchObject({ tables: [{ epoch: 1, stage: 'sealed' }], budgets: spent });
    expect(await statusOf('lender-a')).toMatchObject({
      tables: [
        { epoch: 1, stage: 'sealed' },
        { epoch: 2, stage: 'ready' },
      ],
      budgets: spent,
    });
  });
});
