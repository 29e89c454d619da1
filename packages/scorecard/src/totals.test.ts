import { describe, expect, it } from 'vitest';
import { type SubjectTotal, signalColumns, signalTable } from './totals.ts';

const signal = (present: number, owed: number, status: readonly number[]): readonly SubjectTotal[] => [
  { kind: 'count', column: 'present', total: present },
  { kind: 'amount', column: 'owed', total: owed },
  { kind: 'bucket', column: 'status', buckets: ['0', '1'].map((bucket, i) => ({ bucket, total: status[i]! })) },
];

describe('a table of signals', () => {
  it('has a row for each subject that a lender knows, and says which', () => {
    const { table, rows } = signalTable([
      signal(2, 500, [1, 1]),
      signal(0, 0, [0, 0]),
      signal(1, 0, [1, 0]),
      signal(1, 7, [0, 0]),
    ]);
    expect([...rows]).toEqual([0, 2, 3]);
    expect([...table.keys()]).toEqual(['present', 'owed', 'status', 'status:0', 'status:1']);
    expect(table.get('present')).toEqual({ kind: 'numeric', values: Float64Array.of(2, 1, 1) });
    expect(table.get('owed')).toEqual({ kind: 'numeric', values: Float64Array.of(500, 0, 7) });
    expect(table.get('status')).toEqual({ kind: 'categorical', levels: ['0', '1'], codes: Int32Array.of(1, 0, -1) });
    expect(table.get('status:0')).toEqual({ kind: 'numeric', values: Float64Array.of(1, 1, 0) });
  });

  it('is empty for an empty sample, and refuses subjects that were asked different questions', () => {
    expect(signalTable([])).toEqual({ table: new Map(), rows: new Uint32Array(0) });
    expect(() => signalTable([signal(1, 1, [1, 0]), signal(1, 1, [1, 0]).slice(0, 2)])).toThrow(RangeError);
  });
});

describe('the columns of a signal for a model', () => {
  it('are those of its characteristics, each once, after the one that counts lenders', () => {
    const characteristics = ['status:1', 'owed', 'status'].map((name) => ({ name })) as never;
    expect(signalColumns({ presence: 'present', characteristics })).toEqual(['present', 'status', 'owed']);
    expect(signalColumns({ presence: null, characteristics })).toEqual(['status', 'owed']);
  });
});
