import { readFile, writeFile } from 'node:fs/promises';
import { openStatement } from '@vouchsafe/audit/statement';
import { E, hexToBytes } from '@vouchsafe/core';
import { syntheticRid } from '@vouchsafe/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { createPlace, PASSPHRASE } from '../command.test.fixture.ts';
import { createKeyFile } from '../keys/key-file.ts';
import { openRing } from './ring.test.fixture.ts';

const ring = await openRing();
const { call, path } = await createPlace();
const AUDITOR = `--federation federation.json --auditor-key ${ring.auditorKey} --keys auditor.key`;

beforeAll(async () => {
  await writeFile(path('federation.json'), JSON.stringify(ring.file));
  await createKeyFile(path('auditor.key'), ring.secretsOf('bank'), PASSPHRASE);
  await createKeyFile(path('bureau.key'), ring.secretsOf('bureau'), PASSPHRASE);
  await ring.ask();
}, 60_000);

describe('audit open', () => {
  it('makes a request for the bureau, and shows the persons when its answer holds', async () => {
    const asked = await call(`audit open ${AUDITOR} --holder ant --entry 2 --place 0,29 --request open.request`);
    expect(asked.code, asked.err).toBe(0);
    expect(asked.out).toMatch(/2 of ant .* bureau .* aggregate: present .* credit-application .* 30 .* 30 .* none/);
    const answer = await ring.open(new Uint8Array(await readFile(path('open.request'))));
    await writeFile(path('open.answer'), answer);
    const shown = await call(`audit open ${AUDITOR} --request open.request --answer open.answer --json`);
    expect(shown.code, shown.err).toBe(0);
    const { subjects } = shown.json() as { subjects: readonly { place: number; identifier: string }[] };
    expect(subjects.map(({ place }) => place)).toEqual([0, 29]);
    const everybody = Array.from({ length: 30 }, (_, i) => `cn-rid:${syntheticRid(i)}`);
    for (const { identifier } of subjects) expect(everybody).toContain(identifier);

    const changed = answer.slice();
    changed[changed.length - 3]! ^= 1;
    await writeFile(path('changed.answer'), changed);
    const refused = await call(`audit open ${AUDITOR} --request open.request --answer changed.answer --json`);
    expect([refused.code, (refused.json() as { error: { tag: string } }).error.tag]).toEqual([1, 'BadOpening']);
  });

  it('says what is missing, and what cannot be opened', async () => {
    expect((await call(`audit open ${AUDITOR} --request other.request`)).code).toBe(2);
    const none = await call(`audit open ${AUDITOR} --holder ant --entry 0 --request other.request`);
    expect([none.code, none.err]).toEqual([1, expect.stringContaining('not about an aggregate or a signal')]);
  });
});

describe('audit sample', () => {
  const SAMPLE = `audit sample ${AUDITOR} --holder ant --querier bureau --scheme cn-rid --epoch 1`;
  const line = (i: number, late = 0): string => JSON.stringify({ id: `cn-rid:${syntheticRid(i)}`, values: [1, late] });

  it('says that all rows are what they should be, and which bad ones would have been found', async () => {
    const ended = await call(`${SAMPLE} --rows 20 --out rows.jsonl`);
    expect(ended.code, ended.err).toBe(0);
    expect(ended.out).toMatch(
      /VERDICT: all rows drawn from ant are what its log committed to; they were not held against raw records/,
    );
    const rows = (await readFile(path('rows.jsonl'), 'utf8'))
      .trim()
      .split('\n')
      .map((row) => JSON.parse(row));
    expect(rows).toHaveLength(20);
    for (const { kind, values } of rows) expect(values).toEqual(kind === 'record' ? [1, 0] : undefined);
  });

  it('holds rows against the auditor’s own reading of the records', async () => {
    await writeFile(path('books.jsonl'), Array.from({ length: 30 }, (_, i) => line(i)).join('\n'));
    const same = await call(`${SAMPLE} --records books.jsonl --json`);
    expect([same.code, same.json()['bad']]).toEqual([0, 0]);
    await writeFile(path('wrong.jsonl'), Array.from({ length: 29 }, (_, i) => line(i, i === 3 ? 1 : 0)).join('\n'));
    const other = await call(`${SAMPLE} --records wrong.jsonl --json`);
    expect([other.code, other.json()['bad']]).toEqual([1, 2]);
    await writeFile(path('no.jsonl'), '{"id": 5}');
    expect((await call(`${SAMPLE} --records no.jsonl`)).code).toBe(2);
  });
});

describe('statement', () => {
  it('adds up what each holder contributed, and writes it signed', async () => {
    const ended = await call(`statement ${AUDITOR} --from 2020-01-01 --to 2099-01-01 --out statements`);
    expect(ended.code, ended.err).toBe(0);
    expect(ended.out).toMatch(/ant .* bureau .* aggregate .* credit-application .* 1 .* 30 .* 1 .* 1 /);
    const written = JSON.parse(await readFile(path('statements/bee.2020-01-01.2099-01-01.json'), 'utf8'));
    const opened = openStatement(written, [hexToBytes(ring.auditorKey)]);
    expect(E.isRight(opened) && opened.right.lines).toMatchObject([{ querier: 'bureau', queries: 1, subjects: 30, columns: 1 }]);
    expect((await call(`statement ${AUDITOR} --from 2021-01-01 --to 2021-01-01`)).code).toBe(2);
    const nothing = await call(`statement ${AUDITOR} --from 2020-01-01 --to 2020-02-01 --holder cat`);
    expect(nothing.out).toMatch(/cat .* nothing .* 0 .* 0/);
  });
});
