import type * as Crypto from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { shellCommands } from '@vouchsafe/testkit';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { createPlace, type Ended } from './command.test.fixture.ts';
import { checkCall, freePort, openPage, type Page, publicKeysOf } from './page.test.fixture.ts';

// The call goes before all imports.
vi.mock('node:crypto', async (original) =>
  (await import('./quick-scrypt.test.fixture.ts')).quickScrypt(await original<typeof Crypto>()),
);

const LENDERS = ['lender-a', 'lender-b', 'lender-c'];
const place = await createPlace();
const ports = await Promise.all(LENDERS.map(freePort));

const page: Page = await openPage(new URL('../README.md', import.meta.url), {
  place,
  folders: LENDERS,
  paste: publicKeysOf(place),
  replace: new Map(ports.map((port, i) => [`880${i + 1}`, String(port)])),
});
const blocks = page.blocks.filter(({ language, info }) => (language === 'sh' && info[0] !== 'example') || language === 'json');
const headings = [...new Set(blocks.map(({ heading }) => heading))];

// biome-ignore lint/suspicious/noExplicitAny: what each command says is looked at by its test
const json = async (line: string): Promise<Readonly<Record<string, any>>> => {
  const ended = await page.vouchsafe([...line.split(' '), '--json']);
  expect(ended, line).toMatchObject({ code: 0 });
  return ended.json();
};
const refusal = async (line: string, code: number, why: RegExp): Promise<Ended> => {
  const ended = await page.vouchsafe(line.split(' '));
  expect(ended.err, line).toMatch(why);
  expect({ code: ended.code, out: ended.out }, line).toEqual({ code, out: '' });
  expect(ended.err).not.toMatch(/770000\d{8}|\n\s+at /);
  return ended;
};

/** A CSV file of plain cells, without its header. */
const rowsOf = async (name: string): Promise<readonly (readonly string[])[]> =>
  (await readFile(place.path(name), 'utf8'))
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));

const ASK = '--folder bureau --purpose credit-application';
const QUOTE = `bureau quote ${ASK} --columns present,outstanding --epsilon 1 --people 120`;

/** One lender's loans, as rows of cells. */
const loansOf = (lender: string): Promise<readonly (readonly string[])[]> => rowsOf(`books/${lender}.csv`);

afterAll(() => page.stop());

/** Else each lender's table has a thousand rows. */
const smallTables = async (): Promise<void> => {
  for (const lender of LENDERS) {
    const path = place.path(`${lender}/holder.toml`);
    await writeFile(path, (await readFile(path, 'utf8')).replace('# pad-to = 1000', 'pad-to = 32'));
  }
};

/** Ctrl-C in the middle: what is there then is kept, as the README says. */
const interruptedSync = async (): Promise<void> => {
  const stop = new AbortController();
  const stderr = { write: (text: string) => /seal lender/.test(text) && stop.abort() } as unknown as NodeJS.WriteStream;
  const { code, json: last } = await page.vouchsafe(['bureau', 'sync', '--folder', 'bureau', '--json'], {
    stderr,
    signal: stop.signal,
  });
  expect(code).toBe(130);
  const message = expect.stringMatching(/stopped.*the same command goes on/);
  expect(last()).toMatchObject({ ok: false, exit: 130, error: { tag: 'Aborted', message } });
};

const follow = async (heading: string): Promise<void> => {
  for (const block of blocks.filter((one) => one.heading === heading)) {
    const sync = block.text.includes('bureau sync');
    if (sync) await interruptedSync();
    await page.run(block);
    if (sync) await page.terminals();
    if (block.text.includes('holder init')) await smallTables();
  }
};

const LAST = headings.findIndex((heading) => heading.startsWith('10.'));

describe.sequential('the README, as a new user follows it', () => {
  it.each(headings.slice(0, LAST))('%s', follow, 60_000);
});

