import { EXIT } from './exit.ts';
import { run } from './run.ts';

// The edge of the process: signals, streams, the exit code.

const stop = new AbortController();
let stopped: number | undefined;
for (const [signal, code] of [
  ['SIGINT', EXIT.interrupted],
  ['SIGTERM', EXIT.terminated],
] as const)
  process.on(signal, () => {
    // The second time somebody means it.
    if (stopped !== undefined) process.exit(stopped);
    stopped = code;
    stop.abort();
  });

// `vouchsafe … | head` closes the pipe: there is nobody left to tell.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: { readonly code?: unknown }) => {
    if (error.code !== 'EPIPE') throw error;
  });

const code = await run(process.argv.slice(2), {
  env: process.env,
  now: () => Math.floor(Date.now() / 1000),
  signal: stop.signal,
  onHangUp: (listener) => {
    process.on('SIGHUP', listener);
    return () => void process.off('SIGHUP', listener);
  },
  input: process.stdin,
  stderr: process.stderr,
  print: (text) => void process.stdout.write(text),
});
process.exitCode = code === EXIT.interrupted ? (stopped ?? code) : code;
