import { once } from 'node:events';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { basename, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type CodeBlock, codeBlocks, shellCommands } from '@vouchsafe/testkit';
import { expect } from 'vitest';
import type { Ended, Place } from './command.test.fixture.ts';
import { createProgram } from './program.ts';
import type { World } from './world.ts';

/** A page whose shell blocks are run, in its order, in one folder. */
export interface Page {
  readonly blocks: readonly CodeBlock[];
  /** Runs a block as the words behind its fence say. */
  readonly run: (block: CodeBlock) => Promise<void>;
  /** One call of the command, under the variables that the page has exported. */
  readonly vouchsafe: (args: readonly string[], world?: Partial<World>) => Promise<Ended>;
  /** Commands that go on in terminals of their own end. */
  readonly terminals: () => Promise<void>;
  /** Services end. */
  readonly stop: () => Promise<void>;
}

/** What the runner of a page asks whoever knows: the value for a `HEX` that a reader would paste. */
export type Paste = (words: readonly string[], before: string) => Promise<string>;

/** Pastes what a reader would: the public keys that `keys new` and `init` told, also when a member has new ones by now. An exported one is the auditor's. */
export const publicKeysOf = (place: Place): Paste => {
  const keys = new Map<string, { readonly signKey: string; readonly boxKey: string }>();
  const keysOf = async (name: string) => {
    const file = { 'super-app': 'issuer.key', auditor: 'auditor.key' }[name] ?? `${name}/member.key`;
    const known = keys.get(name) ?? JSON.parse(await readFile(place.path(file), 'utf8'));
    keys.set(name, known);
    return known as { readonly signKey: string; readonly boxKey: string };
  };
  return async (words, before) => {
    if (words[0] === 'export') return (await keysOf('auditor')).signKey;
    const own = await keysOf(words[words.indexOf('member') + 1]!);
    return before === '--box-key' ? own.boxKey : own.signKey;
  };
};

/** A port that is free now. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
};

/**
 * Opens a page. Of a block's words behind `sh`: none, run one command after the other; `terminals`, each command goes on beside the others; `stopped`, services are stopped first; `example`, only the call
 * is checked, since what it names is not there. A block `json NAME`, `csv NAME` or `sql NAME` is a file of that name in each of the folders; `toml NAME` takes the place of the records in that file.
 */
export const openPage = async (
  path: URL,
  {
    place,
    paste,
    folders,
    replace,
  }: {
    readonly place: Place;
    readonly paste: Paste;
    readonly folders: readonly string[];
    readonly replace: ReadonlyMap<string, string>;
  },
): Promise<Page> => {
  let text = await readFile(path, 'utf8');
  for (const [from, to] of replace) text = text.replaceAll(from, to);
  const going: Promise<Ended>[] = [];
  const services: (() => Promise<void>)[] = [];
  const env: Record<string, string> = {};
  const vouchsafe: Page['vouchsafe'] = (args, world) => place.withinArgs(args, { env: { ...env }, ...world });
  const stop = async (): Promise<void> => {
    for (const end of services.splice(0)) await end();
  };

  const pasted = async (words: readonly string[]): Promise<readonly string[]> => {
    const out: string[] = [];
    for (const [i, word] of words.entries())
      out.push(word.includes('HEX') ? word.replace('HEX', await paste(words, word === 'HEX' ? words[i - 1]! : word)) : word);
    return out;
  };

  const shell = async (written: readonly string[], line: string): Promise<void> => {
    const [program, ...args] = await pasted(written);
    if (program === 'export') {
      const [name, value] = args[0]!.split(/=(.*)/s) as [string, string];
      env[name] = value;
      // Commander reads it from the process.
      process.env[name] = value;
    } else if (program === 'cp') {
      const recursive = args[0] === '-r';
      const [from, to] = args.slice(recursive ? 1 : 0) as [string, string];
      await cp(place.path(from), place.path(to.endsWith('/') ? join(to, basename(from)) : to), { recursive });
    } else {
      expect(program, line).toBe('vouchsafe');
      const ended = await vouchsafe(args);
      expect({ code: ended.code, err: ended.code === 0 ? '' : ended.err }, line).toEqual({ code: 0, err: '' });
    }
  };

  const portOf = async (folder: string): Promise<number> =>
    Number(/^port = (\d+)$/m.exec(await readFile(place.path(join(folder, 'holder.toml')), 'utf8'))![1]);

  const begin = async (words: readonly string[]): Promise<void> => {
    const [, group, command] = words;
    if (command === 'serve') {
      services.push(await serve(words.slice(1), { place, env, port: await portOf(words.at(-1)!) }));
      return;
    }
    const ended = vouchsafe(words.slice(1));
    going.push(ended);
    // A reader turns to the next terminal when this one says that it waits for the bureaus.
    if (group === 'holder' && command === 'seal') await answering(await portOf(words.at(-1)!), '/', ended);
  };

  return {
    blocks: codeBlocks(text),
    vouchsafe,
    stop,
    terminals: async () => {
      for (const ended of await Promise.all(going.splice(0))) expect(ended).toMatchObject({ code: 0 });
    },
    run: async ({ language, info: [how], text: code }) => {
      if (FILES.includes(language) && how) for (const folder of folders) await writeFile(place.path(join(folder, how)), code);
      if (language === 'toml' && how) for (const folder of folders) await replaceRecords(place.path(join(folder, how)), code);
      if (language !== 'sh') return;
      if (how === 'stopped') await stop();
      for (const { words, text: line } of shellCommands(code)) {
        if (how === 'example') await checkCall(words);
        else if (how === 'terminals') await begin(words);
        else await shell(words, line);
      }
    },
  };
};

