import { E } from '@vouchsafe/core';
import { syntheticRid } from '@vouchsafe/testkit';
import { describe, expect, it } from 'vitest';
import { checkRecords } from './check-records.ts';
import { fromIterable, type SourceRecord } from './record-source.ts';

const record = (row: number, national_id: string | null, late: unknown = true): SourceRecord => ({
  row,
  identifier: { national_id, phone: null, name: null },
  values: { late: late as boolean },
});
const check = (records: readonly SourceRecord[], schemes: readonly ('cn-rid' | 'e164')[] = ['cn-rid']) =>
  checkRecords({
    source: fromIterable(() => records),
    schemes,
    catalogue: { cohortCap: 1000, columns: [{ kind: 'flag', name: 'late' }] },
  })();

describe('records in which nobody is', () => {
  it.each([
    ['no row', [], /have no row.*the right file, and whole/],
    ['identifiers that are none', [record(1, '123'), record(2, '456')], /none of the 2 rows.*national_id: length 2/],
    ['no identifier at all', [record(1, null)], /none of the 1 rows.*national_id: missing 1/],
    ['values that are none', [record(1, syntheticRid(1), 'perhaps')], /late: notAFlag 1/],
  ])('%s: are not taken for an empty book', async (_, records, why) => {
    const checked = await check(records);
    expect(checked).toMatchObject({ left: { _tag: 'NoSubject', message: expect.stringMatching(why) } });
    expect(JSON.stringify(checked)).not.toContain(syntheticRid(1));
  });

  it('one good row is enough', async () => {
    expect(E.isRight(await check([record(1, '123'), record(2, syntheticRid(1))]))).toBe(true);
  });

  it('with several schemes a lender may have no identifier of one of them, but not a wrong one in all rows', async () => {
    const known = [record(1, syntheticRid(1)), record(2, syntheticRid(2))];
    const checked = await check(known, ['cn-rid', 'e164']);
    expect(checked).toMatchObject({ right: [{ subjects: 2 }, { subjects: 0, rejected: 2 }] });
    const wrong = known.map((one) => ({ ...one, identifier: { ...one.identifier, phone: 'none' } }));
    expect(await check(wrong, ['cn-rid', 'e164'])).toMatchObject({ left: { _tag: 'NoSubject' } });
    expect(await check([], ['cn-rid', 'e164'])).toMatchObject({ left: { _tag: 'NoSubject' } });
  });
});
