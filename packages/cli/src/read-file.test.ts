import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { createPlace } from './command.test.fixture.ts';
import { readJson } from './read-file.ts';

const place = await createPlace();
const SECRET = '770000196001011007';

describe('a file that should be JSON', () => {
  it.each([
    ['empty', ' \n', /it is empty$/],
    ['half a copy', `{\n  "a": "${SECRET}",\n  "b": [1,`, /breaks off at line 3, column 11: is it a whole copy\?$/],
    ['half a string', `{\n  "a": "${SECRET}`, /breaks off at line 2/],
    ['half a word', '[tru', /breaks off at line 1, column 5/],
    ['a comma too few', `{\n  "version": 1\n  "a": "${SECRET}"\n}`, /look at line 3, column 3, or just before it$/],
    ['a comma too many', '{\n  "version": 1,\n}\n', /look at line 3, column 1/],
    ['two documents', '{}\n{}\n', /look at line 2, column 1/],
    ['a word', `{"a": ${SECRET}x, "b": nope at position 7}`, /is not JSON: /],
  ])('%s: says where, never what', async (name, text, why) => {
    const path = place.path(`${name}.json`);
    await writeFile(path, text);
    const read = await readJson(path, 1000);
    expect(read).toMatchObject({ left: { exit: 2, message: expect.stringMatching(why) } });
    expect(JSON.stringify(read)).not.toMatch(/7700|nope/);
  });
});