const FILES: readonly string[] = ['json', 'csv', 'sql'];

/** As a reader edits a configuration: the example takes the place of what stands under `[records]`. */
const replaceRecords = async (path: string, code: string): Promise<void> => {
  const text = await readFile(path, 'utf8');
  const edited = text.replace(/^\[records\]$[\s\S]*?(?=^# Where it listens)/m, () => code);
  expect(edited, path).not.toBe(text);
  await writeFile(path, edited);
};

const worldOf = (env: World['env']): World => ({
  env,
  now: () => Math.floor(Date.now() / 1000),
  signal: new AbortController().signal,
  input: process.stdin,
  stderr: process.stderr,
  print: () => undefined,
});

/** Waits until a port answers: `/readyz` with good news, anything else at all. @throws Error when the command ends before */
const answering = async (port: number, path: '/' | '/readyz', ended: Promise<Ended>): Promise<void> => {
  const isThere = async (): Promise<boolean> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`).catch(() => undefined);
    return response !== undefined && (path === '/' || response.ok);
  };
  const broken = ended.then(({ err }) => Promise.reject(new Error(err)));
  // Also the last one, which nobody waits for any more.
  broken.catch(() => undefined);
  while (!(await isThere())) await Promise.race([wait(50), broken]);
};

/** Runs `holder serve` in this process until it answers. @returns what ends it */
const serve = async (
  args: readonly string[],
  { place, env, port }: { readonly place: Place; readonly env: World['env']; readonly port: number },
): Promise<() => Promise<void>> => {
  const stop = new AbortController();
  const ended = place.withinArgs(args, { env: { ...env }, signal: stop.signal });
  await answering(port, '/readyz', ended);
  return async () => {
    stop.abort();
    expect(await ended).toMatchObject({ code: 0, out: expect.stringContaining('every answer under way was finished') });
  };
};

/** Are there such a command, options and arguments? Nothing is done. */
export const checkCall = async (words: readonly string[]): Promise<void> => {
  const line = words.join(' ');
  expect(words[0], line).toBe('vouchsafe');
  const redirected = words.indexOf('<');
  const args = words
    .slice(1, redirected < 0 ? undefined : redirected)
    .map((word) => (/HEX|…/.test(word) ? 'ab'.repeat(32) : word));
  let met = 0;
  const count = async (): Promise<void> => {
    met += 1;
  };
  const errors: string[] = [];
  const world = { ...worldOf({}), stderr: { write: (text: string) => errors.push(text) } as unknown as NodeJS.WriteStream };
  await createProgram(world, count, '0')
    .parseAsync(args, { from: 'user' })
    .catch((error: Error) => errors.push(error.message));
  expect({ errors, met }, line).toEqual({ errors: [], met: 1 });
};
