import { PassThrough } from 'node:stream';
import { E } from '@vouchsafe/core';
import { describe, expect, it } from 'vitest';
import { createSink } from '../command.test.fixture.ts';
import type { World } from '../world.ts';
import { confirm } from './confirm.ts';

const terminal = (isTTY: boolean, signal = new AbortController().signal) => {
  const input = Object.assign(new PassThrough(), { isTTY });
  const { stream, text } = createSink();
  const world: World = { env: {}, now: () => 0, signal, input, stderr: stream, print: () => undefined };
  return { input, text, ask: (yes?: boolean) => confirm({ question: 'Everything ends', yes }, world) };
};

describe('a question before what cannot be undone', () => {
  it.each([
    ['yes\n', true],
    ['Y\r\n', true],
    ['no\n', false],
    ['\n', false],
    ['yesterday\n', false],
  ])('%j is an answer', async (typed, agreed) => {
    const { input, text, ask } = terminal(true);
    const answer = ask();
    input.write(typed);
    expect(E.isRight(await answer)).toBe(agreed);
    expect(text()).toBe('Everything ends. Go on? (yes/no) ');
  });

  it('is not asked where --yes was said, and refused where nobody can answer', async () => {
    expect(await terminal(false).ask(true)).toEqual(E.right(undefined));
    expect(await terminal(false).ask()).toMatchObject({ left: { exit: 2, message: expect.stringContaining('--yes') } });
  });

  it('ends with the input, and with Ctrl-C', async () => {
    const ended = terminal(true);
    const answer = ended.ask();
    ended.input.end();
    expect(await answer).toMatchObject({ left: { exit: 130 } });
    const stop = new AbortController();
    const stopped = terminal(true, stop.signal).ask();
    stop.abort();
    expect(await stopped).toMatchObject({ left: { exit: 130 } });
  });
});
