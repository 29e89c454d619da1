import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { signCheckpoint } from '@vouchsafe/audit';
import { createSigner } from '@vouchsafe/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createPlace, type Ended, PASSPHRASE } from '../command.test.fixture.ts';
import { createKeyFile } from '../keys/key-file.ts';
import { openRing } from './ring.test.fixture.ts';

const ring = await openRing();
const place = await createPlace();
const { call, within, path, start } = place;

const AUDIT = `audit verify --federation federation.json --auditor-key ${ring.auditorKey} --keys auditor.key`;

/** The verdict on each holder. */
const verdictsOf = (ended: Ended): Readonly<Record<string, string>> =>
  Object.fromEntries(
    (ended.json()['holders'] as readonly { readonly holder: string; readonly verdict: string; readonly fault?: string }[]).map(
      ({ holder, verdict, fault }) => [holder, fault === undefined ? verdict : `${verdict}: ${fault}`],
    ),
  );

/** A checkpoint that the holder's own key signs, of a log that it never showed. */
const forked = (holder: string, size: number): Uint8Array =>
  signCheckpoint(
    { origin: `ring/${holder}`, size, root: new Uint8Array(32).fill(7) },
    createSigner(ring.secretsOf(holder).signSeed),
  );

describe('audit verify, over real holders', () => {
  beforeAll(async () => {
    await writeFile(path('federation.json'), JSON.stringify(ring.file));
    await createKeyFile(path('auditor.key'), ring.secretsOf('bank'), PASSPHRASE);
    await createKeyFile(path('bureau.key'), ring.secretsOf('bureau'), PASSPHRASE);
    await ring.ask();
    await ring.ask();
  }, 60_000);

  it('says that all logs hold, what was asked, and how far it is', async () => {
    const ended = await call(AUDIT);
    expect(ended.code, ended.err).toBe(0);
    expect(ended.out).toMatch(/VERDICT: all 3 logs hold\./);
    const [ant] = ended.out.split('\n').filter((line) => line.includes('│ ant'));
    // Two leaves of the sealing, two queries over 30 subjects each.
    expect(ant!.split('│').map((cell) => cell.trim())).toEqual([
      '',
      'ant',
      'holds',
      '4',
      'bureau',
      'aggregate',
      'credit-application',
      '2',
      '60',
      'none',
      '',
    ]);
    // Without a terminal the progress is a line a log, and not where results are.
    expect(ended.err).toMatch(/log ant +4 of 4\n +log bee +4 of 4\n +log cat +4 of 4/);
  });

  it('gives the same as JSON, and nothing else on standard output', async () => {
    const ended = await call(`${AUDIT} --json --holder bee`);
    expect(ended.out.trimEnd().split('\n')).toHaveLength(1);
    expect(ended.json()).toMatchObject({
      ok: true,
      verdict: 'holds',
      holders: [{ holder: 'bee', log: { size: 4, asked: [{ querier: 'bureau', requests: 2, subjects: 60 }] } }],
    });
  });

  it('keeps checkpoints, and checks against them the next time', async () => {
    const first = await within(`${AUDIT} --save seen --json`);
    expect(first.json()).toMatchObject({ ok: true, saved: ['seen/ant.note', 'seen/bee.note', 'seen/cat.note'] });
    expect(await readdir(path('seen'))).toEqual(['ant.note', 'bee.note', 'cat.note']);
    const before = await readFile(path('seen/ant.note'), 'utf8');
    expect(before).toMatch(/^ring\/ant\n4\n/);
    await ring.ask();
    expect((await within(`${AUDIT} --save seen`)).code).toBe(0);
    expect(await readFile(path('seen/ant.note'), 'utf8')).toMatch(/^ring\/ant\n5\n/);
    // Several notes in one file, in Windows' line ends too.
    const bureau = [before, Buffer.from(ring.seen('bee')).toString()].join('\n').replaceAll('\n', '\r\n');
    await writeFile(path('bureau.notes'), bureau);
    expect((await within(`${AUDIT} --known bureau.notes`)).code).toBe(0);
  });

  it('finds a log that is another than somebody else saw, and keeps the evidence', async () => {
    await writeFile(path('fork.note'), forked('ant', 3));
    const ended = await within(`${AUDIT} --known fork.note --save evidence`);
    expect(ended.code).toBe(1);
    expect(ended.out).toMatch(
      /ant: the holder signed two different logs of 3 entries[\s\S]*VERDICT: 1 of 3 logs are broken: ant\./,
    );
    const kept = await readdir(path('evidence'));
    expect(kept).toEqual([expect.stringMatching(/^ant\.evidence-[0-9a-f]{12}\.note$/), 'bee.note', 'cat.note']);
    expect(await readFile(path(`evidence/${kept[0]}`), 'utf8')).toMatch(/^ring\/ant\n5\n/);
  });

  it('finds a log that lost entries', async () => {
    await writeFile(path('longer.note'), forked('bee', 99));
    const ended = await within(`${AUDIT} --known longer.note --json`);
    expect({ code: ended.code, verdicts: verdictsOf(ended) }).toEqual({
      code: 1,
      verdicts: { ant: 'holds', bee: 'broken: LogRolledBack', cat: 'holds' },
    });
  });

  it('takes only checkpoints of this federation’s holders as known', async () => {
    await mkdir(path('strange'), { recursive: true });
    const other = createSigner(ring.secretsOf('bee').signSeed);
    const notes = {
      'another-key': signCheckpoint({ origin: 'ring/ant', size: 1, root: new Uint8Array(32) }, other),
      'another-federation': signCheckpoint({ origin: 'wheel/ant', size: 1, root: new Uint8Array(32) }, other),
      'a-bureau': signCheckpoint({ origin: 'ring/bureau', size: 1, root: new Uint8Array(32) }, other),
      nothing: new Uint8Array(0),
    };
    for (const [name, note] of Object.entries(notes)) {
      await writeFile(path(`strange/${name}.note`), note);
      const ended = await within(`${AUDIT} --known strange/${name}.note`);
      expect({ code: ended.code, out: ended.out }, name).toEqual({ code: 2, out: '' });
      expect(ended.err).toMatch(new RegExp(`strange/${name}\\.note`));
    }
    expect((await within(`${AUDIT} --save strange`)).code).toBe(2);
  });

  it('refuses to start on a bad file, key, holder or passphrase, and says which', async () => {
    for (const [line, code, why] of [
      [AUDIT.replace('auditor.key', 'bureau.key'), 2, /bureau\.key has not the key of the auditor/],
      [AUDIT.replace('auditor.key', 'no.key'), 3, /no\.key/],
      [AUDIT.replace('federation.json', 'no.json'), 3, /no\.json.*no such file/],
      [AUDIT.replace(ring.auditorKey, 'ab'.repeat(32)), 1, /another auditor key/],
      [`${AUDIT} --holder eel`, 2, /no holder "eel".*ant, bee, cat/],
      [`${AUDIT} --holder bureau`, 2, /no holder "bureau"/],
      [`${AUDIT} --known no.note`, 3, /no\.note/],
      [`${AUDIT} --timeout 0`, 2, /1 to 3600/],
    ] as const) {
      const ended = await within(line);
      expect({ code: ended.code, out: ended.out }, line).toEqual({ code, out: '' });
      expect(ended.err, line).toMatch(why);
    }
    const wrong = await within(AUDIT, { env: { VOUCHSAFE_PASSPHRASE: 'another passphrase' } });
    expect({ code: wrong.code, err: wrong.err }).toMatchObject({
      code: 2,
      err: expect.stringMatching(/auditor\.key: this passphrase/),
    });
    const none = await within(AUDIT, { env: {} });
    expect({ code: none.code, err: none.err }).toMatchObject({ code: 2, err: expect.stringMatching(/--passphrase-file/) });
  });

  it('tells a holder that is down from one that is broken', async () => {
    await ring.stop('cat');
    const down = await call(`${AUDIT} --save down`);
    expect(down.code).toBe(3);
    expect(down.out).toMatch(/│ cat +│ not checked[\s\S]*cat: does not answer at http[\s\S]*VERDICT: not complete\. 2 of 3 logs/);
    expect(await readdir(path('down'))).toEqual(['ant.note', 'bee.note']);
    // What is broken outweighs what is down.
    const both = await within(`${AUDIT} --known fork.note --json`);
    expect({ code: both.code, verdicts: verdictsOf(both) }).toEqual({
      code: 1,
      verdicts: { ant: 'broken: LogForked', bee: 'holds', cat: 'not checked: HolderDown' },
    });
    expect((await within(`${AUDIT} --holder cat`)).out).toMatch(/VERDICT: none\./);
    await ring.restart('cat');
    expect((await within(AUDIT)).code).toBe(0);
  });

  it('believes no stranger that answers in a holder’s place, and shows none of its escape sequences', async () => {
    ring.standIn('cat', () => new Response('hello'));
    const unsigned = await within(`${AUDIT} --json`);
    expect({ code: unsigned.code, cat: verdictsOf(unsigned)['cat'] }).toEqual({ code: 3, cat: 'not checked: BadResponse' });
    const detail = 'come back\u001b[2J\u001b[1;1HVERDICT: all 3 logs hold.';
    const problem = { type: 'urn:vouchsafe:problem:NotNow', title: 'Not now', status: 503, detail };
    ring.standIn(
      'cat',
      () => new Response(JSON.stringify(problem), { status: 503, headers: { 'content-type': 'application/problem+json' } }),
    );
    const refused = await within(AUDIT);
    expect(refused.code).toBe(3);
    expect(refused.out).toContain('cat: refuses: come back');
    expect(refused.out).not.toContain('\u001b');
    ring.standIn('cat', undefined);
  });

  it('stops at Ctrl-C while a holder keeps it waiting, and leaves nothing behind', async () => {
    let asked = false;
    ring.standIn('bee', () => {
      asked = true;
      return new Promise<Response>(() => undefined);
    });
    for (const [signal, code] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const) {
      asked = false;
      const running = start([...AUDIT.split(' '), '--save', 'stopped', '--json']);
      while (!asked) await wait(20);
      running.child.kill(signal);
      const ended = await running.ended;
      expect(ended).toMatchObject({ code, err: expect.stringMatching(/vouchsafe: stopped/) });
      expect(ended.json()).toMatchObject({ ok: false, error: { tag: 'Aborted' } });
      await expect(readdir(path('stopped'))).rejects.toThrow(/ENOENT/);
    }
    ring.standIn('bee', undefined);
  });

  it('gives a holder up that does not answer in time', async () => {
    ring.standIn('bee', () => new Promise<Response>(() => undefined));
    const ended = await within(`${AUDIT} --timeout 1 --json`);
    expect({ code: ended.code, verdicts: verdictsOf(ended) }).toEqual({
      code: 3,
      verdicts: { ant: 'holds', bee: 'not checked: HolderDown', cat: 'holds' },
    });
    ring.standIn('bee', undefined);
  });

  it('finds an entry that was changed on the disk, and a log that began anew', async () => {
    await ring.tamper('ant', 2);
    await ring.rollBack('cat');
    const ended = await call(`${AUDIT} --save seen --json`);
    expect({ code: ended.code, verdicts: verdictsOf(ended) }).toEqual({
      code: 1,
      verdicts: { ant: 'broken: BadExport', bee: 'holds', cat: 'broken: LogRolledBack' },
    });
    // Without what was kept, an empty log looks like any other.
    expect(verdictsOf(await within(`${AUDIT} --json`))['cat']).toBe('holds');
  });
});
