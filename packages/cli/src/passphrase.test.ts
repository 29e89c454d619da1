import { writeFile } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import { E } from '@vouchsafe/core';
import { describe, expect, it } from 'vitest';
import { createPlace, createSink } from './command.test.fixture.ts';
import { passphraseFor } from './passphrase.ts';
import type { World } from './world.ts';

const { path } = await createPlace();

/** A terminal on which somebody types. */
const createTerminal = () => {
  const keyboard = Object.assign(new PassThrough(), {
    isTTY: true,
    raw: false,
    setRawMode: (on: boolean) => {
      keyboard.raw = on;
    },
  });
  const screen = createSink();
  const stop = new AbortController();
  const world: World = {
    env: {},
    now: () => 0,
    signal: stop.signal,
    input: keyboard,
    stderr: screen.stream,
    print: () => undefined,
  };
  return { keyboard, screen, stop, world };
};

/** Types a line when it is asked for, once each. */
const typing = (terminal: ReturnType<typeof createTerminal>, ...lines: readonly string[]): void => {
  let typed = 0;
  const timer = setInterval(() => {
    const asked = terminal.screen.text().split(': ').length - 1;
    if (asked > typed && typed < lines.length) terminal.keyboard.write(lines[typed++]!);
    if (typed === lines.length) clearInterval(timer);
  }, 5);
};

describe('a passphrase', () => {
  it('is asked for without an echo, and only in raw mode', async () => {
    const terminal = createTerminal();
    typing(terminal, 'open sesame, please\r');
    expect(await passphraseFor({ what: 'a.key' }, terminal.world)).toEqual(E.right('open sesame, please'));
    expect(terminal.screen.text()).toBe('Passphrase of a.key: \n');
    expect(terminal.keyboard.raw).toBe(false);
  });

  it('of a new file is asked for twice', async () => {
    const same = createTerminal();
    typing(same, 'open sesame, please\r', 'open sesame, please\r');
    expect(await passphraseFor({ what: 'a.key', twice: true }, same.world)).toEqual(E.right('open sesame, please'));
    const other = createTerminal();
    typing(other, 'open sesame, please\r', 'open sesame, plaese\r');
    expect(await passphraseFor({ what: 'a.key', twice: true }, other.world)).toMatchObject({
      left: { exit: 2, message: expect.stringMatching(/differ/) },
    });
    expect(other.screen.text()).not.toMatch(/sesame/);
  });

  it.each([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ])('is given up with %s', async (_, key) => {
    const terminal = createTerminal();
    typing(terminal, key);
    expect(await passphraseFor({ what: 'a.key' }, terminal.world)).toMatchObject({ left: { exit: 130 } });
    expect(terminal.keyboard.raw).toBe(false);
  });

  it('is given up at a signal, also at one before the question', async () => {
    const terminal = createTerminal();
    setTimeout(() => terminal.stop.abort(), 20);
    expect(await passphraseFor({ what: 'a.key' }, terminal.world)).toMatchObject({ left: { exit: 130 } });
    expect(await passphraseFor({ what: 'a.key' }, terminal.world)).toMatchObject({ left: { exit: 130 } });
  });

  it('comes from a file before the environment, and from the environment before the terminal', async () => {
    const { world } = createTerminal();
    const env = { VOUCHSAFE_PASSPHRASE: 'from the environment' };
    await writeFile(path('one'), 'from  the file \r\n');
    expect(await passphraseFor({ what: 'a.key', file: path('one') }, { ...world, env })).toEqual(E.right('from  the file '));
    expect(await passphraseFor({ what: 'a.key' }, { ...world, env })).toEqual(E.right('from the environment'));
  });

  it.each([
    ['an empty file', '\n'],
    ['a file that is no text', Buffer.from([0xff, 0xff])],
    ['a file that is far too long', 'x'.repeat(2000)],
  ])('is refused from %s, and nothing of the file is told', async (_, content) => {
    await writeFile(path('bad'), content);
    const refused = await passphraseFor({ what: 'a.key', file: path('bad') }, createTerminal().world);
    expect(refused).toMatchObject({ left: { exit: 2, message: expect.stringContaining(path('bad')) } });
    expect(JSON.stringify(refused)).not.toMatch(/xx/);
  });

  it('is not waited for where nobody can type', async () => {
    const { world } = createTerminal();
    const refused = await passphraseFor({ what: 'a.key' }, { ...world, input: new PassThrough() });
    expect(refused).toMatchObject({ left: { exit: 2, message: expect.stringMatching(/VOUCHSAFE_PASSPHRASE/) } });
    expect(await passphraseFor({ what: 'a.key' }, { ...world, env: { VOUCHSAFE_PASSPHRASE: '' } })).toMatchObject({
      left: { exit: 2 },
    });
  });
});
