import { describe, expect, it } from 'vitest';
import { monthOf, monthsBetween, periodOf, readMonth } from './month.ts';

describe('months of statements', () => {
  it('are calendar months in UTC, each to before the next', () => {
    expect(periodOf('2026-12')).toEqual({ from: Date.UTC(2026, 11, 1) / 1000, to: Date.UTC(2027, 0, 1) / 1000 });
    expect(monthOf(Date.UTC(2026, 11, 31, 23, 59, 59, 999))).toBe('2026-12');
    for (const month of monthsBetween({ first: Date.UTC(2024, 0), last: Date.UTC(2026, 5) }))
      expect(monthOf(periodOf(month).to * 1000)).not.toBe(month);
  });

  it('reach from the log’s first entry to now, newest first, and three years back at most', () => {
    expect(monthsBetween({ first: Date.UTC(2025, 10, 30), last: Date.UTC(2026, 1, 1) })).toEqual([
      '2026-02',
      '2026-01',
      '2025-12',
      '2025-11',
    ]);
    // 31 March and a month of 28 days.
    expect(monthsBetween({ first: Date.UTC(2026, 1, 28), last: Date.UTC(2026, 2, 31) })).toEqual(['2026-03', '2026-02']);
    expect(monthsBetween({ first: 0, last: Date.UTC(2026, 0) })).toHaveLength(36);
    // A clock that went back.
    expect(monthsBetween({ first: Date.UTC(2027, 0), last: Date.UTC(2026, 0) })).toEqual(['2026-01']);
  });

  it('are read from an address with nothing else in it', () => {
    expect(readMonth('2026-06')).toBe('2026-06');
    for (const text of [null, '', '2026-6', '2026-13', '2026-00', ' 2026-06', '2026-06\n', '2026-06-01', '٢٠٢٦-٠٦'])
      expect(readMonth(text)).toBeUndefined();
  });
});
