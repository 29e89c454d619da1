import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { createSink } from '../command.test.fixture.ts';
import { bars, figure, printable, size, table } from './index.ts';

describe('what is shown', () => {
  it('never holds a control character of its input', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(printable(text)).not.toMatch(/[\p{Cc}\u202e\u2066]/u);
      }),
    );
    expect(printable('\u001b[31mred\u009b1m\u202eder')).toBe('\ufffd[31mred\ufffd1m\ufffdder');
    expect(printable('Kreditauskunft 信用, 100 %')).toBe('Kreditauskunft 信用, 100 %');
  });

  it('stands in a table, with cells over several rows and lines, and no escape sequence', () => {
    const drawn = table(['a', 'b'], [[{ text: 'all', rows: 2 }, 'one\ntwo'], ['\u001b[2Jthree']]);
    expect(drawn).toBe(
      [
        '┌─────┬───────────┐',
        '│ a   │ b         │',
        '├─────┼───────────┤',
        '│ all │ one       │',
        '│     │ two       │',
        '│     ├───────────┤',
        '│     │ \ufffd[2Jthree │',
        '└─────┴───────────┘',
      ].join('\n'),
    );
    expect(drawn).not.toContain('\u001b');
  });

  it('has figures with commas, and sizes with units', () => {
    expect([figure(1234567.89, 1), figure(0), size(999), size(12_345), size(12_345_678)]).toEqual([
      '1,234,567.9',
      '0',
      '999 B',
      '12.3 kB',
      '12.35 MB',
    ]);
  });

  it('has a line for each task that is done, once, where there is no terminal', () => {
    const { stream, text } = createSink();
    const { show, end } = bars(stream);
    for (const done of [0, 1, 2, 2]) show({ task: 'log ant', done, total: 2 });
    show({ task: 'log bee', done: 0, total: 0 });
    end();
    expect(text()).toBe('  log ant            2 of 2\n');
  });

  it('says how fast long work was, without what was done before', () => {
    const now = vi.spyOn(performance, 'now');
    const { stream, text } = createSink();
    const { show } = bars(stream);
    for (const [at, done] of [
      [0, 4000],
      [1500, 5000],
      [2000, 6000],
    ] as const) {
      now.mockReturnValue(at);
      show({ task: 'seal ant', done, total: 6000 });
    }
    now.mockRestore();
    expect(text()).toBe('  seal ant           6000 of 6000, 1,000/s\n');
  });
});
