import { writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { E } from '@vouchsafe/core';
import { describe, expect, it } from 'vitest';
import { createPlace } from '../command.test.fixture.ts';
import type { World } from '../world.ts';
import { readSample } from './sample.ts';

const place = await createPlace();
const world: World = {
  env: {},
  now: () => 0,
  signal: new AbortController().signal,
  input: Readable.from([]),
  stderr: process.stderr,
  print: () => undefined,
};
const path = place.path('people.csv');
await writeFile(path, 'id,owed,home,flag,empty,late\n007,1e3,own,TRUE,,yes\n008,,rent,false,,no\n009,-0.5,,true,,no\n');
const read = (more: Partial<Parameters<typeof readSample>[0]> = {}) => readSample({ path, ...more }, world);

describe('a sample', () => {
  it('takes numbers as numbers and everything else as it is written, and empty cells as missing', async () => {
    const sample = await read({ exclude: ['id'], outcome: { column: 'late', bad: 'yes' }, carry: ['id'] });
    if (E.isLeft(sample)) throw new Error(sample.left.message);
    expect([...sample.right.table.keys()]).toEqual(['owed', 'home', 'flag', 'empty']);
    expect(sample.right.table.get('owed')).toEqual({ kind: 'numeric', values: Float64Array.of(1000, Number.NaN, -0.5) });
    // Not as some reader of CSV would: TRUE and true are two levels here, as they are in the model.
    expect(sample.right.table.get('flag')).toMatchObject({
      kind: 'categorical',
      levels: expect.arrayContaining(['TRUE', 'false', 'true']),
    });
    expect(sample.right.table.get('home')).toMatchObject({ kind: 'categorical', codes: Int32Array.of(0, 1, -1) });
    expect(sample.right.table.get('empty')).toMatchObject({ kind: 'categorical', levels: [] });
    expect(sample.right.bad).toEqual(Uint8Array.of(1, 0, 0));
    expect(sample.right.carried).toEqual(new Map([['id', ['007', '008', '009']]]));
  });

  it('takes columns as a model has them, and says where they are not so', async () => {
    const wanted = [
      { name: 'owed', kind: 'categorical' as const },
      { name: 'empty', kind: 'numeric' as const },
    ];
    const sample = await read({ wanted });
    expect(E.isRight(sample) && sample.right.table.get('owed')).toMatchObject({ levels: ['-0.5', '1e3'] });
    expect(E.isRight(sample) && sample.right.table.get('empty')).toMatchObject({ kind: 'numeric' });
    expect(await read({ wanted: [{ name: 'home', kind: 'numeric' }] })).toMatchObject({
      left: { exit: 2, message: expect.stringMatching(/column "home" is of numbers in the model, and 2 of its values are none/) },
    });
  });

  it('says which column is not there, and which rows have no outcome', async () => {
    expect(await read({ outcome: { column: 'lat', bad: 'yes' } })).toMatchObject({
      left: { exit: 2, message: expect.stringContaining('no column "lat"') },
    });
    expect(await read({ exclude: ['Id', 'none'] })).toMatchObject({ left: { message: expect.stringContaining('"none"') } });
    expect(await read({ outcome: { column: 'home', bad: 'own' } })).toMatchObject({
      left: { message: expect.stringContaining('1 rows have no outcome') },
    });
  });
});
