import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** Runs the command in a Node that says that it is of this version. */
const inVersion = (version: string): Promise<{ readonly code: number; readonly out: string; readonly err: string }> =>
  new Promise((resolve) => {
    const pretend = `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'${version}'}})`;
    execFile(process.execPath, ['--import', pretend, MAIN, '--version'], (error, out, err) =>
      resolve({ code: Number(error?.code ?? 0), out, err }),
    );
  });

describe('the version of Node', () => {
  it.each(['16.20.2', '18.20.8', '20.18.3'])('%s is too old: says which is needed, and nothing else', async (version) => {
    const { code, out, err } = await inVersion(version);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(new RegExp(`^vouchsafe: this is Node ${version}, and it needs Node 20\\.19 or later.*\n$`));
  });

  it.each(['20.19.0', '22.0.0', '24.1.0'])('%s is right', async (version) => {
    expect(await inVersion(version)).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });
});
