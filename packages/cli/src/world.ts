import type { Readable } from 'node:stream';

/** Everything of the process that a command may use. Tests bring their own. */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Seconds since 1970. */
  readonly now: () => number;
  /** Fires at Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
  /** Told of each SIGHUP: for what runs on and on, to read its files again. @returns what ends it */
  readonly onHangUp?: ((listener: () => void) => () => void) | undefined;
  /** Where a passphrase is typed, when it is a terminal. */
  readonly input: Readable & { readonly isTTY?: boolean | undefined };
  /** For people who wait: progress, prompts, errors. */
  readonly stderr: NodeJS.WriteStream;
  /** For results. */
  readonly print: (text: string) => void;
}
