import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { run } from './run.ts';
import type { World } from './world.ts';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

export const PASSPHRASE = 'correct horse battery staple';

/** How a call ended. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  /** The last line of standard output, read as JSON. */
  readonly json: () => Readonly<Record<string, unknown>>;
}

/** A call under way. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** A folder of its own, with the built command in it. */
export interface Place {
  readonly folder: string;
  readonly path: (name: string) => string;
  readonly start: (args: readonly string[], env?: Readonly<Record<string, string | undefined>>) => Running;
  /** Runs the built command. @param line arguments as they are typed, with spaces between them */
  readonly call: (line: string, env?: Readonly<Record<string, string | undefined>>) => Promise<Ended>;
  /** The same in this process, which takes no time to start. */
  readonly within: (line: string, world?: Partial<World>) => Promise<Ended>;
  /** As {@link Place.within}, for arguments with spaces in them. */
  readonly withinArgs: (args: readonly string[], world?: Partial<World>) => Promise<Ended>;
}

/** Makes a folder that is gone after the tests of this file. */
export const createPlace = async (): Promise<Place> => {
  const folder = await mkdtemp(join(tmpdir(), 'vouchsafe-cli-'));
  afterAll(async () => {
    process.chdir(tmpdir());
    await rm(folder, { recursive: true, force: true });
  });
  const start: Place['start'] = (args, env = {}) => {
    const child = spawn(process.execPath, [MAIN, ...args], {
      cwd: folder,
      env: { ...process.env, VOUCHSAFE_PASSPHRASE: PASSPHRASE, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return { child, ended: endOf(child) };
  };
  // Vitest gives each test file a process of its own.
  process.chdir(folder);
  const withinArgs: Place['withinArgs'] = async (args, world) => {
    const [out, err] = [createSink(), createSink()];
    const code = await run(args, {
      env: { VOUCHSAFE_PASSPHRASE: PASSPHRASE },
      now: () => Math.floor(Date.now() / 1000),
      signal: new AbortController().signal,
      input: Readable.from([]),
      stderr: err.stream,
      print: (text) => void out.stream.write(text),
      ...world,
    });
    return endedWith(code, out.text(), err.text());
  };
  const within: Place['within'] = (line, world) => withinArgs(line.split(' '), world);
  return {
    folder,
    path: (name) => join(folder, name),
    start,
    call: (line, env) => start(line.split(' '), env).ended,
    within,
    withinArgs,
  };
};

/** A stream that keeps what is written. */
export const createSink = (): { readonly stream: NodeJS.WriteStream; readonly text: () => string } => {
  let text = '';
  const stream = new Writable({
    decodeStrings: false,
    write: (chunk, _encoding, done) => {
      text += String(chunk);
      done();
    },
  });
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => text };
};

const endedWith = (code: number | null, out: string, err: string): Ended => ({
  code,
  out,
  err,
  json: () => JSON.parse(out.trimEnd().split('\n').at(-1)!),
});

const endOf = async (child: ChildProcess): Promise<Ended> => {
  let out = '';
  let err = '';
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return endedWith(code, out, err);
};