describe.sequential('what came out of it is true', () => {
  it('totals lie within their noise, cost what was said, and cost nothing again', async () => {
    const before = await json(QUOTE);
    const again = await json(`bureau aggregate books/applicants.csv ${ASK} --columns present,outstanding --epsilon 1`);
    const truth = await Promise.all(LENDERS.map(async (lender) => new Set((await loansOf(lender)).map(([id]) => id)).size));
    const counted = truth.filter((_, i) => !again['suppressed'].includes(LENDERS[i])).reduce((sum, people) => sum + people, 0);
    const [present] = again['columns'];
    expect(Math.abs(present.total - counted)).toBeLessThanOrEqual(present.plusMinus.bound);
    const [, written] = (await rowsOf('totals.csv'))[0]!.slice(1);
    expect(Number(written)).toBe(present.total);
    expect((await stat(place.path('totals.csv'))).mode & 0o777).toBe(0o600);
    for (const one of [before, await json(QUOTE)])
      expect(one['holders']).toEqual(
        LENDERS.map((holder) => expect.objectContaining({ holder, allowed: true, charge: 1, remaining: 9 })),
      );
  });

  it('a match knows who is whose customer, and carries what it was told to', async () => {
    const customers = await Promise.all(LENDERS.map(async (lender) => new Set((await loansOf(lender)).map(([id]) => id))));
    const people = await rowsOf('books/applicants.csv');
    expect(await rowsOf('known.csv')).toEqual(
      people.map(([customer, id], i) => {
        const known = customers.map((own) => own.has(id));
        return [String(i + 1), customer, ...known.map(String), String(known.filter(Boolean).length)];
      }),
    );
  });

  it('a signal is the exact total over all lenders', async () => {
    const id = (await readFile(place.path('books/person.txt'), 'utf8')).trim();
    const loans = (await Promise.all(LENDERS.map(loansOf))).map((all) => all.filter((loan) => loan[0] === id));
    const open = loans.flat().filter(([, , , , , , closed]) => closed === '').length;
    const { signals } = await json(
      `bureau signal books/person.txt ${ASK} --columns openLoans,outstanding,worstStatus --consent person.receipt`,
    );
    expect(signals[0].columns.slice(0, 2)).toMatchObject([
      { column: 'present', total: loans.filter((own) => own.length > 0).length },
      { column: 'openLoans', total: open },
    ]);
  });

  it('a scorecard is fitted on what the signals said, measured on rows held out, and scores the same twice', async () => {
    const rows = await rowsOf('sample-totals.csv');
    expect(rows.length).toBe(80);
    expect(await readFile(place.path('fit.html'), 'utf8')).toContain('<svg');
    const scored = await json(`bureau score books/person.txt ${ASK} --model scorecard.json --consent score.receipt`);
    const inFile = await json('scorecard score sample-totals.csv --model scorecard.json --carry bad');
    expect(inFile['scores'][0].score).toBe(scored['scores'][0].score);
    const report = await json('scorecard report --model scorecard.json --data sample-totals.csv --outcome bad --svg charts');
    expect(report['measured'].auc).toBeGreaterThan(0.6);
    expect(await readFile(place.path('charts/ks.svg'), 'utf8')).toContain('<svg');
    expect((await json('scorecard score sample-totals.csv --model scorecard.json --out scores.parquet'))['rows']).toBe(80);
  });
});

