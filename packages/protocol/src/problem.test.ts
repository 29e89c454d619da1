import { describe, expect, it } from 'vitest';
import { problemOf, readProblem, tagOf } from './index.ts';

describe('problems', () => {
  it('carry an error’s tag and message, and nothing else', () => {
    const problem = problemOf({ _tag: 'BatchTooLarge', message: 'send fewer', secret: 1 } as never, 413);
    expect(problem).toEqual({
      type: 'urn:vouchsafe:problem:BatchTooLarge',
      title: 'Batch too large',
      status: 413,
      detail: 'send fewer',
    });
    expect(tagOf(problem)).toBe('BatchTooLarge');
    expect(readProblem(JSON.stringify(problem))).toEqual({ _tag: 'Right', right: problem });
    for (const bad of [
      '',
      '{',
      '{}',
      JSON.stringify({ ...problem, type: 'about:blank' }),
      JSON.stringify({ ...problem, status: 200 }),
      'x'.repeat(100_000),
    ])
      expect(readProblem(bad)).toMatchObject({ left: { _tag: 'BadShape' } });
  });
});
