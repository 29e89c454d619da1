import { stat, writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { E } from '@vouchsafe/core';
import { syntheticRid } from '@vouchsafe/testkit';
import { describe, expect, it } from 'vitest';
import { createPlace } from '../command.test.fixture.ts';
import type { World } from '../world.ts';
import { type PeopleFile, readPeople } from './people.ts';
import { columnNamed, withTable } from './read-table.ts';
import { mayWriteRows, type ResultColumn, writeRows } from './write-rows.ts';

const place = await createPlace();
const worldOf = (parts: Partial<World> = {}): World => ({
  env: {},
  now: () => 0,
  signal: new AbortController().signal,
  input: Readable.from([]),
  stderr: process.stderr,
  print: () => undefined,
  ...parts,
});
const world = worldOf();

const COLUMNS: readonly ResultColumn[] = [
  { name: 'who, "what"', kind: 'text' },
  { name: 'whole', kind: 'whole' },
  { name: 'number', kind: 'number' },
  { name: 'flag', kind: 'flag' },
];
const ROWS = [
  ['a,"b"\nc', 2 ** 53 - 1, 0.1, true],
  ['', 0, -1e300, false],
  [null, null, null, null],
  ...Array.from({ length: 5000 }, (_, i) => [`r${i}`, i, i / 7, i % 2 === 0]),
];

describe('results', () => {
  it.each(['csv', 'parquet', 'jsonl'])('are what is read back from a file of kind %s, which is its owner’s', async (ending) => {
    const path = place.path(`results.${ending}`);
    expect(await writeRows({ path, columns: COLUMNS, rows: ROWS }, world)).toEqual(E.right(undefined));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const read = await withTable(path, {}, async (table) => {
      const cast = COLUMNS.map(
        ({ name, kind }) =>
          `CAST("${columnNamed(table, name)!.as.replaceAll('"', '""')}" AS ${{ text: 'VARCHAR', whole: 'BIGINT', number: 'DOUBLE', flag: 'BOOLEAN' }[kind]})`,
      );
      const rows: unknown[][] = [];
      for await (const chunk of table.engine.chunks(`SELECT ${cast.join(', ')} FROM ${table.from}`))
        rows.push(...chunk.rows.map((row) => [...row]));
      return E.right(rows);
    });
    // A CSV file has no other way of writing "nothing" than an empty cell.
    const empty = ending === 'csv' ? null : '';
    expect(E.isRight(read) && read.right).toEqual(
      ROWS.map(([text, whole, number, flag]) => [
        text === '' ? empty : text,
        whole === null ? null : BigInt(whole as number),
        number,
        flag,
      ]),
    );
  });

  it('never replace a file, and say before what cannot be', async () => {
    const path = place.path('there.csv');
    await writeFile(path, 'mine');
    expect(await mayWriteRows(path)).toMatchObject({ left: { _tag: 'FileExists', exit: 2 } });
    expect(await writeRows({ path, columns: COLUMNS, rows: [] }, world)).toMatchObject({ left: { _tag: 'FileExists' } });
    expect(await mayWriteRows('results.xls')).toMatchObject({
      left: { exit: 2, message: expect.stringContaining('.csv, .parquet or .jsonl') },
    });
    const nowhere = await writeRows({ path: place.path('no/where.csv'), columns: COLUMNS, rows: [] }, world);
    expect(nowhere).toMatchObject({ left: { exit: 3, message: expect.stringContaining('no such folder') } });
  });

  it('nothing is left of results that were stopped', async () => {
    const stop = new AbortController();
    stop.abort();
    const path = place.path('stopped.csv');
    expect(await writeRows({ path, columns: COLUMNS, rows: ROWS }, worldOf({ signal: stop.signal }))).toMatchObject({
      left: { exit: 130 },
    });
    await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

const IDS = [syntheticRid(1), syntheticRid(2)];
const read = (file: Omit<PeopleFile, 'scheme'> & Partial<PeopleFile>, own: World = world) =>
  readPeople({ scheme: 'cn-rid', ...file }, own);

describe('a list of people', () => {
  it('is read from every kind of file, with what goes along', async () => {
    const columns: readonly ResultColumn[] = [
      { name: 'National_ID', kind: 'text' },
      { name: 'no', kind: 'whole' },
    ];
    for (const ending of ['csv', 'parquet', 'jsonl']) {
      const path = place.path(`people.${ending}`);
      await writeRows(
        {
          path,
          columns,
          rows: [
            [IDS[0]!, 7],
            [null, 8],
            [IDS[1]!, null],
          ],
        },
        world,
      );
      const people = await read({ path, carry: ['no'] });
      expect(people, ending).toEqual(
        E.right({
          people: [IDS[0], null, IDS[1]].map((id) => ({ national_id: id })),
          carried: new Map([['no', ['7', '8', null]]]),
          rejected: [{ row: 2, reason: 'missing' }],
        }),
      );
    }
  });

  it('is read from lines, of a file or of standard input', async () => {
    const path = place.path('people.txt');
    await writeFile(path, `\uFEFF${IDS[0]}\r\n ${IDS[1]} \n\n`);
    const expected = { right: { people: IDS.map((id) => ({ national_id: id })), rejected: [] } };
    expect(await read({ path })).toMatchObject(expected);
    expect(
      await read({ path: '-' }, worldOf({ input: Readable.from([`${IDS[0]}\n${IDS[1]!.slice(0, 5)}`, IDS[1]!.slice(5)]) })),
    ).toMatchObject(expected);
    expect(await read({ path, scheme: 'cn-rid+name' })).toMatchObject({
      left: { exit: 2, message: expect.stringContaining('national_id and name') },
    });
    expect(await read({ path, carry: ['x'] })).toMatchObject({ left: { exit: 2 } });
  });

  it('has columns of other names where that is said', async () => {
    const path = place.path('named.csv');
    await writeFile(path, `XM,ID\n张三,${IDS[0]}\n`);
    const people = await read({ path, scheme: 'cn-rid+name', column: ['national_id=ID', 'name=XM'] });
    expect(people).toMatchObject({ right: { people: [{ national_id: IDS[0], name: '张三' }], rejected: [] } });
    for (const column of [['ID'], ['phone=ID'], ['national_id=ID', 'name=none']])
      expect(await read({ path, scheme: 'cn-rid+name', column })).toMatchObject({
        left: { exit: 2, message: expect.stringContaining('--column') },
      });
  });

  it('says what is wrong with it and never what stands in it', async () => {
    const secret = IDS[0]!;
    const files: readonly (readonly [string, string, RegExp])[] = [
      ['headless.csv', `${secret},1\n${secret},2\n`, /no column "national_id"/],
      ['numbers.jsonl', `{"national_id": ${secret.replace('X', '0')}}\n`, /not text/],
      ['wrong.csv', `national_id\n${secret}0\n`, /none of its 1 rows names a person/],
      ['quote.csv', `national_id\n"${secret}\n`, /quote\.csv/],
      ['empty.csv', 'national_id\n', /has no row/],
      ['nothing.csv', '', /nothing\.csv/],
      ['broken.jsonl', `{"national_id": "${secret}`, /broken\.jsonl/],
      ['none.parquet', secret, /none\.parquet/],
    ];
    for (const [name, text, why] of files) {
      await writeFile(place.path(name), text);
      const people = await read({ path: name });
      expect(people, name).toMatchObject({ left: { exit: 2, message: expect.stringMatching(why) } });
      expect(JSON.stringify(people)).not.toContain(secret.slice(0, 12));
    }
    expect(await read({ path: 'nowhere.csv' })).toMatchObject({ left: { exit: 3 } });
  });
});