describe.sequential('wrong uses say what to do', () => {
  it('what a policy, a budget or a receipt is against', async () => {
    await refusal(`bureau aggregate books/applicants.csv ${ASK} --columns present --epsilon 5`, 4, /so large an epsilon/);
    await refusal(`bureau signal books/person.txt ${ASK} --columns openLoans`, 4, /consent receipt from one of: super-app/);
    await refusal(`bureau signal books/person.txt ${ASK} --columns pastDue --consent person.receipt`, 4, /receipt/);
    const refused = await page.vouchsafe([
      'bureau',
      'quote',
      ...ASK.replace('credit-application', 'marketing').split(' '),
      '--columns',
      'present',
    ]);
    expect(refused).toMatchObject({
      code: 4,
      out: expect.stringMatching(/no: this holder’s policy[\s\S]*would not be answered/),
    });
    const check = 'holder policy check --folder lender-a --bureau bureau --columns present';
    expect(await page.vouchsafe(`${check} --purpose marketing`.split(' '))).toMatchObject({
      code: 4,
      out: expect.stringMatching(/refused\. .*purpose/),
    });
  });

  it('lists of people that name nobody, or are no lists', async () => {
    await writeFile(place.path('odd.csv'), 'ID_NO,note\n123,a\n456,b\n');
    await writeFile(place.path('some.txt'), `${await readFile(place.path('books/person.txt'), 'utf8')}12345\n`);
    await writeFile(place.path('broken.csv'), 'national_id\n"never ends\n');
    const ask = `${ASK} --columns present --epsilon 1`;
    await refusal(`bureau aggregate nowhere.csv ${ask}`, 3, /no file "nowhere\.csv"/);
    await refusal(`bureau aggregate 770000196001011007 ${ask}`, 2, /an identifier: it is never an argument/);
    await refusal(`bureau aggregate odd.csv ${ask}`, 2, /no column "national_id".*--column NAME/);
    await refusal(`bureau aggregate odd.csv ${ask} --column ID_NO`, 2, /none of its 2 rows names a person.*--column/);
    await refusal(`bureau aggregate broken.csv ${ask}`, 2, /broken\.csv/);
    await refusal(
      `bureau aggregate some.txt ${ask} --strict`,
      2,
      /1 of the rows names nobody: row 2 \(length\); nothing was asked/,
    );
    await refusal(`bureau match books/applicants.csv --folder bureau --out known.csv`, 2, /known\.csv exists already/);
    await refusal(`bureau match books/applicants.csv --folder bureau --out known.txt`, 2, /\.csv, \.parquet or \.jsonl/);
    await refusal(
      'bureau signal some.txt --folder bureau --purpose credit-application --columns present --consent person.receipt',
      2,
      /name a folder/,
    );
  });

  it('a receipt for somebody else, or for nobody who agreed', async () => {
    const issue =
      'consent issue person.request --federation federation.json --keys issuer.key --name super-app --out other.receipt';
    await refusal(`${issue} --person books/person.txt`, 2, /agrees: if that is right, say so with --yes/);
    const [, id] = (await rowsOf('books/applicants.csv'))[1]!;
    await writeFile(place.path('other.txt'), `${id}\n`);
    await refusal(`${issue} --person other.txt --yes`, 1, /person\.request/);
    await refusal(`${issue.replace('super-app', 'bureau')} --person books/person.txt --yes`, 2, /no issuer "bureau"/);
  });

  it('keys, folders and states that are not what is needed', async () => {
    await refusal('bureau sync --folder lender-a', 3, /bureau\.toml.*bureau init/);
    await refusal('holder status --folder lender-a', 3, /state.*only one may.*--metrics-port/);
    await refusal('holder init lender-a --name lender-a', 2, /has something in it/);
    const wrong = await place.withinArgs(['bureau', 'sync', '--folder', 'bureau'], {
      env: { VOUCHSAFE_PASSPHRASE: 'another one than that', VOUCHSAFE_AUDITOR_KEY: process.env['VOUCHSAFE_AUDITOR_KEY'] },
    });
    expect(wrong).toMatchObject({ code: 2, err: expect.stringMatching(/member\.key.*passphrase/) });
    const none = await place.withinArgs(['bureau', 'sync', '--folder', 'bureau'], { env: {} });
    expect(none).toMatchObject({ code: 2, err: expect.stringMatching(/auditor-key into .*bureau\.toml/) });
    const toml = await readFile(place.path('bureau/bureau.toml'), 'utf8');
    for (const [text, why] of [
      [toml.replace('state = "state"', 'state = "state'), /bureau\.toml is not TOML: look at line \d+/],
      [toml.replace('state = "state"', ''), /bureau\.toml: .*state/],
      [toml.replace('state =', 'stat ='), /only the keys/],
    ] as const) {
      await writeFile(place.path('bureau/bureau.toml'), text);
      await refusal('bureau sync --folder bureau', 2, why);
    }
    await writeFile(place.path('bureau/bureau.toml'), toml);
  });

  it('scorecards of samples that make none', async () => {
    await refusal('scorecard fit sample-totals.csv --outcome bda --out x.json', 2, /no column "bda"/);
    await refusal('scorecard fit sample-totals.csv --outcome bad --bad never --out x.json', 2, /outcome|good|bad/);
    await refusal(
      'scorecard fit sample-totals.csv --outcome bad --exclude row --hold-out 2 --out x.json',
      2,
      /share such as 0\.25/,
    );
    await refusal('scorecard fit sample-totals.csv --outcome bad --out scorecard.json', 2, /exists already/);
    await refusal('scorecard score books/sample.csv --model scorecard.json', 2, /no column/);
    await refusal('scorecard report --model totals.csv', 2, /not JSON/);
  });

  it('prices that are none, or two', async () => {
    const ask = `bureau aggregate books/applicants.csv ${ASK} --columns present`;
    await refusal(`${ask} --epsilon much`, 2, /--epsilon <number>.*decimal such as 0\.5/);
    await refusal(ask, 2, /--epsilon, or with --rho/);
    await refusal(`${ask} --epsilon 1 --rho 1`, 2, /one of the two/);
    await refusal(`${ask} --rho 0.1`, 4, /rho|ρ/);
    await refusal(`bureau quote ${ASK} --columns present --epsilon 1 --rho 1`, 2, /one of the two/);
  });

  it('bins of a sample that is too small, or of a column without buckets', async () => {
    const ask = 'bureau bins books/sample.csv --folder bureau --purpose model-development --epsilon 1';
    await refusal(`${ask} --outcome bad --columns worstStatus`, 4, /minimum of 50.*nothing was asked/);
    const people = (await rowsOf('books/applicants.csv')).map(([, id], i) => `${id},${i % 2}`);
    await writeFile(place.path('halves.csv'), `national_id,bad\n${people.join('\n')}\n`);
    await refusal(`${ask.replace('books/sample', 'halves')} --outcome bad --columns outstanding`, 2, /no buckets/);
    await refusal(`${ask} --outcome bad --bad never --columns worstStatus`, 2, /80 goods and 0 bads.*--bad/);
    await refusal(`${ask} --outcome bda --columns worstStatus`, 2, /no column "bda"/);
  });

  it('a holder whom the federation does not have is no verdict on anybody', async () => {
    const audit = 'audit open --federation federation.json --keys auditor.key --entry 2 --request x.request';
    await refusal(`${audit} --holder lender-z`, 2, /no holder "lender-z"; it has lender-a, lender-b, lender-c/);
  });

  it('records that are none, before they become an epoch’s', async () => {
    const loans = await readFile(place.path('lender-a/loans.csv'), 'utf8');
    const check = 'holder load --folder lender-a --check';
    for (const [text, why] of [
      [loans.split('\n')[0]!, /no row.*nothing is loaded/],
      [loans.replaceAll('770000', '7700'), /none of the \d+ rows.*nothing is loaded/],
      [loans.replaceAll(',', ';'), /semicolons/],
    ] as const) {
      await writeFile(place.path('lender-a/loans.csv'), text);
      await refusal(check, 2, why);
    }
    await writeFile(place.path('lender-a/loans.csv'), loans);
  });

  it('bad calls, in words and as JSON', async () => {
    const ended = await page.vouchsafe(['bureau', 'aggregate', 'people.csv', '--json']);
    expect({ code: ended.code, json: ended.json() }).toMatchObject({
      code: 2,
      json: { ok: false, exit: 2, error: { tag: 'BadCall', message: expect.stringMatching(/--purpose/) } },
    });
    await refusal('holder', 2, /Commands:/);
  });
});

