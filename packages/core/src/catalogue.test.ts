import { describe, expect, it } from 'vitest';
import { Catalogue, checkCatalogue, columnNamed, decodeShape, slotsOf } from './index.ts';

const catalogue: Catalogue = {
  cohortCap: 1000,
  columns: [
    { kind: 'count', name: 'loans', max: 20 },
    { kind: 'amount', name: 'net', unit: 100, max: 2000, offset: 1000, squares: { unit: 4, max: 1_000_000 } },
    { kind: 'flag', name: 'late' },
    { kind: 'bucket', name: 'worst', buckets: ['none', '0', '4-6'] },
  ],
};

describe('the catalogue', () => {
  it('becomes slots: present first, one a value, one for squares, one a bucket', () => {
    expect(slotsOf(catalogue).map(({ index, column, holds, bucket, max }) => [index, column, holds, bucket, max])).toEqual([
      [0, 'present', 'present', undefined, 1],
      [1, 'loans', 'value', undefined, 20],
      [2, 'net', 'value', undefined, 2000],
      [3, 'net', 'squares', undefined, 1_000_000],
      [4, 'late', 'value', undefined, 1],
      [5, 'worst', 'bucket', 'none', 1],
      [6, 'worst', 'bucket', '0', 1],
      [7, 'worst', 'bucket', '4-6', 1],
    ]);
  });

  it('is read strictly, and written as it was read', () => {
    expect(decodeShape(Catalogue, catalogue)).toEqual({ _tag: 'Right', right: catalogue });
    expect(Catalogue.encode(catalogue)).toEqual(catalogue);
    const wrong = [
      { kind: 'count', name: 'loans' },
      { kind: 'count', name: '1st', max: 1 },
      { kind: 'count', name: 'loans', max: 2 ** 32 },
      { kind: 'amount', name: 'net', unit: 0.5, max: 1 },
      { kind: 'amount', name: 'net', unit: 1, max: 1, offset: -1 },
      { kind: 'amount', name: 'net', unit: 1, max: 1, offest: 1 },
      { kind: 'flag', name: 'late', max: 1 },
      { kind: 'guess', name: 'late' },
    ];
    for (const column of wrong)
      expect(decodeShape(Catalogue, { cohortCap: 1, columns: [column] })).toMatchObject({ left: { _tag: 'BadShape' } });
    expect(decodeShape(Catalogue, { ...catalogue, cohortCap: 100_001 })).toMatchObject({ left: { _tag: 'BadShape' } });
  });

  it('is refused when a total could leave ±2^40, a name stands twice, or buckets make no sense', () => {
    expect(checkCatalogue(catalogue, 3)).toMatchObject({ _tag: 'Right' });
    const wide: Catalogue = { cohortCap: 2 ** 10, columns: [{ kind: 'count', name: 'n', max: 2 ** 28 }] };
    expect(checkCatalogue(wide, 4)).toMatchObject({ _tag: 'Right' });
    expect(checkCatalogue(wide, 5)).toMatchObject({ left: { _tag: 'BadCatalogue', column: 'n' } });
    const twice: Catalogue = {
      cohortCap: 1,
      columns: [
        { kind: 'flag', name: 'x' },
        { kind: 'flag', name: 'x' },
      ],
    };
    expect(checkCatalogue(twice, 2)).toMatchObject({ left: { column: 'x' } });
    expect(checkCatalogue({ cohortCap: 1, columns: [{ kind: 'flag', name: 'present' }] }, 2)).toMatchObject({
      left: { column: 'present' },
    });
    for (const buckets of [['a'], ['a', 'a']])
      expect(checkCatalogue({ cohortCap: 1, columns: [{ kind: 'bucket', name: 'b', buckets }] }, 2)).toMatchObject({
        left: { column: 'b' },
      });
  });

  it('knows its columns by name', () => {
    expect(columnNamed(catalogue, 'late')).toMatchObject({ right: { kind: 'flag' } });
    expect(columnNamed(catalogue, 'wealth')).toMatchObject({
      left: { _tag: 'UnknownColumn', message: expect.stringContaining('loans, net, late, worst') },
    });
  });
});