describe.sequential('when the lenders are gone', () => {
  it('is unreachable, and says who', async () => {
    await page.stop();
    await refusal(
      `bureau aggregate books/applicants.csv ${ASK} --columns present --epsilon 1 --repeat 1`,
      3,
      /lender-a.*lender-b.*lender-c/,
    );
    await refusal('bureau match books/applicants.csv --folder bureau', 3, /lender-a/);
  });

  it(`${headings[LAST]}`, async () => {
    // A file that is still being written.
    const path = place.path('lender-a/loans.csv');
    const loans = await readFile(path, 'utf8');
    const [open] = blocks.filter(({ heading }) => heading === headings[LAST]);
    await page.run(open!);
    await writeFile(path, loans.split('\n')[0]!);
    await refusal('holder rotate federation.json --folder lender-a', 2, /no row.*nothing is loaded/);
    await writeFile(path, loans);
    for (const block of blocks.filter((one) => one.heading === headings[LAST] && one !== open)) await page.run(block);
    const status = await json('holder status --folder lender-a');
    expect(status['tables']).toMatchObject([
      { epoch: 1, stage: 'sealed' },
      { epoch: 2, stage: 'ready', sent: 0 },
    ]);
    expect(
      status['budgets'].find(({ epoch, what }: { epoch: number; what: string }) => epoch === 1 && what === 'aggregate'),
    ).toMatchObject({ used: 1, left: 9 });
  }, 60_000);

  it('an epoch that would be wiped is asked for first', async () => {
    await json('federation add epoch --roster lender-a,lender-b,lender-c');
    await json('federation sign --keys auditor.key --previous federation.2.json');
    await refusal('holder rotate federation.json --folder lender-a', 2, /Epoch 1 is over.*--yes/);
    expect(await json('holder rotate federation.json --folder lender-a --yes --no-load')).toMatchObject({
      serial: 3,
      over: [1],
      live: [2, 3],
    });
    await refusal('holder rotate federation.1.json --folder lender-a', 1, /older/);
  }, 60_000);
});

describe('what is only shown', () => {
  it.each(page.blocks.filter(({ info: [how] }) => how === 'example'))('README line $line', async ({ text }) => {
    for (const { words } of shellCommands(text)) await checkCall(words);
  });

  it('every example of every --help is a call that can be made', async () => {
    const examples: string[] = [];
    const collect = async (path: readonly string[]): Promise<void> => {
      const { out } = await place.withinArgs([...path, '--help']);
      examples.push(...[...out.matchAll(/^ {2}\$ (vouchsafe .*)$/gm)].map(([, example]) => example!));
      const names = /Commands:\n([\s\S]*?)\n\n/.exec(`${out}\n\n`)?.[1]?.matchAll(/^ {2}(\w+)/gm) ?? [];
      for (const [, name] of names) if (name !== 'help') await collect([...path, name!]);
    };
    await collect([]);
    expect(examples.length).toBeGreaterThan(40);
    for (const example of examples) for (const { words } of shellCommands(example)) await checkCall(words);
  });
});
